#include "target/endpoints/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <map>
#include <optional>

#include "core/text/percent.hpp"

namespace plimsoll::target::endpoints {
namespace {

struct Usage {
  std::string_view endpoint;
  std::string_view example;
  std::initializer_list<std::string_view> names;
};

using Parameters = std::map<std::string, std::string, std::less<>>;

Error refused(const Usage& usage, std::string_view why) {
  return invalid_input(fmt::format("{}; for example {}?{}", why, usage.endpoint, usage.example));
}

Result<Parameters> split(const Usage& usage, std::string_view query) {
  Parameters parameters;
  while (!query.empty()) {
    const auto part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    if (part.empty()) continue;
    const auto equals = std::min(part.find('='), part.size());
    auto name = text::percent_decode(part.substr(0, equals));
    if (std::find(usage.names.begin(), usage.names.end(), name) == usage.names.end())
      return refused(usage, fmt::format("unknown parameter '{}'", name));
    const auto value = equals < part.size() ? part.substr(equals + 1) : std::string_view{};
    if (!parameters.emplace(name, text::percent_decode(value)).second)
      return refused(usage, fmt::format("parameter '{}' is given twice", name));
  }
  for (const auto& name : usage.names) {
    if (!parameters.contains(name))
      return refused(usage, fmt::format("parameter '{}' is missing", name));
  }
  return parameters;
}

template <typename T>
Result<T> read(const Usage& usage, std::string_view name, Result<T> value) {
  if (!value) return refused(usage, fmt::format("{}: {}", name, value.error().message));
  return value;
}

Result<units::Duration> duration(const Usage& usage, const Parameters& parameters,
                                 std::string_view name, units::Duration longest) {
  auto value = read(usage, name, units::parse_duration(parameters.find(name)->second));
  if (value && *value > longest)
    return refused(usage, fmt::format("{}: at most {}", name, units::format_duration(longest)));
  return value;
}

}  // namespace

Result<WorkRequest> parse_work(std::string_view query) {
  const Usage usage{"/work", "cpu=20ms", {"cpu"}};
  const auto parameters = split(usage, query);
  if (!parameters) return parameters.error();
  const auto cpu = duration(usage, *parameters, "cpu", kLongestWork);
  if (!cpu) return cpu.error();
  return WorkRequest{*cpu};
}

Result<WaitRequest> parse_wait(std::string_view query) {
  const Usage usage{"/wait", "for=100ms", {"for"}};
  const auto parameters = split(usage, query);
  if (!parameters) return parameters.error();
  const auto length = duration(usage, *parameters, "for", kLongestWait);
  if (!length) return length.error();
  return WaitRequest{*length};
}

Result<MemoryRequest> parse_memory(std::string_view query) {
  const Usage usage{"/memory", "bytes=64Mi&hold=30s", {"bytes", "hold"}};
  const auto parameters = split(usage, query);
  if (!parameters) return parameters.error();
  const auto bytes = read(usage, "bytes", units::parse_bytes(parameters->at("bytes")));
  if (!bytes) return bytes.error();
  if (bytes->count == 0) return refused(usage, "bytes: more than 0 is needed");
  const auto hold = duration(usage, *parameters, "hold", kLongestHold);
  if (!hold) return hold.error();
  return MemoryRequest{*bytes, *hold};
}

Result<RiseRequest> parse_rise(std::string_view query) {
  const Usage usage{"/riseload", "cpu=150%&for=2m", {"cpu", "for"}};
  const auto parameters = split(usage, query);
  if (!parameters) return parameters.error();
  const auto length = duration(usage, *parameters, "for", kLongestHold);
  if (!length) return length.error();
  const auto& text = parameters->at("cpu");
  if (text.ends_with('%')) {
    const auto percent = read(usage, "cpu", units::parse_percent(text));
    if (!percent) return percent.error();
    return RiseRequest{*percent, *length};
  }
  const auto cores = read(usage, "cpu", units::parse_cores(text));
  if (!cores) return cores.error();
  return RiseRequest{*cores, *length};
}

Result<unsigned> parse_status(std::string_view path) {
  const auto text = path.substr(path.rfind('/') + 1);
  unsigned status = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, status);
  if (error != std::errc{} || stop != end || status < 200 || status > 599 ||
      path.find('/', 1) != path.rfind('/'))
    return invalid_input("expected a status from 200 to 599; for example /status/503");
  return status;
}

}  // namespace plimsoll::target::endpoints
