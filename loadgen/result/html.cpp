#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <tuple>

#include "loadgen/result/charts.hpp"
#include "loadgen/result/report.hpp"
#include "loadgen/result/words.hpp"
#include "reports/page/page.hpp"

namespace plimsoll::loadgen::result {
namespace {

using reports::page::line;

// Tables of figures keep their columns on a phone, and scroll where they are too wide.
constexpr std::string_view kFigureStyle = R"(<style>
.scroll { overflow-x: auto; margin: 6px 0; }
.figures { display: table; width: auto; min-width: 55%; table-layout: auto; overflow-wrap: normal;
  font-variant-numeric: tabular-nums; }
.figures thead { display: table-header-group; } .figures tbody { display: table-row-group; }
.figures tr { display: table-row; border: 0; }
.figures th, .figures td, .figures th:first-child, .figures td:first-child { display: table-cell;
  padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); text-align: right; width: auto;
  white-space: nowrap; }
.figures td.words { white-space: normal; min-width: 9rem; }
.figures tr.fail td:last-child { color: var(--fail); font-weight: 700; }
.figures th:nth-child(n) { width: auto; vertical-align: bottom; }
.figures th:first-child, .figures td:first-child, .figures .words { text-align: left; }
.figures th:last-child, .figures td:last-child { padding-right: 4px; }
.figures td:first-child { font-weight: 600; }
@media screen and (max-width: 640px) { .figures { width: 100%; font-size: .77rem; }
  .figures th { font-size: .7rem; white-space: normal; }
  .figures th, .figures td, .figures th:first-child, .figures td:first-child { padding: 5px 5px 5px 0; } }
</style>
)";

using Row = std::vector<std::string>;

struct Table {
  Row head;
  std::vector<Row> rows;
  bool words_last = false;            // the last column is text
  std::vector<std::size_t> bad = {};  // rows to mark

  [[nodiscard]] std::string html() const {
    if (rows.empty()) return "";
    std::string text = "<div class=\"scroll\"><table class=\"figures\">\n<thead><tr>";
    put(text, head, "th");
    text += "</tr></thead>\n<tbody>\n";
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool is_bad = std::find(bad.begin(), bad.end(), i) != bad.end();
      text += is_bad ? "<tr class=\"fail\">" : "<tr>";
      put(text, rows[i], "td");
      text += "</tr>\n";
    }
    return text + "</tbody>\n</table></div>\n";
  }

 private:
  void put(std::string& text, const Row& row, std::string_view tag) const {
    for (std::size_t i = 0; i < row.size(); ++i)
      text +=
          fmt::format("<{0}{1}>{2}</{0}>", tag,
                      words_last && i + 1 == row.size() ? " class=\"words\"" : "", line(row[i]));
  }
};

std::string number_of(std::uint64_t count) { return fmt::format("{}", count); }

std::string share(std::uint64_t part, std::uint64_t all) {
  if (all == 0) return "-";
  const double percent = 100 * static_cast<double>(part) / static_cast<double>(all);
  return part > 0 && percent < 0.01 ? "<0.01%" : fmt::format("{:.4g}%", percent);
}

std::string sentence(const RunResult& result) {
  const auto& counts = result.totals.counts;
  if (!result.reason.empty()) return result.reason;
  return fmt::format("{} of {} requests completed, {:.1f}/s, p99 {}", counts.completed, counts.sent,
                     achieved_rate(result), shown_percentile(result.totals.latency, 99));
}

// Header values may be secrets, and a report is passed around: names only.
std::string header_names(const plan::Plan& plan) {
  std::string names;
  for (const auto& header : plan.options.request.headers)
    names += (names.empty() ? "" : ", ") + header.substr(0, header.find(':'));
  return names;
}

std::string facts_of(const plan::Plan& plan, const RunResult& result) {
  const auto& options = plan.options;
  const auto started = std::chrono::time_point_cast<std::chrono::seconds>(result.started);
  const auto optional = [](bool given, auto text) { return given ? text() : std::string(); };
  return reports::page::facts({
      {"load", loop_of(plan)},
      {"measured for", shown_seconds(result.duration_s)},
      {"warm-up", optional(options.warmup.count() > 0,
                           [&] { return units::format_duration(options.warmup); })},
      {"connections", number_of(plan.connections)},
      {"threads", number_of(plan.threads)},
      {"time-out", units::format_duration(options.timeout)},
      {"started", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(started))},
      {"headers", header_names(plan)},
      {"body", optional(!options.request.body.empty(),
                        [&] { return units::format_bytes({options.request.body.size()}); })},
      {"loadgen", PLIMSOLL_VERSION},
      {"exit code", std::to_string(number(result.exit_code))},
  });
}

std::string thresholds(const RunResult& result) {
  Table table{{"threshold", "measured", "holds"}, {}, true};
  for (const auto& threshold : result.thresholds) {
    if (!threshold.ok) table.bad.push_back(table.rows.size());
    table.rows.push_back({threshold.expr, threshold.shown, threshold.ok ? "✓ yes" : "✗ no"});
  }
  return table.html();
}

std::string requests(const RunResult& result) {
  const auto& counts = result.totals.counts;
  return reports::page::facts({{"scheduled", number_of(counts.scheduled)},
                               {"sent", number_of(counts.sent)},
                               {"completed", number_of(counts.completed)},
                               {"failed", number_of(counts.failed)},
                               {"unfinished", number_of(counts.unfinished())},
                               {"dropped", number_of(counts.dropped)},
                               {"rate", fmt::format("{:.1f}/s", achieved_rate(result))},
                               {"bytes sent", units::format_bytes({counts.bytes_sent})},
                               {"bytes received", units::format_bytes({counts.bytes_received})}});
}

