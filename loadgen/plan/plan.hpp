// Everything a run is to do, decided before it starts: what every thread reads and none changes.
// Errors of make_plan: exit code 2, naming the flag. Thread-safety: immutable once made.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/load_result/threshold.hpp"
#include "core/result/result.hpp"
#include "core/shape/shape.hpp"
#include "core/shape/stage.hpp"
#include "core/units/units.hpp"
#include "loadgen/net/tls.hpp"
#include "loadgen/request/mix.hpp"
#include "loadgen/request/request.hpp"
#include "loadgen/request/url.hpp"
#include "loadgen/schedule/schedule.hpp"
#include "loadgen/schedule/think.hpp"

namespace plimsoll::loadgen::plan {

struct ShapeOption {
  std::string text;  // as the user wrote it
  shape::Shape shape;
};

// What the user asked for; absent means the default.
struct Options {
  std::string url;
  request::RequestOptions request;
  std::optional<request::MixFile> mix;
  std::string unix_socket;  // instead of the URL's host and port
  net::TlsOptions tls;
  bool http2 = false;
  std::uint64_t streams = 1;  // at a time on a connection, with HTTP/2
  std::optional<units::Rate> rate;
  schedule::ArrivalKind arrivals = schedule::ArrivalKind::kConstant;
  std::vector<shape::Stage> stages;
  std::optional<ShapeOption> shape;
  std::optional<std::uint64_t> connections;
  std::uint64_t threads = 1;
  std::optional<schedule::ThinkTime> think;
  std::optional<units::Duration> duration;
  std::optional<std::uint64_t> requests;
  units::Duration warmup{0};
  units::Duration timeout{std::chrono::seconds{10}};
  std::optional<std::uint64_t> connection_requests;
  std::optional<units::Duration> connection_age;
  std::optional<std::uint64_t> max_queue;
  std::uint64_t seed = 1;
  std::vector<load_result::Threshold> thresholds;
  std::vector<load_result::Threshold> abort_rules;
  std::optional<units::Duration> abort_grace;
  std::string pod_header;  // count the responses by its value; empty for not
};

// A stretch of the run with statistics of its own; a request belongs to the phase it was planned
// in.
struct Phase {
  std::string name;          // "warm-up", "main", "stage 1", a stage's own ...
  units::Duration start{0};  // from the start of the run
  units::Duration duration{0};
  std::optional<double> from_rate;  // at its start; absent in a closed loop
  std::optional<double> to_rate;    // at its end
  bool warmup = false;              // left out of the totals
};

struct Plan {
  Options options;
  request::Url url;
  request::Mix mix;
  std::shared_ptr<const net::TlsContext> tls;  // null for plain text
  bool open_loop = false;
  schedule::RateProfile profile;  // open loop, warm-up included
  std::vector<Phase> phases;      // at least one, in order, without gaps
  units::Duration duration{0};    // of all phases; kUnlimited when only --requests ends the run
  std::uint64_t connections = 0;
  std::uint64_t threads = 1;

  static constexpr units::Duration kUnlimited{units::Duration::max() / 4};
};

[[nodiscard]] Result<Plan> make_plan(const Options& options);

}  // namespace plimsoll::loadgen::plan
