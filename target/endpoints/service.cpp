#include "target/endpoints/service.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/machine/machine.hpp"
#include "core/metrics/process.hpp"
#include "core/text/json_string.hpp"
#include "target/endpoints/parameters.hpp"
#include "target/load/cores.hpp"

namespace plimsoll::target::endpoints {
namespace {

constexpr std::size_t kLongestQueue = 256;

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string greeting(std::string_view message) {
  std::string json = "{\"message\":";
  text::append_json_string(json, message);
  json += ",\"host\":";
  text::append_json_string(json, host_name());
  json += ",\"version\":\"" PLIMSOLL_VERSION "\"}\n";
  return json;
}

Result<double> asked_cores(const RiseRequest& request) {
  if (const auto* cores = std::get_if<units::Cores>(&request.cpu)) return cores->count;
  const auto limit = load::limit_cores();
  if (!limit) return limit.error();
  if (!limit->has_value()) {
    return invalid_input(
        "cpu: a percentage is of the CPU limit, and there is none here; ask for cores, for "
        "example /riseload?cpu=500m&for=2m");
  }
  return std::get<units::Percent>(request.cpu).fraction() * **limit;
}

}  // namespace

Service::Service(std::optional<units::Bytes> max_memory, unsigned work_threads,
                 logging::LogWriter& log_writer)
    : log{log_writer},
      requests{registry},
      memory{max_memory},
      work{work_threads, kLongestQueue},
      root_{greeting("hello")},
      bye_{greeting("goodbye")} {
  registry.read_gauge("http_connections_open", "Open connections.",
                      [this] { return static_cast<double>(connections); });
  registry.read_gauge("target_work_queue_length", "Requests to /work and /memory that wait.",
                      [this] { return static_cast<double>(work.waiting()); });
  registry.read_gauge("target_held_memory_bytes", "Memory that /memory holds.",
                      [this] { return static_cast<double>(memory.bytes()); });
  registry.read_gauge("target_risen_load_cores", "CPU that /riseload aims at.",
                      [this] { return risen_load.cores(); });
  registry.read_counter("target_log_dropped_bytes_total", "Log that could not be written.",
                        [this] { return static_cast<double>(log.dropped_bytes()); });
  registry.read_gauge("target_build_info", "Always 1; the labels say what was built.",
                      [] { return 1.0; },
                      {{"version", PLIMSOLL_VERSION}, {"compiler", "g++ " __VERSION__}});
  metrics::add_process_metrics(registry);
}

http::Answer Service::root() const { return {.body = root_}; }
http::Answer Service::bye() const { return {.body = bye_}; }
http::Answer Service::health() const { return {.body = "{\"status\":\"ok\"}\n"}; }

http::Answer Service::ready() const {
  if (draining_) return {.status = 503, .body = "{\"status\":\"draining\"}\n"};
  return {.body = "{\"status\":\"ready\"}\n"};
}

http::Answer Service::metrics() const {
  return {.body = registry.text(), .content_type = metrics::kTextContentType};
}

http::Answer Service::status(std::string_view path) const {
  const auto status = parse_status(path);
  if (!status) return http::refusal(400, status.error().message);
  return {.status = *status, .body = fmt::format("{{\"status\":{}}}\n", *status)};
}

http::Answer Service::riseload(std::string_view query) {
  const auto request = parse_rise(query);
  if (!request) return http::refusal(400, request.error().message);
  if (draining_) return http::refusal(503, "shutting down");
  const auto asked = asked_cores(*request);
  if (!asked) return http::refusal(400, asked.error().message);
  const double cores = std::min(*asked, static_cast<double>(machine::usable_cpus()));
  risen_load.start({cores}, load::RisenLoad::Clock::now() + request->length);
  const auto limit = load::limit_cores();
  return {.body = fmt::format(
              "{{\"asked_cores\":{:.3f},\"cores\":{:.3f},\"limit_cores\":{},\"seconds\":{:.3f}}}\n",
              *asked, cores, limit && limit->has_value() ? fmt::format("{:.3f}", **limit) : "null",
              units::seconds(request->length))};
}

void Service::stop() {
  risen_load.stop();
  work.stop();
}

}  // namespace plimsoll::target::endpoints
