#include "loadgen/stats/pods.hpp"

namespace plimsoll::loadgen::stats {
namespace {

constexpr std::string_view kOther = "(other)";
constexpr std::string_view kNone = "(none)";

}  // namespace

void PodCounts::add(std::string_view value, std::uint64_t responses) {
  value = value.empty() ? kNone : value.substr(0, kLongestValue);
  auto found = counts_.find(value);
  if (found == counts_.end()) {
    if (counts_.size() >= kMostValues && value != kNone) value = kOther;
    found = counts_.try_emplace(std::string(value)).first;
  }
  found->second += responses;
}

void PodCounts::merge(const PodCounts& other) {
  for (const auto& [value, responses] : other.counts_) add(value, responses);
}

}  // namespace plimsoll::loadgen::stats
