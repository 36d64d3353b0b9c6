#include "loadgen/plan/plan.hpp"

#include <fmt/format.h>
#include <sys/un.h>

#include <algorithm>

#include "loadgen/schedule/parts.hpp"

namespace plimsoll::loadgen::plan {
namespace {

constexpr std::uint64_t kClosedLoopConnections = 10;
constexpr std::uint64_t kOpenLoopConnections = 64;
constexpr units::Duration kDefaultDuration = std::chrono::seconds{10};

// Times are nanoseconds in 64 bits, counted from the start of the machine.
Result<void> check_lengths(const Options& options) {
  constexpr units::Duration kLongest = std::chrono::hours(24 * 366);
  const auto too_long = [](const char* flag) {
    return invalid_input(fmt::format("{} must be at most a year", flag));
  };
  if (options.duration && *options.duration > kLongest) return too_long("--duration");
  if (options.warmup > kLongest) return too_long("--warmup");
  if (options.timeout > kLongest) return too_long("--timeout");
  if (options.connection_age && *options.connection_age > kLongest)
    return too_long("--connection-age");
  units::Duration stages{0};
  for (const auto& stage : options.stages) {
    if (stage.duration > kLongest - stages) return too_long("the sum of the --stage durations");
    stages += stage.duration;
  }
  return {};
}

bool is_open_loop(const Options& options) {
  return options.rate || !options.stages.empty() || options.shape;
}

Result<void> check(const Options& options) {
  if (const auto checked = check_lengths(options); !checked) return checked.error();
  const bool of_rate = options.shape && options.shape->shape.unit() == shape::Unit::kShare;
  if (options.shape && ((options.rate && !of_rate) || !options.stages.empty()))
    return invalid_input("--shape excludes --rate and --stage: it says all rates itself");
  if (of_rate && !options.rate)
    return invalid_input("--shape: its shares are of --rate, which is missing");
  if (!options.stages.empty() && options.duration)
    return invalid_input("--duration and --stage exclude each other: the stages have durations");
  if (options.rate && options.rate->per_second <= 0)
    return invalid_input("--rate must be above 0: leave it out for a closed loop");
  if (options.rate && options.rate->per_second > 1e9)
    return invalid_input("--rate must be at most 1000000000/s");
  if (!options.stages.empty() && options.warmup.count() > 0 && !options.rate)
    return invalid_input("--warmup before --stage needs --rate, the rate to warm up at");
  if (options.duration && options.duration->count() == 0)
    return invalid_input("--duration must be above 0");
  if (options.timeout.count() <= 0) return invalid_input("--timeout must be above 0");
  if (options.requests == 0u) return invalid_input("--requests must be at least 1");
  if (options.connections == 0u) return invalid_input("--connections must be at least 1");
  if (options.connection_requests == 0u)
    return invalid_input("--connection-requests must be at least 1");
  if (options.connection_age && options.connection_age->count() <= 0)
    return invalid_input("--connection-age must be above 0");
  if (!options.pod_header.empty() && !request::is_token(options.pod_header))
    return invalid_input(
        fmt::format("--pod-header: '{}' is not the name of a header", options.pod_header));
  if (options.streams == 0) return invalid_input("--streams must be at least 1");
  if (options.streams > 1 && !options.http2)
    return invalid_input(
        "--streams needs --http2: HTTP/1.1 has one request at a time on a connection");
  if (options.threads == 0) return invalid_input("--threads must be at least 1");
  const bool open = is_open_loop(options);
  if (!open && options.max_queue)
    return invalid_input(
        "--max-queue needs --rate, --stage or --shape: a closed loop has no queue");
  if (open && options.think)
    return invalid_input("--think needs a closed loop: leave out --rate, --stage and --shape");
  if (options.abort_grace && options.abort_rules.empty())
    return invalid_input("--abort-grace needs --abort-on, the rule that it delays");
  if (!open && options.arrivals == schedule::ArrivalKind::kPoisson)
    return invalid_input(
        "--arrivals needs --rate, --stage or --shape: a closed loop has no arrivals");
  return {};
}

void add_phase(Plan& plan, Phase phase) {
  phase.start = plan.phases.empty() ? units::Duration{0}
                                    : plan.phases.back().start + plan.phases.back().duration;
  plan.phases.push_back(std::move(phase));
}

// A phase whose rate is a straight line, or unknown in a closed loop.
void add_line(Plan& plan, std::string name, units::Duration duration,
              std::optional<double> from_rate, std::optional<double> to_rate, bool warmup = false) {
  if (from_rate) plan.profile.add(duration, *from_rate, *to_rate);
  add_phase(plan, {std::move(name), {}, duration, from_rate, to_rate, warmup});
}

void add_stages(Plan& plan) {
  double rate = plan.options.rate ? plan.options.rate->per_second : 0;
  int number = 0;
  for (const auto& stage : plan.options.stages) {
    ++number;
    const double to = stage.rate.per_second;
    add_line(plan, stage.name.empty() ? fmt::format("stage {}", number) : stage.name,
             stage.duration, stage.step ? to : rate, to);
    rate = to;
  }
}

Result<void> add_shape(Plan& plan, const shape::Shape& shape, units::Duration duration) {
  const auto made = schedule::parts(shape, units::seconds(duration));
  if (!made) return made.error();
  plan.profile.add(duration, shape);
  units::Duration start{0};
  for (const auto& part : *made) {
    const auto end = part.name == made->back().name ? duration : units::from_seconds(part.end);
    // Inside the part: a spike has two rates at its edges.
    const double instant = (part.end - part.start) * 1e-9;
    add_phase(plan, {part.name,
                     {},
                     end - start,
                     shape.value(part.start),
                     shape.value(part.end - instant),
                     false});
    start = end;
  }
  return {};
}

Result<void> check_names(const std::vector<Phase>& phases) {
  for (auto phase = phases.begin(); phase != phases.end(); ++phase)
    if (std::any_of(phases.begin(), phase,
                    [&phase](const auto& other) { return other.name == phase->name; }))
      return invalid_input(fmt::format("--stage: two phases are called '{}'", phase->name));
  return {};
}

// How long the measured part lasts when neither --duration nor --stage says so.
units::Duration measured_duration(const Options& options) {
  if (options.duration) return *options.duration;
  if (!options.requests || options.shape) return kDefaultDuration;
  if (!options.rate) return Plan::kUnlimited;
  const double seconds = (static_cast<double>(*options.requests) + 10) / options.rate->per_second;
  // Poisson arrivals may need longer for their number; the limit ends the run.
  return seconds * 4 < 1e9 ? units::from_seconds(seconds * 4) : Plan::kUnlimited;
}

Result<void> prepare_transport(Plan& plan, const request::Url& url) {
  constexpr std::size_t kLongestPath = sizeof(sockaddr_un::sun_path) - 1;
  if (plan.options.unix_socket.size() > kLongestPath)
    return invalid_input(
        fmt::format("--unix-socket: the kernel takes at most {} characters", kLongestPath));
  auto options = plan.options.tls;
  if (!url.tls) {
    if (options != net::TlsOptions{})
      return invalid_input(
          "--cacert, --cert, --key, --insecure and --server-name need an https URL");
    return {};
  }
  if (!options.key_file.empty() && options.certificate_file.empty())
    return invalid_input("--key needs --cert, the certificate that it belongs to");
  options.alpn = plan.options.http2 ? "h2" : "http/1.1";
  auto context = net::TlsContext::make(options, url.host);
  if (!context) return context.error();
  plan.tls = *context;
  return {};
}

Result<void> add_phases(Plan& plan) {
  const auto& options = plan.options;
  std::optional<double> first;
  if (options.rate) first = options.rate->per_second;
  if (options.shape) first = options.shape->shape.value(0);
  if (options.warmup.count() > 0) add_line(plan, "warm-up", options.warmup, first, first, true);
  if (options.shape) return add_shape(plan, options.shape->shape, measured_duration(options));
  if (options.stages.empty())
    add_line(plan, "main", measured_duration(options), first, first);
  else
    add_stages(plan);
  return check_names(plan.phases);
}

}  // namespace

Result<Plan> make_plan(const Options& options) {
  if (const auto checked = check(options); !checked) return checked.error();
  const auto url = request::parse_url(options.url);
  if (!url) return url.error();
  const auto protocol = options.http2 ? request::Protocol::kHttp2 : request::Protocol::kHttp1;
  auto mix = make_mix(*url, options.request, options.mix, protocol);
  if (!mix) return mix.error();

  Plan plan;
  plan.options = options;
  if (auto& option = plan.options.shape; option && option->shape.unit() == shape::Unit::kShare)
    option->shape = option->shape.times(options.rate->per_second);
  if (const auto prepared = prepare_transport(plan, *url); !prepared) return prepared.error();
  plan.url = *url;
  plan.mix = std::move(*mix);
  plan.open_loop = is_open_loop(options);
  if (const auto added = add_phases(plan); !added) return added.error();
  plan.duration = plan.phases.back().start + plan.phases.back().duration;
  if (options.abort_grace && *options.abort_grace >= plan.duration - options.warmup)
    return invalid_input("--abort-grace is as long as the run: no rule would ever be looked at");
  if (plan.open_loop && plan.profile.total() <= 0)
    return invalid_input("the rate is never above 0: nothing would be sent");

  plan.connections =
      options.connections.value_or(plan.open_loop ? kOpenLoopConnections : kClosedLoopConnections);
  // More of either than requests would be idle.
  if (!plan.open_loop && options.requests)
    plan.connections = std::min(plan.connections, *options.requests);
  plan.threads = std::min(options.threads, plan.connections);
  return plan;
}

}  // namespace plimsoll::loadgen::plan
