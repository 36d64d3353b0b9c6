#include "scenarios/engine/parse/expressions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>

#include "core/text/trim.hpp"

namespace plimsoll::engine::parse {
namespace {

struct Operator {
  std::string_view text;
  model::Comparator comparator;
};
constexpr std::array kOperators = {
    Operator{">=", model::Comparator::kGreaterEqual}, Operator{"<=", model::Comparator::kLessEqual},
    Operator{"==", model::Comparator::kEqual},        Operator{"!=", model::Comparator::kNotEqual},
    Operator{">", model::Comparator::kGreater},       Operator{"<", model::Comparator::kLess},
};

const char* forms(Quantity quantity) {
  switch (quantity) {
    case Quantity::kCount:
      return "a comparison with a whole number, such as \">=3\" or \"==1\"";
    case Quantity::kRestarts:
      return "a count from the start of the run, such as \"+1\" or \">=+1\"";
    case Quantity::kNumber:
      return "a comparison with a number, such as \"<=0.22\" or \">0.5\"";
  }
  return "a comparison";
}

constexpr int kHighestCount = 1'000'000'000;

std::optional<double> parse_quantity(std::string_view text, Quantity quantity) {
  switch (quantity) {
    case Quantity::kCount:
      return parse_whole(text, 0, kHighestCount);
    case Quantity::kRestarts:
      if (text.empty() || text.front() != '+') return std::nullopt;
      return parse_whole(text.substr(1), 0, kHighestCount);
    case Quantity::kNumber:
      if (const auto value = units::parse_number(text)) return *value;
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<model::Anchor> anchor_of(std::string_view moment) {
  if (moment == "start") return model::Anchor::kStepStart;
  if (moment == "end") return model::Anchor::kStepEnd;
  if (moment == "at") return model::Anchor::kClaimAt;
  return std::nullopt;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto same = std::tolower(static_cast<unsigned char>(a[i])) ==
                        std::tolower(static_cast<unsigned char>(b[j]));
      const auto replaced = diagonal + (same ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

Result<model::Comparison> parse_comparison(std::string_view text, Quantity quantity) {
  model::Comparison comparison;
  comparison.text = text;
  auto rest = text::trim(text);
  for (const auto& [symbol, comparator] : kOperators) {
    if (!rest.starts_with(symbol)) continue;
    comparison.op = comparator;
    rest = text::trim(rest.substr(symbol.size()));
    break;
  }
  const auto value = parse_quantity(rest, quantity);
  if (!value) return invalid_input(fmt::format("'{}' is not {}", text, forms(quantity)));
  comparison.value = *value;
  return comparison;
}

Result<model::Mark> parse_mark(std::string_view text) {
  const auto bad = [&] {
    return invalid_input(
        fmt::format("'{}' is not a mark: start, end, STEP.start, STEP.end or CLAIM.at, plus or "
                    "minus a duration, such as load.start+30s",
                    text));
  };
  model::Mark mark;
  mark.text = text;
  auto base = text;
  // A name may hold "-": the sign of an offset stands before a digit and after the moment.
  const auto dot = text.find('.');
  const auto sign = text.find_first_of("+-", dot == std::string_view::npos ? 0 : dot);
  if (sign != std::string_view::npos) {
    const auto offset = units::parse_duration(text::trim(text.substr(sign + 1)));
    if (!offset) return bad();
    mark.offset = text[sign] == '-' ? -*offset : *offset;
    base = text.substr(0, sign);
  }
  base = text::trim(base);
  if (base == "start" || base == "end") {
    mark.anchor = base == "start" ? model::Anchor::kRunStart : model::Anchor::kRunEnd;
    return mark;
  }
  if (dot == std::string_view::npos) return bad();
  const auto anchor = anchor_of(base.substr(dot + 1));
  mark.name = base.substr(0, dot);
  if (!anchor || !is_reference_name(mark.name)) return bad();
  mark.anchor = *anchor;
  return mark;
}

Result<model::Condition> parse_condition(std::string_view text) {
  const auto equals = text.find('=');
  const auto type = text.substr(0, equals);
  const auto status = equals == std::string_view::npos ? "" : text.substr(equals + 1);
  if (!is_reference_name(type) || (status != "True" && status != "False" && status != "Unknown")) {
    return invalid_input(
        fmt::format("'{}' is not a condition: TYPE=True, TYPE=False or TYPE=Unknown, such as "
                    "ScalingActive=True",
                    text));
  }
  return model::Condition{std::string(type), std::string(status)};
}

Result<model::ServiceAddress> parse_service_address(std::string_view text) {
  const auto slash = text.find('/');
  const auto colon = text.rfind(':');
  if (slash != std::string_view::npos && colon != std::string_view::npos && slash < colon) {
    const auto port = parse_whole(text.substr(colon + 1), 1, 65535);
    const auto space = text.substr(0, slash);
    const auto service = text.substr(slash + 1, colon - slash - 1);
    if (port && is_label_name(space) && is_label_name(service)) {
      return model::ServiceAddress{std::string(space), std::string(service),
                                   static_cast<std::uint16_t>(*port)};
    }
  }
  return invalid_input(
      fmt::format("'{}' is not the address of a Service: NAMESPACE/SERVICE:PORT, such as "
                  "monitoring/prometheus:9090",
                  text));
}

Result<model::Workload> parse_workload(std::string_view text) {
  const auto slash = text.find('/');
  if (slash != std::string_view::npos) {
    const auto kind = text.substr(0, slash);
    const auto name = text.substr(slash + 1);
    for (const auto known : {model::WorkloadKind::kDeployment, model::WorkloadKind::kStatefulSet,
                             model::WorkloadKind::kDaemonSet}) {
      if (kind == to_string(known) && is_label_name(name))
        return model::Workload{known, std::string(name)};
    }
  }
  return invalid_input(fmt::format(
      "'{}' is not a workload: deployment/NAME, statefulset/NAME or daemonset/NAME", text));
}

Result<std::string> substitute(std::string_view text,
                               const std::map<std::string, std::string>& values) {
  std::string replaced;
  while (true) {
    const auto dollar = text.find("${");
    if (dollar == std::string_view::npos) break;
    if (dollar > 0 && text[dollar - 1] == '$') {
      replaced += text.substr(0, dollar - 1);
      replaced += "${";
      text.remove_prefix(dollar + 2);
      continue;
    }
    const auto close = text.find('}', dollar);
    if (close == std::string_view::npos) return invalid_input("'${' without '}'");
    const std::string key(text.substr(dollar + 2, close - dollar - 2));
    const auto value = values.find(key);
    if (value == values.end()) {
      std::vector<std::string> known;
      for (const auto& entry : values) known.push_back(entry.first);
      const auto near = nearest(key, known);
      return invalid_input(fmt::format("'${{{}}}' is not defined{}", key,
                                       near.empty() ? "" : "; did you mean '${" + near + "}'?"));
    }
    replaced += text.substr(0, dollar);
    replaced += value->second;
    text.remove_prefix(close + 1);
  }
  return replaced += text;
}

std::optional<int> parse_whole(std::string_view text, int lowest, int highest) {
  const auto number = units::parse_number(text);
  const bool digits = text.find_first_not_of("0123456789") == std::string_view::npos;
  if (!number || !digits || *number < lowest || *number > highest) return std::nullopt;
  return static_cast<int>(*number);
}

bool is_label_name(std::string_view text) noexcept {
  if (text.empty() || text.size() > 63 || text.front() == '-' || text.back() == '-') return false;
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

bool is_reference_name(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
  });
}

std::string either(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

std::string nearest(std::string_view text, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, text.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    const auto distance = edit_distance(text, candidate);
    // Two short words are not alike because they share their length.
    if (distance < best_distance && distance < std::max(text.size(), candidate.size())) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string short_duration(units::Duration duration) {
  using namespace std::chrono;
  if (duration < units::Duration::zero()) return "-" + short_duration(-duration);
  if (duration % seconds(1) != units::Duration::zero()) {
    return duration < seconds(1) && duration % milliseconds(1) == units::Duration::zero()
               ? fmt::format("{}ms", duration / milliseconds(1))
               : fmt::format("{}s", units::seconds(duration));
  }
  const auto total = duration / seconds(1);
  if (total < 120) return fmt::format("{}s", total);
  std::string text;
  if (total >= 3600) text += fmt::format("{}h", total / 3600);
  if (total % 3600 >= 60) text += fmt::format("{}m", total % 3600 / 60);
  if (total % 60 != 0) text += fmt::format("{}s", total % 60);
  return text;
}

}  // namespace plimsoll::engine::parse
