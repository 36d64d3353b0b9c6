#include "scenarios/engine/run/diagnostics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "core/cli/output.hpp"
#include "scenarios/engine/kube/kube_view.hpp"

namespace plimsoll::engine::run {
namespace asio = boost::asio;
using nlohmann::json;

namespace {

constexpr int kLogLines = 50;

std::string event_lines(const json& list) {
  struct Line {
    std::string when, text;
  };
  std::vector<Line> lines;
  for (const auto& event : list.value("items", json::array())) {
    const auto seen = kube::view_event(event);
    auto when = kube::text_at(event, "lastTimestamp");
    if (when.empty()) when = kube::text_at(event, "eventTime");
    lines.push_back({when, fmt::format("{}  {:8} {:24} {}  {} (x{})\n", when, seen.type,
                                       seen.reason, seen.object, seen.message, seen.count)});
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Line& a, const Line& b) { return a.when < b.when; });
  std::string text;
  for (const auto& line : lines) text += line.text;
  return text;
}

std::string pod_lines(const json& list) {
  std::string text;
  for (const auto& pod : list.value("items", json::array())) {
    const auto seen = kube::view_pod(pod);
    text += fmt::format("{}  {}{}{}  node {}\n", seen.name, seen.phase, seen.ready ? ", ready" : "",
                        seen.deleting ? ", deleting" : "", kube::text_at(pod, "spec", "nodeName"));
    for (const auto& container : seen.containers) {
      text += fmt::format("  {}: {} {}, restarts {}\n", container.name, container.state,
                          container.state_reason, container.restarts);
      if (const auto& last = container.last_terminated)
        text += fmt::format("    last: {} exit code {} at {}\n", last->reason, last->exit_code,
                            last->finished_at);
    }
    if (const auto trouble = kube::trouble_of(pod); !trouble.empty())
      text += fmt::format("  {}\n", trouble);
  }
  return text;
}

// The files of one run's diagnostics, and what could not be had.
class Folder {
 public:
  explicit Folder(std::string path) : path_(std::move(path)) {
    std::error_code ignored;
    std::filesystem::create_directories(path_, ignored);
  }
  void keep(const std::string& name, const std::string& text) {
    if (const auto written = cli::write_whole(path_ + "/" + name, text); !written)
      missing(name, written.error());
  }
  void missing(const std::string& name, const Error& error) {
    notes_ += fmt::format("{}: {}\n", name, error.message);
  }
  void finish() {
    if (!notes_.empty()) keep("README.txt", "Could not be had:\n" + std::exchange(notes_, {}));
  }

 private:
  std::string path_;
  std::string notes_;
};

asio::awaitable<void> keep_logs(kube::ClusterApi* cluster, Folder* folder, std::string base,
                                const json* pods) {
  const json items = pods->value("items", json::array());
  for (const auto& pod : items) {
    const auto containers = kube::view_pod(pod).containers;
    for (const auto& container : containers)
      for (const bool previous : {false, true}) {
        if (previous && !container.last_terminated) continue;
        const auto name = kube::text_at(pod, "metadata", "name");
        const auto log = co_await cluster->text(
            fmt::format("{}/pods/{}/log?container={}&tailLines={}{}", base, name, container.name,
                        kLogLines, previous ? "&previous=true" : ""));
        const auto file =
            fmt::format("{}-{}{}.log", name, container.name, previous ? "-previous" : "");
        if (log)
          folder->keep(file, *log);
        else
          folder->missing(file, log.error());
      }
  }
}

}  // namespace

asio::awaitable<void> collect_diagnostics(kube::ClusterApi* cluster, std::string in_namespace,
                                          std::string out) {
  Folder folder{out + "/diagnostics"};
  const std::string in = "/namespaces/" + in_namespace;
  const auto events = co_await cluster->get("/api/v1" + in + "/events");
  if (events)
    folder.keep("events.txt", event_lines(*events));
  else
    folder.missing("events.txt", events.error());

  const auto workloads = co_await cluster->get("/apis/apps/v1" + in + "/deployments");
  if (workloads)
    folder.keep("deployments.json", workloads->dump(1) + "\n");
  else
    folder.missing("deployments.json", workloads.error());
  const auto hpas =
      co_await cluster->get("/apis/autoscaling/v2" + in + "/horizontalpodautoscalers");
  if (hpas)
    folder.keep("hpas.json", hpas->dump(1) + "\n");
  else
    folder.missing("hpas.json", hpas.error());

  const auto pods = co_await cluster->get("/api/v1" + in + "/pods");
  if (pods) {
    folder.keep("pods.txt", pod_lines(*pods));
    folder.keep("pods.json", pods->dump(1) + "\n");
    co_await keep_logs(cluster, &folder, "/api/v1" + in, &*pods);
  } else {
    folder.missing("pods.txt", pods.error());
  }
  folder.finish();
}

}  // namespace plimsoll::engine::run
