// Text with values that change from request to request, compiled once into segments:
//   {{seq}}            number of the request in the run, from 0; the threads share one count
//   {{uuid}}           a random UUID (RFC 9562 version 4), each place its own
//   {{random:1:100}}   a whole number, both bounds included, decided by --seed and the request
//   {{data.COLUMN}}    the request's row of the data file, as it stands there
//   {{{{               two braces
// Rendering is pure: the same request gives the same bytes, also when it is sent again. Errors:
// exit code 2, quoting the placeholder. Thread-safety: immutable once compiled.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result/result.hpp"

namespace plimsoll::loadgen::request {

// What the placeholders of one request are filled from.
struct TemplateValues {
  std::uint64_t seq = 0;
  std::uint64_t seed = 0;                         // decides random numbers
  std::uint64_t salt = 0;                         // decides UUIDs: different in every run
  const std::vector<std::string>* row = nullptr;  // needed when uses_data()
};

// A well-mixed number that depends on nothing but its arguments; its low bits are as good as its
// high ones. Source: splitmix64, https://prng.di.unimi.it/splitmix64.c
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t a, std::uint64_t b) noexcept {
  const auto finish = [](std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  };
  return finish(finish(a + 0x9e3779b97f4a7c15) ^ (b + 1) * 0x9e3779b97f4a7c15);
}

class Template {
 public:
  // stream: tells the templates of one request apart, so that their random values differ.
  explicit Template(std::uint64_t stream = 0) : places_(stream << 32) {}

  void add_literal(std::string_view text);
  // columns: what {{data.COLUMN}} may name, in the order of a row.
  [[nodiscard]] Result<void> add(std::string_view text, const std::vector<std::string>& columns);

  // An empty one. Its placeholders draw other values than those that are in this one.
  [[nodiscard]] Template next() const;
  // Adds the text of other, which keeps its values.
  void append(const Template& other);

  [[nodiscard]] bool constant() const noexcept;
  // All of a constant one.
  [[nodiscard]] std::string_view leading_literal() const noexcept;
  [[nodiscard]] bool uses_data() const noexcept { return !used_columns().empty(); }
  [[nodiscard]] std::vector<std::size_t> used_columns() const;
  // Appends.
  void render(const TemplateValues& values, std::string& out) const;

 private:
  enum class Kind { kLiteral, kSeq, kUuid, kRandom, kColumn };
  struct Segment {
    Kind kind = Kind::kLiteral;
    std::string literal;
    std::int64_t low = 0;
    std::uint64_t span = 0;  // how many numbers there are; 0 is all 2^64
    std::size_t column = 0;
    std::uint64_t place = 0;
  };
  [[nodiscard]] Result<Segment> placeholder(std::string_view name,
                                            const std::vector<std::string>& columns) const;

  std::vector<Segment> segments_;
  std::uint64_t places_;
};

}  // namespace plimsoll::loadgen::request
