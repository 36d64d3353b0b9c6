#include "loadgen/run/options.hpp"

#include <fmt/format.h>

#include "core/exit_code/exit_code.hpp"

namespace plimsoll::loadgen::run {
namespace {

Result<plan::ShapeOption> parse_shape_option(std::string_view text) {
  const auto shape = shape::Shape::parse(text);
  if (!shape) return shape.error();
  return plan::ShapeOption{std::string(text), *shape};
}

// An option that may be given several times, each text read by parser.
template <typename T, typename Parser>
void add_repeated(CLI::App& app, const std::string& flags, std::vector<T>& values, Parser parser,
                  const std::string& help, const std::string& type_name) {
  app.add_option_function<std::vector<std::string>>(
         flags,
         [&values, parser, flags](const std::vector<std::string>& texts) {
           values.clear();
           for (const auto& text : texts) {
             const auto parsed = parser(text);
             if (!parsed) throw CLI::ValidationError(flags, parsed.error().message);
             values.push_back(*parsed);
           }
         },
         help)
      ->type_name(type_name)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_number(CLI::App& app, const std::string& flags, std::optional<std::uint64_t>& value,
                const std::string& help) {
  app.add_option(flags, value, help)->type_name("N");
}

struct Raw {
  std::optional<units::Duration> warmup;
  std::optional<units::Duration> timeout;
  std::string arrivals = "constant";
  std::string body_file;
  std::string mix;
};

void add_load(CLI::App& app, plan::Options& options, Raw& raw) {
  cli::add_parsed(app, "--rate", options.rate, units::parse_rate,
                  "Send at this rate whatever the target does (open loop), e.g. 1000/s. Without "
                  "it, every connection sends when it was answered (closed loop)",
                  "RATE");
  app.add_option("--arrivals", raw.arrivals, "Spacing of an open loop: constant or poisson")
      ->check(CLI::IsMember({"constant", "poisson"}))
      ->capture_default_str();
  add_repeated(app, "--stage", options.stages, shape::parse_stage,
               "Ramp in a straight line to RATE over DURATION, from --rate (or 0); with = jump to "
               "RATE and stay; repeatable, in order, e.g. --stage 30s:500/s --stage peak=2m:=900/s",
               "[NAME=]DURATION:[=]RATE");
  cli::add_parsed(app, "--shape", options.shape, parse_shape_option,
                  "A rate over --duration: " + shape::rate_examples() +
                      "; or shares of --rate: " + shape::share_examples(),
                  "SHAPE");
  cli::add_parsed(app, "--think", options.think, schedule::parse_think,
                  "In a closed loop, rest this long between an answer and the next request of a "
                  "connection: 100ms, or uniform in 50ms..200ms",
                  "DURATION");
  add_number(app, "-c,--connections", options.connections,
             "Connections, at most and all opened before the start (10; 64 in an open loop)");
  app.add_option("-t,--threads", options.threads, "Threads")->type_name("N")->capture_default_str();
  cli::add_parsed(app, "-d,--duration", options.duration, units::parse_duration,
                  "How long to send, warm-up not included (10s, unless --requests or --stage)",
                  "DURATION");
  add_number(app, "-n,--requests", options.requests,
             "How many requests to send, after the warm-up");
  cli::add_parsed(app, "--warmup", raw.warmup, units::parse_duration,
                  "Send this long first and leave it out of the results", "DURATION");
  cli::add_parsed(app, "--timeout", raw.timeout, units::parse_duration,
                  "Longest time for a connect, and from sending to the whole response (10s)",
                  "DURATION");
  add_number(app, "--max-queue", options.max_queue,
             "Drop requests of an open loop when this many wait for a connection (never)");
  app.add_option("--seed", options.seed, "Seed of the Poisson arrivals and connection ages")
      ->type_name("N")
      ->capture_default_str();
}

void add_request(CLI::App& app, plan::Options& options, Raw& raw) {
  auto* mix = app.add_option("--mix", raw.mix,
                             "Send the requests of FILE (JSON), each as often as its weight says; "
                             "with placeholders such as {{seq}} and {{data.name}}")
                  ->type_name("FILE");
  app.add_option("-X,--method", options.request.method, "Method")
      ->capture_default_str()
      ->excludes(mix);
  app.add_option("-H,--header", options.request.headers, "A header, 'Name: value'; repeatable")
      ->type_name("HEADER")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  auto* body =
      app.add_option("--body", options.request.body, "The body")->type_name("TEXT")->excludes(mix);
  app.add_option("--body-file", raw.body_file, "The body, from a file")
      ->type_name("FILE")
      ->excludes(body)
      ->excludes(mix);
  add_number(app, "--connection-requests", options.connection_requests,
             "Close a connection after this many responses and open a new one");
  cli::add_parsed(app, "--connection-age", options.connection_age, units::parse_duration,
                  "Close a connection at this age (each at a random time between half of it and "
                  "all of it) and open a new one, looking the name up again",
                  "DURATION");
}

void add_transport(CLI::App& app, plan::Options& options) {
  app.add_flag("--http2", options.http2,
               "Speak HTTP/2: agreed on by ALPN over https, with prior knowledge over http (h2c)");
  app.add_option("--streams", options.streams,
                 "With --http2: requests at a time on each connection, as far as the server allows")
      ->type_name("N")
      ->capture_default_str();
  const auto file = [&app](const char* flag, std::string& path, const char* help) {
    app.add_option(flag, path, help)->type_name("FILE");
  };
  app.add_option("--unix-socket", options.unix_socket,
                 "Connect to this UNIX socket instead of the URL's host and port")
      ->type_name("PATH");
  file("--cacert", options.tls.ca_file, "Trust these certificates (PEM) instead of the machine's");
  file("--cert", options.tls.certificate_file, "The client's certificate chain (PEM)");
  file("--key", options.tls.key_file, "The client's key (PEM), if it is not in --cert's file");
  app.add_option("--server-name", options.tls.server_name,
                 "Ask for this server and verify its name, instead of the URL's host")
      ->type_name("NAME");
  app.add_flag(
      "--insecure", [&options](std::int64_t) { options.tls.verify = false; },
      "Do not verify the server's certificate");
}

void add_judgement(CLI::App& app, CommandLine& line) {
  add_repeated(app, "--threshold", line.options.thresholds, load_result::Threshold::parse,
               "Fail (exit 1) unless this holds: p99<250ms, mean<80ms, errors<0.1%, rate>=950/s; "
               "repeatable",
               "EXPR");
  add_repeated(app, "--abort-on", line.options.abort_rules, load_result::Threshold::parse,
               "Stop (exit 5) when this holds for the run so far, looked at once a second: "
               "errors>50%; repeatable",
               "EXPR");
  cli::add_parsed(app, "--abort-grace", line.options.abort_grace, units::parse_duration,
                  "Do not look at the --abort-on rules before this long after the warm-up",
                  "DURATION");
  app.add_option("--pod-header", line.options.pod_header,
                 "Count the responses by the value of this header, such as x-pod: which pod of a "
                 "Service answered")
      ->type_name("NAME");
  app.add_option("--metrics-port", line.metrics_port,
                 "Serve GET /metrics for Prometheus on this port of all addresses while the run "
                 "goes on (0: any free one, named on stderr)")
      ->type_name("PORT");
  app.add_option("--html", line.html, "Write a report with charts to FILE, one self-contained page")
      ->type_name("FILE");
  app.add_option("--hdr", line.hdr, "Write the latency distribution to FILE (.hgrm)")
      ->type_name("FILE");
  app.add_option("--hdr-log", line.hdr_log,
                 "Write each second's latencies to FILE (HdrHistogram log, V2)")
      ->type_name("FILE");
}

// Reads the files that the command line names.
Result<void> read_files(const Raw& raw, plan::Options& options) {
  if (!raw.body_file.empty()) {
    auto body = request::read_whole(raw.body_file, "the body");
    if (!body) return body.error();
    options.request.body = std::move(*body);
  }
  if (!raw.mix.empty()) {
    auto mix = request::read_mix(raw.mix);
    if (!mix) return mix.error();
    options.mix = std::move(*mix);
  }
  return {};
}

}  // namespace

std::optional<int> parse_command_line(int argc, const char* const* argv, CommandLine& line) {
  CLI::App app{"Loads an HTTP service, and measures from when each request was due.", "loadgen"};
  Raw raw;
  app.add_option("URL", line.options.url, "http[s]://host[:port][/path]")->required();
  add_load(app, line.options, raw);
  add_request(app, line.options, raw);
  add_transport(app, line.options);
  add_judgement(app, line);
  cli::add_common(app, line.common);
  if (const auto code = cli::parse(app, argc, argv)) return code;

  auto& options = line.options;
  if (raw.warmup) options.warmup = *raw.warmup;
  if (raw.timeout) options.timeout = *raw.timeout;
  if (raw.arrivals == "poisson") options.arrivals = schedule::ArrivalKind::kPoisson;
  if (const auto read = read_files(raw, options); !read) {
    cli::print_error("loadgen", read.error().message);
    return number(exit_code(read.error()));
  }
  return std::nullopt;
}

}  // namespace plimsoll::loadgen::run
