#include "target/service.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/cgroup/cgroup.hpp"
#include "core/metrics/process.hpp"

namespace plimsoll::target {
namespace {

constexpr std::size_t kLongestQueue = 256;

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string greeting(std::string_view message) {
  std::string json = "{\"message\":";
  append_json_string(json, message);
  json += ",\"host\":";
  append_json_string(json, host_name());
  json += ",\"version\":\"" PLIMSOLL_VERSION "\"}\n";
  return json;
}

// CPUs that this process may run on.
double machine_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

Result<std::optional<double>> limit_cores() {
  const auto cgroup = cgroup::Cgroup::of_this_process();
  if (!cgroup) return cgroup.error();
  const auto limit = cgroup->cpu_limit();
  if (!limit) return limit.error();
  if (!limit->has_value()) return std::optional<double>{};
  return std::optional<double>{(*limit)->cores.count};
}

Result<double> asked_cores(const RiseRequest& request) {
  if (const auto* cores = std::get_if<units::Cores>(&request.cpu)) return cores->count;
  const auto limit = limit_cores();
  if (!limit) return limit.error();
  if (!limit->has_value()) {
    return usage_error(
        "cpu: a percentage is of the CPU limit, and there is none here; ask for cores, for "
        "example /riseload?cpu=500m&for=2m");
  }
  return std::get<units::Percent>(request.cpu).fraction() * **limit;
}

}  // namespace

double usable_cores() {
  const auto limit = limit_cores();
  const double machine = machine_cores();
  return limit && limit->has_value() ? std::clamp(**limit, 0.001, machine) : machine;
}

void RisenLoad::start(units::Cores cores, Clock::time_point end) {
  auto burner = std::make_unique<burn::Burner>(units::Duration::zero());
  // One thread more than needed, so that a quota can be used up however the threads are scheduled.
  const int threads = static_cast<int>(std::ceil(cores.count)) + 1;
  if (cores.count > 0) burner->aim(cores.count, threads, threads);
  const std::scoped_lock lock{mutex_};
  burner_ = std::move(burner);
  cores_ = cores.count;
  end_ = end;
}

void RisenLoad::stop() {
  const std::scoped_lock lock{mutex_};
  burner_.reset();
  cores_ = 0;
}

void RisenLoad::tick(Clock::time_point now) {
  const std::scoped_lock lock{mutex_};
  if (burner_ == nullptr || now < end_) return;
  burner_.reset();
  cores_ = 0;
}

double RisenLoad::cores() const {
  const std::scoped_lock lock{mutex_};
  return cores_;
}

Service::Service(const Options& options, unsigned work_threads, LogWriter& log_writer)
    : log{log_writer},
      requests{registry},
      memory{options.max_memory},
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

Answer Service::root() const { return {.body = root_}; }
Answer Service::bye() const { return {.body = bye_}; }
Answer Service::health() const { return {.body = "{\"status\":\"ok\"}\n"}; }

Answer Service::ready() const {
  if (draining_) return {.status = 503, .body = "{\"status\":\"draining\"}\n"};
  return {.body = "{\"status\":\"ready\"}\n"};
}

Answer Service::metrics() const {
  return {.body = registry.text(), .content_type = metrics::kTextContentType};
}

Answer Service::status(std::string_view path) const {
  const auto status = parse_status(path);
  if (!status) return refusal(400, status.error().message);
  return {.status = *status, .body = fmt::format("{{\"status\":{}}}\n", *status)};
}

Answer Service::riseload(std::string_view query) {
  const auto request = parse_rise(query);
  if (!request) return refusal(400, request.error().message);
  if (draining_) return refusal(503, "shutting down");
  const auto asked = asked_cores(*request);
  if (!asked) return refusal(400, asked.error().message);
  const double cores = std::min(*asked, machine_cores());
  risen_load.start({cores}, RisenLoad::Clock::now() + request->length);
  const auto limit = limit_cores();
  return {.body = fmt::format(
              "{{\"asked_cores\":{:.3f},\"cores\":{:.3f},\"limit_cores\":{},\"seconds\":{:.3f}}}\n",
              *asked, cores, limit && limit->has_value() ? fmt::format("{:.3f}", **limit) : "null",
              units::seconds(request->length))};
}

void Service::stop() {
  risen_load.stop();
  work.stop();
}

}  // namespace plimsoll::target
