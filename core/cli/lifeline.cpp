#include "core/cli/lifeline.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "core/cli/cli.hpp"

namespace plimsoll::cli {
namespace {

constexpr std::chrono::milliseconds kLook{100};
constexpr std::chrono::seconds kDefaultAge{10};

// Modification time in nanoseconds; nullopt: no such file.
std::optional<std::int64_t> stamp_of(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
}

}  // namespace

void add_lifelines(CLI::App& app, LifelineOptions& options) {
  app.add_flag("--until-stdin-closes", options.until_stdin_closes,
               "End when standard input does (kubectl exec -i)");
  auto* file = app.add_option("--heartbeat", options.heartbeat,
                              "End with exit code 5 when nobody touches this file any more")
                   ->type_name("FILE");
  add_parsed(app, "--heartbeat-age", options.heartbeat_age, units::parse_duration,
             "How long the heartbeat may be missing (default 10s)", "DURATION")
      ->needs(file);
}

Lifeline::Lifeline(Interrupts& interrupts, const LifelineOptions& options, int input)
    : interrupts_(interrupts),
      options_(options),
      most_(options.heartbeat_age.value_or(kDefaultAge)),
      input_(input) {}

bool Lifeline::stdin_closed() const {
  pollfd watched{input_, POLLIN, 0};
  // What is written to it does not matter, only that somebody could.
  while (::poll(&watched, 1, 0) == 1) {
    std::array<char, 4096> ignored;
    const auto got = ::read(input_, ignored.data(), ignored.size());
    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) return true;
    if (got < 0) return false;
  }
  return false;
}

Result<void> Lifeline::check() {
  if (options_.heartbeat_age && *options_.heartbeat_age < std::chrono::seconds{1})
    return invalid_input("--heartbeat-age: 1s is the shortest");
  if (options_.until_stdin_closes && stdin_closed())
    return invalid_input(
        "--until-stdin-closes: standard input is closed already; use kubectl exec -i");
  if (options_.heartbeat.empty()) return {};
  const auto stamp = stamp_of(options_.heartbeat);
  if (!stamp)
    return invalid_input(
        fmt::format("--heartbeat: cannot look at {}: {}; touch it before the start",
                    options_.heartbeat, std::strerror(errno)));
  last_stamp_ = *stamp;
  last_beat_ = Clock::now();
  return {};
}

std::optional<Ending> Lifeline::look(Clock::time_point now) {
  if (options_.until_stdin_closes && stdin_closed())
    return Ending{std::nullopt, "standard input was closed"};
  if (options_.heartbeat.empty()) return std::nullopt;
  const auto stamp = stamp_of(options_.heartbeat);
  if (stamp && *stamp != last_stamp_) {
    last_stamp_ = *stamp;
    last_beat_ = now;
  }
  if (now - last_beat_ <= most_) return std::nullopt;
  return Ending{ExitCode::kAborted,
                fmt::format("the heartbeat is missing: nobody touched {} for {} (--heartbeat-age)",
                            options_.heartbeat, units::format_duration(most_))};
}

std::optional<Ending> Lifeline::wait_until(Clock::time_point then) {
  const bool watches = options_.until_stdin_closes || !options_.heartbeat.empty();
  while (true) {
    const auto now = Clock::now();
    if (watches)
      if (auto ending = look(now)) return ending;
    const auto next = watches ? std::min<Clock::time_point>(then, now + kLook) : then;
    if (const auto code = interrupts_.wait_until(next))
      return Ending{code, "stopped by a signal before its time"};
    if (next == then) return std::nullopt;
  }
}

}  // namespace plimsoll::cli
