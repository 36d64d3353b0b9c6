#include "target/run/io_thread.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

namespace plimsoll::target::run {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto kTick = 100ms;

}  // namespace

std::string_view HttpDate::text(logging::WallClock::time_point now) {
  const auto second = logging::WallClock::to_time_t(now);
  if (second != second_) {
    second_ = second;
    text_ = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(second));
  }
  return text_;
}

IoThread::IoThread(const Options& all_options, endpoints::Service& the_service)
    : options{all_options}, service{the_service}, log{the_service.log}, timer_{io_} {}

void IoThread::start() {
  asio::co_spawn(io_, keep_house(), logging::log_failure(service.log, "housekeeping"));
}

loop::Awaitable<void> IoThread::keep_house() {
  // Deadlines are looked at seldom, because with 10,000 connections each look costs.
  const auto shortest = std::min(options.header_timeout, options.idle_timeout);
  const units::Duration patience = std::clamp<units::Duration>(shortest / 8, kTick, 1s);
  auto next_look = loop::SteadyClock::now() + patience;
  for (;;) {
    timer_.expires_after(kTick);
    boost::system::error_code error;
    co_await timer_.async_wait(asio::redirect_error(loop::use_awaitable, error));
    log.flush();
    const auto now = loop::SteadyClock::now();
    service.risen_load.tick(now);
    if (now < next_look) continue;
    next_look = now + patience;
    for (auto it = connections_.begin(); it != connections_.end();) {
      auto& connection = *it++;
      if (connection.deadline() <= now) connection.expire();
    }
  }
}

void IoThread::close_idle() {
  asio::post(io_, [this] {
    closing_ = true;
    for (auto it = connections_.begin(); it != connections_.end();) (it++)->close_if_idle();
  });
}

}  // namespace plimsoll::target::run
