// What each endpoint does. Quick ones answer at once; slow ones suspend the caller's coroutine
// while the work pool or a timer runs. Thread-safety: to be called on the loop that is
// given.
#pragma once
#include <string_view>

#include "target/endpoints/routes.hpp"
#include "target/endpoints/service.hpp"
#include "target/loop/loop.hpp"

namespace plimsoll::target::endpoints {

// The views must stay valid until the answer is there.
struct Call {
  Endpoint endpoint = Endpoint::kOther;
  std::string_view path;
  std::string_view query;
};

[[nodiscard]] constexpr bool is_slow(Endpoint endpoint) noexcept {
  return endpoint == Endpoint::kWork || endpoint == Endpoint::kMemory ||
         endpoint == Endpoint::kWait || endpoint == Endpoint::kCount;
}

[[nodiscard]] http::Answer quick_answer(const Call& call, Service& service);
[[nodiscard]] loop::Awaitable<http::Answer> slow_answer(Call call, Service& service,
                                                        boost::asio::io_context& io);

}  // namespace plimsoll::target::endpoints
