// The "key=value,key=value" part of a --shape, each key read once by the shape that knows it.
// Errors: exit code 2, the first one found; quoting the text. Thread-safety: none.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/result/result.hpp"

namespace plimsoll::loadgen::schedule {

class ShapeKeys {
 public:
  // whole: the text of the flag, for messages. example: a right one of this shape.
  ShapeKeys(std::string_view whole, std::string_view pairs, std::string_view example);

  // Arrivals per second.
  [[nodiscard]] double rate(const char* key);
  // otherwise: what an absent key means; without it the key must be there.
  [[nodiscard]] double seconds(const char* key, std::optional<double> otherwise = std::nullopt);
  void refuse(std::string_view reason);
  // Also when there is a key that nobody asked for.
  [[nodiscard]] Result<void> finish();

 private:
  [[nodiscard]] std::optional<std::string> take(const char* key, bool required);

  std::string whole_;
  std::string example_;
  std::map<std::string, std::string, std::less<>> values_;
  std::string error_;
};

}  // namespace plimsoll::loadgen::schedule
