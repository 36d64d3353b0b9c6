#include "scenarios/engine/log/observation_json.hpp"

#include <array>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "scenarios/engine/log/observation_fields.hpp"

namespace plimsoll::engine::log {

using nlohmann::json;

// Found by nlohmann::json through argument-dependent lookup; keys are the members' names.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HpaCondition, type, status, reason, message)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Termination, reason, exit_code, finished_at)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AlertInstance, state, labels, active_at)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AlertRule, name, group, health, last_error, own, alerts)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DeliveredAlert, status, labels, starts_at, ends_at, fingerprint)

namespace {

struct UnknownKind {
  std::string kind;
};
struct Unreadable {
  std::string why;
};

// Writes the keys that fields() names.
class Writer {
 public:
  explicit Writer(json& object) : object_(object) {}

  template <typename T>
  void required(const char* key, const T& value) {
    object_[key] = value;
  }
  void required(const char* key, const std::shared_ptr<const load_result::LoadResult>& value) {
    object_[key] = load_result::to_json(*value);
  }
  template <typename T>
  void optional(const char* key, const T& value) {
    object_[key] = value;
  }
  template <typename T>
  void nullable(const char* key, const std::optional<T>& value) {
    object_[key] = value ? json(*value) : json(nullptr);
  }
  template <typename T>
  void if_known(const char* key, const std::optional<T>& value) {
    if (value) object_[key] = *value;
  }
  template <typename Enum, std::size_t N>
  void named(const char* key, Enum value,
             const std::array<std::pair<Enum, const char*>, N>& names) {
    for (const auto& [known, name] : names)
      if (known == value) object_[key] = name;
  }

 private:
  json& object_;
};

// Reads them. Throws json::exception where a key is missing or ill-typed, UnknownKind for a name
// that is not one of ours.
class Reader {
 public:
  explicit Reader(const json& object) : object_(object) {}

  template <typename T>
  void required(const char* key, T& value) {
    object_.at(key).get_to(value);
  }
  void required(const char* key, std::shared_ptr<const load_result::LoadResult>& value) {
    auto result = load_result::from_json(object_.at(key));
    if (!result) throw Unreadable{result.error().message};
    value = std::make_shared<const load_result::LoadResult>(std::move(*result));
  }
  template <typename T>
  void optional(const char* key, T& value) {
    if (const auto found = object_.find(key); found != object_.end()) found->get_to(value);
  }
  template <typename T>
  void nullable(const char* key, std::optional<T>& value) {
    const auto found = object_.find(key);
    if (found != object_.end() && !found->is_null()) value = found->get<T>();
  }
  template <typename T>
  void if_known(const char* key, std::optional<T>& value) {
    nullable(key, value);
  }
  template <typename Enum, std::size_t N>
  void named(const char* key, Enum& value,
             const std::array<std::pair<Enum, const char*>, N>& names) {
    const auto name = object_.at(key).get<std::string>();
    for (const auto& [known, text] : names)
      if (name == text) return static_cast<void>(value = known);
    throw UnknownKind{std::string(key) + " " + name};
  }

 private:
  const json& object_;
};

// The kinds in the order of the variant: the first whose name it is reads the line.
template <std::size_t I = 0>
Observed read(const std::string& kind, const json& line) {
  if constexpr (I == std::variant_size_v<Observed>) {
    throw UnknownKind{kind};
  } else {
    using Kind = std::variant_alternative_t<I, Observed>;
    if (kind != Kind::kKind) return read<I + 1>(kind, line);
    Kind what;
    Reader reader(line);
    fields(reader, what);
    return what;
  }
}

}  // namespace

void to_json(json& object, const ContainerObservation& container) {
  Writer writer(object);
  fields(writer, container);
}

void from_json(const json& object, ContainerObservation& container) {
  Reader reader(object);
  fields(reader, container);
}

void to_json(json& object, const Sample& sample) {
  object = {{"labels", sample.labels}};
  if (std::isfinite(sample.value))
    object["value"] = sample.value;
  else if (std::isnan(sample.value))
    object["value"] = "NaN";
  else
    object["value"] = sample.value > 0 ? "+Inf" : "-Inf";
}

void from_json(const json& object, Sample& sample) {
  object.at("labels").get_to(sample.labels);
  const auto& value = object.at("value");
  if (!value.is_string())
    value.get_to(sample.value);
  else if (value == "+Inf" || value == "-Inf")
    sample.value = value == "+Inf" ? HUGE_VAL : -HUGE_VAL;
  else
    sample.value = std::numeric_limits<double>::quiet_NaN();
}

std::string to_line(const Observation& observation) {
  json line;
  std::visit(
      [&line](const auto& what) {
        line["kind"] = what.kKind;
        Writer writer(line);
        fields(writer, what);
      },
      observation.what);
  line["t"] = std::round(observation.t * 1e6) / 1e6;
  line["at"] = format_wall_time(observation.at);
  return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Observation> from_line(std::string_view line) {
  const auto parsed = json::parse(line, nullptr, false);
  if (!parsed.is_object()) return invalid_input("not a JSON object");
  try {
    Observation observation;
    observation.t = parsed.at("t").get<double>();
    const auto at = parse_wall_time(parsed.at("at").get<std::string>());
    if (!at) return invalid_input("'at' is not a time");
    observation.at = *at;
    observation.what = read(parsed.at("kind").get<std::string>(), parsed);
    return observation;
  } catch (const json::exception& error) {
    return invalid_input(error.what());
  } catch (const UnknownKind& unknown) {
    return invalid_input("unknown kind '" + unknown.kind + "'");
  } catch (const Unreadable& unreadable) {
    return invalid_input(unreadable.why);
  }
}

Result<ReadLog> read_log(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return unavailable(path + ": cannot be read");
  ReadLog log;
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    const bool torn = stream.eof();  // the newline is written last
    auto observation = from_line(line);
    if (observation) {
      log.observations.push_back(std::move(*observation));
      continue;
    }
    const auto where = path + ":" + std::to_string(number) + ": ";
    if (!torn) return invalid_input(where + observation.error().message);
    log.note = where + "torn last line dropped";
  }
  if (stream.bad()) return unavailable(path + ": cannot be read");
  return log;
}

}  // namespace plimsoll::engine::log
