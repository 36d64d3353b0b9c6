#include "target/time_slice.hpp"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace plimsoll::target {
namespace {

constexpr std::uint64_t kShortest = 100'000;  // ns; the kernel takes nothing shorter
constexpr std::uint64_t kResetOnFork = 1;     // SCHED_FLAG_RESET_ON_FORK

// struct sched_attr of linux/sched/types.h, which clashes with glibc's sched.h.
struct SchedulingAttributes {
  std::uint32_t size = sizeof(SchedulingAttributes);
  std::uint32_t policy = 0;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 0;  // the slice, for the policies that are not real-time
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};

std::optional<SchedulingAttributes> attributes() noexcept {
  SchedulingAttributes found;
  if (::syscall(SYS_sched_getattr, 0, &found, sizeof found, 0) != 0) return std::nullopt;
  return found;
}

}  // namespace

void ask_for_short_time_slices() noexcept {
  auto wanted = attributes();  // nice and policy stay as they are
  if (!wanted || wanted->policy != SCHED_OTHER) return;
  wanted->flags |= kResetOnFork;
  wanted->runtime = kShortest;
  // Refused by an old kernel or a sandbox: then the service is slower under load, and that is all.
  [[maybe_unused]] const auto ignored = ::syscall(SYS_sched_setattr, 0, &*wanted, 0);
}

std::optional<units::Duration> time_slice() noexcept {
  const auto found = attributes();
  if (!found || found->runtime == 0) return std::nullopt;
  return units::Duration{found->runtime};
}

}  // namespace plimsoll::target
