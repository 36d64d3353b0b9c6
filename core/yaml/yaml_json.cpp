#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "core/text/problem.hpp"
#include "core/yaml/yaml.hpp"

namespace plimsoll::yaml {
namespace {

using nlohmann::json;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool all_digits(std::string_view text, std::string_view digits = "0123456789") {
  return !text.empty() && text.find_first_not_of(digits) == std::string_view::npos;
}

template <typename T>
std::optional<T> parse_whole(std::string_view text, int base) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

double parse_double(std::string_view text) {
  double value = 0;
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // Out of range: what an IEEE reader makes of it, refused by the caller as not finite.
  return error == std::errc{} ? value : HUGE_VAL;
}

std::optional<json> as_integer(std::string_view text) {
  if (text.starts_with("0o") && all_digits(text.substr(2), "01234567")) {
    if (const auto value = parse_whole<std::uint64_t>(text.substr(2), 8)) return *value;
    return std::nullopt;
  }
  if (text.starts_with("0x") && all_digits(text.substr(2), "0123456789abcdefABCDEF")) {
    if (const auto value = parse_whole<std::uint64_t>(text.substr(2), 16)) return *value;
    return std::nullopt;
  }
  auto digits = text;
  if (!digits.empty() && (digits.front() == '-' || digits.front() == '+')) digits.remove_prefix(1);
  if (!all_digits(digits)) return std::nullopt;
  if (text.front() == '+') text.remove_prefix(1);
  if (const auto value = parse_whole<std::int64_t>(text, 10)) return *value;
  if (const auto value = parse_whole<std::uint64_t>(text, 10)) return *value;
  return parse_double(text);
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool looks_like_float(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  const auto exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    auto power = text.substr(exponent + 1);
    if (!power.empty() && (power.front() == '-' || power.front() == '+')) power.remove_prefix(1);
    if (!all_digits(power)) return false;
    text = text.substr(0, exponent);
  }
  const auto point = text.find('.');
  if (point == std::string_view::npos) return all_digits(text);
  const auto whole = text.substr(0, point);
  const auto fraction = text.substr(point + 1);
  if (whole.empty()) return all_digits(fraction);
  return all_digits(whole) && (fraction.empty() || all_digits(fraction));
}

bool is_infinite_or_nan(std::string_view text) {
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return true;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return is_one_of(text, {".inf", ".Inf", ".INF"});
}

struct Refused {
  const Node& node;
  std::string message;
};

json finite(const Node& node, double value) {
  if (!std::isfinite(value)) throw Refused{node, "'" + node.text + "' is too large"};
  return value;
}

json plain(const Node& node) {
  const auto& text = node.text;
  if (is_one_of(text, {"", "null", "Null", "NULL", "~"})) return nullptr;
  if (is_one_of(text, {"true", "True", "TRUE"})) return true;
  if (is_one_of(text, {"false", "False", "FALSE"})) return false;
  if (is_infinite_or_nan(text)) throw Refused{node, "'" + text + "' cannot be written as JSON"};
  if (auto integer = as_integer(text))
    return integer->is_number_float() ? finite(node, integer->get<double>()) : *integer;
  return looks_like_float(text) ? finite(node, parse_double(text)) : json(text);
}

json scalar(const Node& node) {
  const std::string core = "tag:yaml.org,2002:";
  if (node.tag.empty()) return node.quoted ? json(node.text) : plain(node);
  if (node.tag == core + "str") return node.text;
  auto value = plain(node);
  const bool fits = (node.tag == core + "int" && value.is_number_integer()) ||
                    (node.tag == core + "float" && value.is_number()) ||
                    (node.tag == core + "bool" && value.is_boolean()) ||
                    (node.tag == core + "null" && value.is_null());
  if (!fits) throw Refused{node, "the tag '" + node.tag + "' is not supported here"};
  return value;
}

json convert(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return nullptr;
    case Node::Kind::kScalar:
      return scalar(node);
    case Node::Kind::kSequence: {
      auto list = json::array();
      for (const auto& item : node.items) list.push_back(convert(item));
      return list;
    }
    case Node::Kind::kMap: {
      auto object = json::object();
      for (const auto& [key, item] : node.entries) object[key.text] = convert(item);
      return object;
    }
  }
  return nullptr;
}

}  // namespace

Result<json> to_json(const Node& node, const std::string& file) {
  try {
    return Result<json>(boost::system::in_place_value, convert(node));
  } catch (const Refused& refused) {
    const auto& [line, column] = std::pair(refused.node.line, refused.node.column);
    return invalid_input(to_string(text::Problem{{file, line, column}, refused.message}));
  }
}

}  // namespace plimsoll::yaml
