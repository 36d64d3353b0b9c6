#include "core/cgroup/pressure.hpp"

#include "core/cgroup/files.hpp"

namespace plimsoll::cgroup {

Result<std::optional<Pressure>> read_pressure(const std::string& path) {
  const auto text = read_if_there(path);
  if (!text) return text.error();
  if (!*text) return std::optional<Pressure>{};
  Pressure pressure;
  bool some_seen = false;
  for (const auto line : split(**text, '\n')) {
    const auto fields = split(line, ' ');
    constexpr std::string_view kKey = "avg10=";
    if (fields.size() < 2 || !fields[1].starts_with(kKey))
      return malformed(path, "'some avg10=NUMBER ...'", line);
    const auto value = units::parse_number(fields[1].substr(kKey.size()));
    if (!value) return malformed(path, "'some avg10=NUMBER ...'", line);
    if (fields[0] == "some") {
      pressure.some_avg10 = *value;
      some_seen = true;
    } else if (fields[0] == "full") {
      pressure.full_avg10 = *value;
    }
  }
  if (!some_seen) return malformed(path, "a line 'some avg10=NUMBER ...'", **text);
  return std::optional{pressure};
}

}  // namespace plimsoll::cgroup
