#include "target/endpoints.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <utility>

#include "target/parameters.hpp"
#include "target/redis_client.hpp"

namespace plimsoll::target {
namespace {

namespace asio = boost::asio;

// Runs the job on the work pool and waits for it. False: its queue is full, or the pool has
// stopped.
Awaitable<bool> run(IoThread& thread, WorkPool::Job job) {
  Timer done{thread.io(), SteadyClock::time_point::max()};
  // Posted to the loop that this coroutine runs on: it is suspended by then.
  const auto job_and_signal = [&done, &thread,
                               job = std::move(job)](const std::atomic<bool>& stop) {
    job(stop);
    asio::post(thread.io(), [&done] { done.cancel(); });
  };
  if (!thread.service.work.submit(job_and_signal)) co_return false;
  boost::system::error_code cancelled;
  co_await done.async_wait(asio::redirect_error(use_awaitable, cancelled));
  co_return true;
}

Answer queue_is_full() {
  return refusal(503, "too many requests to /work and /memory wait already");
}

Awaitable<Answer> work(std::string_view query, IoThread& thread) {
  const auto request = parse_work(query);
  if (!request) co_return refusal(400, request.error().message);
  const auto asked = SteadyClock::now();
  auto begun = asked;
  auto used = units::Duration::zero();
  const auto cpu = request->cpu;
  const auto job = [&begun, &used, cpu](const std::atomic<bool>& stop) {
    begun = SteadyClock::now();
    used = burn::spend(cpu, stop);
  };
  if (!co_await run(thread, job)) co_return queue_is_full();
  const auto end = SteadyClock::now();
  co_return Answer{.body = fmt::format("{{\"cpu_seconds\":{:.6f},\"wall_seconds\":{:.6f},"
                                       "\"queued_seconds\":{:.6f}}}\n",
                                       units::seconds(used), units::seconds(end - begun),
                                       units::seconds(begun - asked))};
}

Awaitable<void> hold([[maybe_unused]] HeldMemory::Block block, units::Duration length,
                     IoThread& thread) {
  Timer timer{thread.io(), length};
  boost::system::error_code error;
  co_await timer.async_wait(asio::redirect_error(use_awaitable, error));
}

Awaitable<Answer> memory(std::string_view query, IoThread& thread) {
  const auto request = parse_memory(query);
  if (!request) co_return refusal(400, request.error().message);
  auto block = thread.service.memory.take(request->bytes);
  if (!block) co_return refusal(503, block.error().message);
  auto& filled = *block;
  const auto job = [&filled](const std::atomic<bool>& stop) { filled.fill(stop); };
  if (!co_await run(thread, job)) co_return queue_is_full();
  asio::co_spawn(thread.io(), hold(std::move(filled), request->hold, thread),
                 log_failure(thread.service.log, "/memory"));
  co_return Answer{.body =
                       fmt::format("{{\"bytes\":{},\"hold_seconds\":{:.3f},\"held_bytes\":{}}}\n",
                                   request->bytes.count, units::seconds(request->hold),
                                   thread.service.memory.bytes())};
}

Awaitable<Answer> wait(std::string_view query, IoThread& thread) {
  const auto request = parse_wait(query);
  if (!request) co_return refusal(400, request.error().message);
  Timer timer{thread.io(), request->length};
  boost::system::error_code error;
  co_await timer.async_wait(asio::redirect_error(use_awaitable, error));
  co_return Answer{
      .body = fmt::format("{{\"waited_seconds\":{:.3f}}}\n", units::seconds(request->length))};
}

Awaitable<Answer> count(IoThread& thread) {
  auto* redis = thread.service.redis;
  if (redis == nullptr) {
    co_return refusal(503, "REDIS_URL is not set, and /count keeps its number in Redis");
  }
  Timer done{thread.io(), SteadyClock::time_point::max()};
  Result<std::int64_t> counted = 0;
  // Posted to the loop that this coroutine runs on: it is suspended by then.
  redis->increment([&done, &thread, &counted](const Result<std::int64_t>& number) {
    counted = number;
    asio::post(thread.io(), [&done] { done.cancel(); });
  });
  boost::system::error_code cancelled;
  co_await done.async_wait(asio::redirect_error(use_awaitable, cancelled));
  if (!counted) co_return refusal(503, counted.error().message);
  co_return Answer{.body = fmt::format("{{\"count\":{}}}\n", *counted)};
}

}  // namespace

Answer quick_answer(const Call& call, Service& service) {
  switch (call.endpoint) {
    case Endpoint::kRoot:
      return service.root();
    case Endpoint::kBye:
      return service.bye();
    case Endpoint::kHealth:
      return service.health();
    case Endpoint::kReady:
      return service.ready();
    case Endpoint::kRiseload:
      return service.riseload(call.query);
    case Endpoint::kStatus:
      return service.status(call.path);
    case Endpoint::kMetrics:
      return service.metrics();
    default:
      return refusal(404, "no such endpoint");
  }
}

Awaitable<Answer> slow_answer(Call call, IoThread& thread) {
  switch (call.endpoint) {
    case Endpoint::kWork:
      co_return co_await work(call.query, thread);
    case Endpoint::kMemory:
      co_return co_await memory(call.query, thread);
    case Endpoint::kCount:
      co_return co_await count(thread);
    default:
      co_return co_await wait(call.query, thread);
  }
}

}  // namespace plimsoll::target
