#include "loadgen/request/template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

namespace plimsoll::loadgen::request {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// Multiplying and shifting maps 64 random bits to 0 .. span - 1 without the cost of a division.
std::uint64_t scaled(std::uint64_t bits, std::uint64_t span) {
  __extension__ using Wide = unsigned __int128;
  return span == 0 ? bits : static_cast<std::uint64_t>(Wide{bits} * span >> 64);
}

void render_uuid(std::uint64_t high, std::uint64_t low, std::string& out) {
  high = (high & 0xffffffffffff0fff) | 0x4000;            // version 4
  low = (low & 0x3fffffffffffffff) | 0x8000000000000000;  // variant of RFC 9562
  fmt::format_to(std::back_inserter(out), "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32,
                 high >> 16 & 0xffff, high & 0xffff, low >> 48, low & 0xffffffffffff);
}

}  // namespace

void Template::add_literal(std::string_view text) {
  if (text.empty()) return;
  if (segments_.empty() || segments_.back().kind != Kind::kLiteral) segments_.emplace_back();
  segments_.back().literal += text;
}

Result<void> Template::add(std::string_view text, const std::vector<std::string>& columns) {
  while (!text.empty()) {
    const auto open = text.find(kOpen);
    add_literal(text.substr(0, open));
    if (open == std::string_view::npos) break;
    text.remove_prefix(open + kOpen.size());
    if (text.starts_with(kOpen)) {
      add_literal(kOpen);
      text.remove_prefix(kOpen.size());
      continue;
    }
    const auto close = text.find(kClose);
    if (close == std::string_view::npos)
      return invalid_input(
          fmt::format("'{{{{{}' has no end: close it with }}}}, or write {{{{{{{{ for two braces",
                      text.substr(0, 20)));
    auto segment = placeholder(trimmed(text.substr(0, close)), columns);
    if (!segment) return segment.error();
    segment->place = places_++;
    segments_.push_back(std::move(*segment));
    text.remove_prefix(close + kClose.size());
  }
  return {};
}

Result<Template::Segment> Template::placeholder(std::string_view name,
                                                const std::vector<std::string>& columns) const {
  constexpr std::string_view kRandom = "random:";
  constexpr std::string_view kData = "data.";
  Segment segment;
  if (name == "seq") {
    segment.kind = Kind::kSeq;
  } else if (name == "uuid") {
    segment.kind = Kind::kUuid;
  } else if (name.starts_with(kRandom)) {
    const auto bounds = name.substr(kRandom.size());
    const auto colon = std::min(bounds.find(':'), bounds.size());
    const auto low = whole_number(bounds.substr(0, colon));
    const auto high =
        whole_number(colon < bounds.size() ? bounds.substr(colon + 1) : std::string_view());
    if (!low || !high || *low > *high)
      return invalid_input(fmt::format(
          "'{{{{{}}}}}' needs two whole numbers, the smaller first: {{{{random:1:100}}}}", name));
    segment.kind = Kind::kRandom;
    segment.low = *low;
    segment.span = static_cast<std::uint64_t>(*high) - static_cast<std::uint64_t>(*low) + 1;
  } else if (name.starts_with(kData)) {
    const auto found = std::find(columns.begin(), columns.end(), name.substr(kData.size()));
    if (found == columns.end())
      return invalid_input(
          columns.empty() ? fmt::format("'{{{{{}}}}}' needs a data file: set \"data\"", name)
                          : fmt::format("'{{{{{}}}}}' is no column of the data file: it has {}",
                                        name, fmt::join(columns, ", ")));
    segment.kind = Kind::kColumn;
    segment.column = static_cast<std::size_t>(found - columns.begin());
  } else {
    return invalid_input(
        fmt::format("'{{{{{}}}}}' is none of {{{{seq}}}}, {{{{uuid}}}}, {{{{random:1:100}}}}, "
                    "{{{{data.COLUMN}}}}",
                    name));
  }
  return segment;
}

Template Template::next() const {
  Template made;
  made.places_ = places_;
  return made;
}

void Template::append(const Template& other) {
  for (const auto& segment : other.segments_) {
    if (segment.kind == Kind::kLiteral)
      add_literal(segment.literal);
    else
      segments_.push_back(segment);
  }
}

std::string_view Template::leading_literal() const noexcept {
  if (segments_.empty() || segments_.front().kind != Kind::kLiteral) return {};
  return segments_.front().literal;
}

bool Template::constant() const noexcept {
  return std::all_of(segments_.begin(), segments_.end(),
                     [](const auto& segment) { return segment.kind == Kind::kLiteral; });
}

std::vector<std::size_t> Template::used_columns() const {
  std::vector<std::size_t> used;
  for (const auto& segment : segments_)
    if (segment.kind == Kind::kColumn) used.push_back(segment.column);
  return used;
}

void Template::render(const TemplateValues& values, std::string& out) const {
  for (const auto& segment : segments_) {
    switch (segment.kind) {
      case Kind::kLiteral:
        out += segment.literal;
        break;
      case Kind::kSeq:
        out += fmt::format_int(values.seq).c_str();
        break;
      case Kind::kUuid: {
        const auto high = mixed(mixed(values.salt, values.seq), segment.place);
        render_uuid(high, mixed(high, values.salt), out);
        break;
      }
      case Kind::kRandom: {
        const auto bits = mixed(mixed(values.seed, values.seq), segment.place);
        const auto value = static_cast<std::uint64_t>(segment.low) + scaled(bits, segment.span);
        out += fmt::format_int(static_cast<std::int64_t>(value)).c_str();
        break;
      }
      case Kind::kColumn:
        out += (*values.row)[segment.column];
        break;
    }
  }
}

}  // namespace plimsoll::loadgen::request
