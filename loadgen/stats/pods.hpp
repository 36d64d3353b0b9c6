// Counts of responses by the value of one header (--pod-header): which pod behind a Service
// answered how often, where every pod has the same address. At most kMostValues values are told
// apart; what comes beyond counts as "(other)", a response without the header as "(none)".
// Thread-safety: none; one per thread, merged afterwards.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace plimsoll::loadgen::stats {

class PodCounts {
 public:
  static constexpr std::size_t kMostValues = 1000;
  static constexpr std::size_t kLongestValue = 256;  // longer ones are cut

  using Counts = std::map<std::string, std::uint64_t, std::less<>>;

  void add(std::string_view value, std::uint64_t responses = 1);
  void merge(const PodCounts& other);
  [[nodiscard]] const Counts& by_value() const noexcept { return counts_; }

 private:
  Counts counts_;
};

}  // namespace plimsoll::loadgen::stats
