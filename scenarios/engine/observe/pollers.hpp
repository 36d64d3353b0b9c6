// Looks at the cluster, Prometheus and the receiver again and again, and records what changed. A
// look without an answer is recorded too, and is never fatal: the judge decides what it means.
// Why polling: docs/decisions/0001-poll-not-watch.md. Thread-safety: one executor, one thread.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "scenarios/engine/kube/cluster_api.hpp"
#include "scenarios/engine/model/model.hpp"
#include "scenarios/engine/observe/recorder.hpp"

namespace plimsoll::engine::observe {

// What a run has to look at, beyond its namespace.
struct Watched {
  std::string run;
  std::string in_namespace;
  model::Workload workload;
  std::set<std::string> hpas;    // named by the target or a claim
  std::set<std::string> alerts;  // named by a claim
  std::vector<std::string> promql;
  bool rules = false;       // the scenario brings rules or has alert claims
  bool deliveries = false;  // it has delivery claims
  model::Monitoring monitoring;
};
[[nodiscard]] Watched watched(const model::Scenario& scenario, std::string run,
                              std::string in_namespace);

class Pollers {
 public:
  Pollers(kube::ClusterApi& cluster, Recorder& recorder, Watched watched);

  // One look at everything of a source. Returns the first thing that went wrong, for people.
  [[nodiscard]] boost::asio::awaitable<std::string> look_at_kubernetes();
  [[nodiscard]] boost::asio::awaitable<std::string> look_at_rules();
  [[nodiscard]] boost::asio::awaitable<std::string> look_at_promql();
  [[nodiscard]] boost::asio::awaitable<std::string> look_at_deliveries();

  // Notes where the receiver stands, so that older deliveries are not taken for this run's.
  [[nodiscard]] boost::asio::awaitable<Result<void>> start_deliveries_here();

 private:
  // Writes what if it differs from what was written last under this key; returns whether it did.
  bool write_if_new(const std::string& key, log::Observed what);
  void failed(log::Source source, const std::string& topic, const std::string& message);

  boost::asio::awaitable<std::string> look_at_pods();
  boost::asio::awaitable<std::string> look_at_workload();
  boost::asio::awaitable<std::string> look_at_hpas();
  boost::asio::awaitable<std::string> look_at_events();

  kube::ClusterApi& cluster_;
  Recorder& recorder_;
  Watched watched_;
  std::map<std::string, std::string> last_;  // key -> what was written, without its time
  nlohmann::json selector_;                  // of the workload, null while unknown
  std::map<std::string, int> events_;        // uid -> count
  bool events_known_ = false;
  std::uint64_t last_delivery_ = 0;
  std::string receiver_instance_;
};

}  // namespace plimsoll::engine::observe
