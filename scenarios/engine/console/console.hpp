// What a run says while it goes on: plain lines on stderr with the elapsed time, one per event, so
// that a CI log reads well. Thread-safety: one thread.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace plimsoll::engine::console {

enum class Tone { kPlain, kGood, kBad, kDoubtful };

class Console {
 public:
  // elapsed: seconds since the start of the run; absent: no time in front.
  Console(bool quiet, bool color) : quiet_(quiet), color_(color) {}
  // In front of every line, where runs go on beside each other: which one says it.
  void set_prefix(std::string prefix) { prefix_ = std::move(prefix); }
  void set_clock(std::function<double()> elapsed) { elapsed_ = std::move(elapsed); }

  void say(std::string_view text, Tone tone = Tone::kPlain) const;
  // Also when quiet: what a user must know, such as what is left behind.
  void insist(std::string_view text) const;

 private:
  bool quiet_;
  bool color_;
  std::string prefix_;
  std::function<double()> elapsed_;
};

}  // namespace plimsoll::engine::console
