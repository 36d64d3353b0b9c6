// What a non-blocking step on a connection came to.
#pragma once
#include <cstddef>

namespace plimsoll::loadgen::net {

enum class IoState {
  kDone,   // some bytes, or the step, were done
  kAgain,  // nothing to do until the event loop says so
  kEnd,    // the peer closed in order
  kFailed
};
struct Io {
  IoState state;
  std::size_t size = 0;
};

}  // namespace plimsoll::loadgen::net