std::string latencies(const stats::PhaseStatistics& totals) {
  Table table{{"", "latency", "service time", "send lag", "schedule lag"}, {}};
  std::vector<std::vector<Figure>> columns;
  for (const auto* histogram :
       {&totals.latency, &totals.service_time, &totals.send_lag, &totals.schedule_lag})
    columns.push_back(figures_of(*histogram));
  if (totals.failed_latency.count() > 0) {
    table.head.push_back("failed after");
    columns.push_back(figures_of(totals.failed_latency));
  }
  for (std::size_t i = 0; i < columns.front().size(); ++i) {
    auto& row = table.rows.emplace_back(Row{std::string(columns.front()[i].name)});
    for (const auto& column : columns) row.push_back(column[i].shown);
  }
  return percentile_chart(totals) + table.html() +
         "<p class=\"quiet\">Latency: from when a request was due to its whole response; what "
         "users "
         "feel. Service time: from when it was really sent. Send lag: how long it waited to be "
         "sent. Schedule lag: how late loadgen itself was.</p>\n";
}

std::string phases(const RunResult& result) {
  if (result.phases.size() < 2) return "";
  Table table{{"phase", "planned", "completed", "failed", "rate", "p50", "p99"}, {}};
  for (const auto& part : result.phases) {
    const auto& record = part.record;
    table.rows.push_back(
        {part.phase.name, number_of(record.counts.scheduled), number_of(record.counts.completed),
         number_of(record.counts.failed), fmt::format("{:.1f}/s", achieved_rate(part)),
         shown_percentile(record.latency, 50), shown_percentile(record.latency, 99)});
  }
  return table.html();
}

std::string mix(const plan::Plan& plan, const RunResult& result) {
  Table table{{"request", "sent", "completed", "failed", "5xx", "p50", "p99"}, {}};
  for (std::size_t i = 0; i < result.mix.size(); ++i) {
    const auto& [counts, latency] = std::tie(result.mix[i].counts, result.mix[i].latency);
    table.rows.push_back({plan.mix.entries[i].name, number_of(counts.sent),
                          number_of(counts.completed), number_of(counts.failed),
                          number_of(counts.server_errors), shown_percentile(latency, 50),
                          shown_percentile(latency, 99)});
  }
  return table.html();
}

// The first one's own words, where there are any, say more than the kind does.
std::string in_words(const stats::PhaseStatistics& totals, std::size_t kind) {
  const std::string words(meaning(static_cast<net::ErrorKind>(kind)));
  const auto& detail = totals.error_details[kind];
  return detail.empty() ? words : fmt::format("{} ({})", words, detail);
}

std::string answers(const stats::PhaseStatistics& totals) {
  Table status{{"status", "responses", "share"}, {}};
  for (std::size_t code = 0; code < totals.status.size(); ++code)
    if (const auto count = totals.status[code]; count > 0)
      status.rows.push_back(
          {fmt::format("{}", code), number_of(count), share(count, totals.counts.sent)});
  Table errors{{"error", "requests", "share", "means"}, {}, true};
  for (std::size_t kind = 0; kind < net::kErrorKinds; ++kind)
    if (const auto count = totals.errors[kind]; count > 0)
      errors.rows.push_back({std::string(net::kErrorNames[kind]), number_of(count),
                             share(count, totals.counts.sent), in_words(totals, kind)});
  return status.html() + errors.html();
}

std::string connections(const RunResult& result) {
  const auto& counts = result.connections;
  const auto positive = [](std::uint64_t count) { return count > 0 ? number_of(count) : ""; };
  Table endpoints{{"endpoint", "connections", "requests"}, {}};
  for (const auto& [address, endpoint] : result.endpoints)
    endpoints.rows.push_back(
        {address, number_of(endpoint.connections), number_of(endpoint.requests)});
  return reports::page::facts(
             {{"opened", number_of(counts.opened)},
              {"could not be opened", positive(counts.failed)},
              {"recycled", positive(counts.recycled)},
              {"closed by the server while idle", positive(counts.closed_by_peer)},
              {"sent again on a new one", positive(result.totals.counts.stale_retries)},
              {"dropped for data nobody asked for", positive(counts.unasked)}}) +
         endpoints.html();
}

std::string generator(const RunResult& result) {
  const auto& generator = result.generator;
  const auto& lag = result.totals.schedule_lag;
  return reports::page::facts(
      {{"kept up",
        generator.saturation.saturated ? "✗ no: " + generator.saturation.reason : "✓ yes"},
       {"CPU time", fmt::format("{:.2f} s", generator.cpu_seconds)},
       {"memory", units::format_bytes({generator.max_rss_bytes})},
       {"throttled periods", number_of(generator.throttled_periods)},
       {"schedule lag p99", shown_percentile(lag, 99)},
       {"schedule lag max", shown_ns(lag.max(), lag.count() == 0)}});
}

}  // namespace

std::string to_html(const plan::Plan& plan, const RunResult& result) {
  const auto request = subject_of(plan);
  const auto verdict = name(result.verdict);
  auto body = reports::page::banner(result.exit_code, verdict, request, sentence(result));
  body += facts_of(plan, result);
  body += reports::page::section("Thresholds", thresholds(result));
  body += reports::page::section("Requests", requests(result));
  body += reports::page::section("Latency", latencies(result.totals));
  body += reports::page::section("Over time", series_charts(result));
  body += reports::page::section("Phases", phases(result));
  body += reports::page::section("Mix", mix(plan, result));
  body += reports::page::section("Status and errors", answers(result.totals));
  body += reports::page::section("Connections", connections(result));
  body += reports::page::section("Load generator", generator(result));
  return reports::page::page(fmt::format("loadgen {} {}", verdict, request), body, kFigureStyle);
}

}  // namespace plimsoll::loadgen::result
