// Command line of membloat. Errors: exit code 2, one line.
#pragma once
#include <chrono>
#include <optional>

#include "core/cli/cli.hpp"
#include "core/shape/shape.hpp"
#include "core/timed_run/timed_run.hpp"

namespace plimsoll::membloat {

// Whom the kernel is to kill when the limit is exceeded.
enum class Victim { kContainer, kSelf };

// What kind of memory. The page cache is what the kernel drops before it kills.
enum class Kind { kAnonymous, kMemfd, kPageCache, kMlock };

struct Options : timed_run::Options {
  // Exactly one of the three is set.
  std::optional<units::Bytes> bytes;
  std::optional<units::Percent> percent_of_limit;
  std::optional<units::Bytes> leave;
  std::optional<units::Bytes> rate;  // a second
  units::Duration hold = std::chrono::seconds{60};
  std::optional<Kind> kind;  // not given: anonymous, or memfd where the victim asks for it
  std::string folder;        // for the page cache
  bool huge_pages = false;
  std::optional<shape::Shape> shape;
  Victim victim = Victim::kContainer;
  bool force = false;
};

// nullopt: go on with options. Otherwise the exit code to end with.
[[nodiscard]] std::optional<int> parse_options(int argc, const char* const* argv, Options& options);

// Flags that exclude each other, and no time or more than a month of it.
[[nodiscard]] Result<void> check(const Options& options);

// "anonymous", "memfd", "page-cache", "mlock".
[[nodiscard]] std::string_view name(Kind kind) noexcept;

// "10Mi/s" or "10Mi".
[[nodiscard]] Result<units::Bytes> parse_byte_rate(std::string_view text);

}  // namespace plimsoll::membloat
