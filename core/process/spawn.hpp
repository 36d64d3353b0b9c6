// fork and exec with what posix_spawn cannot say: die with the parent. Internal to core/process.
#pragma once
#include <sys/types.h>

#include "core/process/process.hpp"

namespace plimsoll::process {

struct Spawned {
  pid_t pid = -1;
  int out = -1;  // read ends, non-blocking, close-on-exec
  int err = -1;
};

[[nodiscard]] Result<Spawned> spawn(const Argv& argv);

}  // namespace plimsoll::process
