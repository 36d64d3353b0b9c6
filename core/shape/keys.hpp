// The "key=value,key=value" part of a shape, each key read once by the form that knows it. The
// first mistake counts. Errors: invalid input, quoting the text. Thread-safety: none.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/result/result.hpp"
#include "core/shape/level.hpp"

namespace plimsoll::shape {

class Keys {
 public:
  // whole: the text of the flag, for messages. example: a right one of this form.
  Keys(std::string_view whole, std::string_view pairs, std::string_view example);

  [[nodiscard]] bool has(std::string_view key) const { return values_.contains(key); }
  // A share or a rate, all of one shape in the same unit.
  [[nodiscard]] double level(const char* key);
  // 0 to 1. otherwise: what an absent key means.
  [[nodiscard]] double share(const char* key, double otherwise);
  // Without otherwise the key must be there.
  [[nodiscard]] double seconds(const char* key, std::optional<double> otherwise = std::nullopt);
  // The key "period": above 0, and of shares at least 100 ms. After the levels.
  [[nodiscard]] double period();
  void refuse(std::string_view reason);
  // Also when there is a key that nobody asked for.
  [[nodiscard]] Result<void> finish();
  // Of the levels; of none: a share.
  [[nodiscard]] Unit unit() const noexcept { return unit_.value_or(Unit::kShare); }

 private:
  [[nodiscard]] std::optional<std::string> take(const char* key, bool required);

  std::string whole_;
  std::string example_;
  std::map<std::string, std::string, std::less<>> values_;
  std::optional<Unit> unit_;
  std::string error_;
};

}  // namespace plimsoll::shape
