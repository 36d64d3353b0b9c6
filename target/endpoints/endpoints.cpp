#include "target/endpoints/endpoints.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <utility>

#include "core/burn/burner.hpp"
#include "target/endpoints/parameters.hpp"
#include "target/redis/client.hpp"

namespace plimsoll::target::endpoints {
namespace {

namespace asio = boost::asio;
using IoContext = asio::io_context;

// Runs the job on the work pool and waits for it. False: its queue is full, or the pool has
// stopped.
loop::Awaitable<bool> run(Service& service, IoContext& io, load::WorkPool::Job job) {
  loop::Timer done{io, loop::SteadyClock::time_point::max()};
  // Posted to the loop that this coroutine runs on: it is suspended by then.
  const auto job_and_signal = [&done, &io, job = std::move(job)](const std::atomic<bool>& stop) {
    job(stop);
    asio::post(io, [&done] { done.cancel(); });
  };
  if (!service.work.submit(job_and_signal)) co_return false;
  boost::system::error_code cancelled;
  co_await done.async_wait(asio::redirect_error(loop::use_awaitable, cancelled));
  co_return true;
}

http::Answer queue_is_full() {
  return http::refusal(503, "too many requests to /work and /memory wait already");
}

loop::Awaitable<http::Answer> work(std::string_view query, Service& service, IoContext& io) {
  const auto request = parse_work(query);
  if (!request) co_return http::refusal(400, request.error().message);
  const auto asked = loop::SteadyClock::now();
  auto begun = asked;
  auto used = units::Duration::zero();
  const auto cpu = request->cpu;
  const auto job = [&begun, &used, cpu](const std::atomic<bool>& stop) {
    begun = loop::SteadyClock::now();
    used = burn::spend(cpu, stop);
  };
  if (!co_await run(service, io, job)) co_return queue_is_full();
  const auto end = loop::SteadyClock::now();
  co_return http::Answer{.body = fmt::format("{{\"cpu_seconds\":{:.6f},\"wall_seconds\":{:.6f},"
                                             "\"queued_seconds\":{:.6f}}}\n",
                                             units::seconds(used), units::seconds(end - begun),
                                             units::seconds(begun - asked))};
}

loop::Awaitable<void> hold([[maybe_unused]] load::HeldMemory::Block block, units::Duration length,
                           IoContext& io) {
  loop::Timer timer{io, length};
  boost::system::error_code error;
  co_await timer.async_wait(asio::redirect_error(loop::use_awaitable, error));
}

loop::Awaitable<http::Answer> memory(std::string_view query, Service& service, IoContext& io) {
  const auto request = parse_memory(query);
  if (!request) co_return http::refusal(400, request.error().message);
  auto block = service.memory.take(request->bytes);
  if (!block) co_return http::refusal(503, block.error().message);
  auto& filled = *block;
  const auto job = [&filled](const std::atomic<bool>& stop) { filled.fill(stop); };
  if (!co_await run(service, io, job)) co_return queue_is_full();
  asio::co_spawn(io, hold(std::move(filled), request->hold, io),
                 logging::log_failure(service.log, "/memory"));
  co_return http::Answer{
      .body =
          fmt::format("{{\"bytes\":{},\"hold_seconds\":{:.3f},\"held_bytes\":{}}}\n",
                      request->bytes.count, units::seconds(request->hold), service.memory.bytes())};
}

loop::Awaitable<http::Answer> wait(std::string_view query, IoContext& io) {
  const auto request = parse_wait(query);
  if (!request) co_return http::refusal(400, request.error().message);
  loop::Timer timer{io, request->length};
  boost::system::error_code error;
  co_await timer.async_wait(asio::redirect_error(loop::use_awaitable, error));
  co_return http::Answer{
      .body = fmt::format("{{\"waited_seconds\":{:.3f}}}\n", units::seconds(request->length))};
}

loop::Awaitable<http::Answer> count(Service& service, IoContext& io) {
  auto* redis = service.counter;
  if (redis == nullptr)
    co_return http::refusal(503, "REDIS_URL is not set, and /count keeps its number in Redis");
  loop::Timer done{io, loop::SteadyClock::time_point::max()};
  Result<std::int64_t> counted = 0;
  // Posted to the loop that this coroutine runs on: it is suspended by then.
  redis->increment([&done, &io, &counted](const Result<std::int64_t>& number) {
    counted = number;
    asio::post(io, [&done] { done.cancel(); });
  });
  boost::system::error_code cancelled;
  co_await done.async_wait(asio::redirect_error(loop::use_awaitable, cancelled));
  if (!counted) co_return http::refusal(503, counted.error().message);
  co_return http::Answer{.body = fmt::format("{{\"count\":{}}}\n", *counted)};
}

}  // namespace

http::Answer quick_answer(const Call& call, Service& service) {
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
      return http::refusal(404, "no such endpoint");
  }
}

loop::Awaitable<http::Answer> slow_answer(Call call, Service& service,
                                          boost::asio::io_context& io) {
  switch (call.endpoint) {
    case Endpoint::kWork:
      co_return co_await work(call.query, service, io);
    case Endpoint::kMemory:
      co_return co_await memory(call.query, service, io);
    case Endpoint::kCount:
      co_return co_await count(service, io);
    default:
      co_return co_await wait(call.query, io);
  }
}

}  // namespace plimsoll::target::endpoints
