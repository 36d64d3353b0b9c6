// hiredis' event hooks on an Asio loop, so that its asynchronous connections need no loop and no
// thread of their own. Everything happens on that loop's thread. Source: hiredis/async.h and its
// adapters/.
#pragma once
#include <hiredis/async.h>

#include "target/loop/loop.hpp"

namespace plimsoll::target::redis {

// Once for each context, before the first command. Lives until hiredis frees the context.
void attach(redisAsyncContext& context, loop::Executor executor);

}  // namespace plimsoll::target::redis
