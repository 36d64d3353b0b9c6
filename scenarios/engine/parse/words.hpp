// The words of the language that stand for an enumerator: one table for reading and for describing.
// Errors: invalid input, the message quotes the text and names the words. Thread-safety: pure.
#pragma once
#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result/result.hpp"
#include "scenarios/engine/model/claim.hpp"
#include "scenarios/engine/model/step.hpp"
#include "scenarios/engine/parse/expressions.hpp"

namespace plimsoll::engine::parse {

template <typename Enum, std::size_t N>
using Words = std::array<std::pair<const char*, Enum>, N>;

inline constexpr Words<model::AlertState, 3> kAlertStates = {
    {{"pending", model::AlertState::kPending},
     {"firing", model::AlertState::kFiring},
     {"resolved", model::AlertState::kResolved}}};
inline constexpr Words<model::DeliveryStatus, 2> kDeliveryStatuses = {
    {{"firing", model::DeliveryStatus::kFiring}, {"resolved", model::DeliveryStatus::kResolved}}};
inline constexpr Words<model::OnEmpty, 3> kOnEmpty = {
    {{"inconclusive", model::OnEmpty::kInconclusive},
     {"fail", model::OnEmpty::kFail},
     {"zero", model::OnEmpty::kZero}}};
inline constexpr Words<model::PromqlClaim::Over, 3> kOver = {
    {{"any", model::PromqlClaim::Over::kAny},
     {"all", model::PromqlClaim::Over::kAll},
     {"count", model::PromqlClaim::Over::kCount}}};
inline constexpr Words<model::Arrivals, 2> kArrivals = {
    {{"constant", model::Arrivals::kConstant}, {"poisson", model::Arrivals::kPoisson}}};

template <typename Enum, std::size_t N>
[[nodiscard]] const char* word_for(Enum value, const Words<Enum, N>& words) {
  for (const auto& [word, known] : words)
    if (known == value) return word;
  return "";
}

template <typename Enum, std::size_t N>
[[nodiscard]] Result<Enum> parse_word(std::string_view text, const Words<Enum, N>& words) {
  std::vector<std::string> all;
  for (const auto& [word, value] : words) {
    if (text == word) return value;
    all.emplace_back(word);
  }
  return invalid_input(fmt::format("'{}' is not {}", text, either(all)));
}

}  // namespace plimsoll::engine::parse
