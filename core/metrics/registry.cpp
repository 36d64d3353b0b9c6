#include "core/metrics/registry.hpp"

#include <prometheus/check_names.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <sstream>
#include <stdexcept>
#include <variant>

namespace plimsoll::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

void collect(ClientMetric& metric, const std::unique_ptr<Counter>& counter) {
  metric.counter.value = static_cast<double>(counter->value());
}

void collect(ClientMetric& metric, const std::unique_ptr<Gauge>& gauge) {
  metric.gauge.value = static_cast<double>(gauge->value());
}

void collect(ClientMetric& metric, const std::function<double()>& read) {
  const double value = read();
  metric.gauge.value = value;  // the family's type decides which of the two is written
  metric.counter.value = value;
}

void collect(ClientMetric& metric, const std::unique_ptr<Histogram>& histogram) {
  const auto counts = histogram->counts();
  const auto& bounds = histogram->bounds();
  for (std::size_t i = 0; i < counts.cumulative.size(); ++i) {
    const double bound =
        i < bounds.size() ? seconds(bounds[i]) : std::numeric_limits<double>::infinity();
    metric.histogram.bucket.push_back({counts.cumulative[i], bound});
  }
  metric.histogram.sample_count = counts.cumulative.back();
  metric.histogram.sample_sum = seconds(counts.sum);
}

}  // namespace

struct Registry::Family {
  using Source = std::variant<std::unique_ptr<Counter>, std::unique_ptr<Gauge>,
                              std::unique_ptr<Histogram>, std::function<double()>>;
  struct Member {
    Labels labels;
    Source source;
  };

  std::string name;
  std::string help;
  MetricType type;
  std::vector<Member> members;

  // The metric with these labels; made by `make` where there is none yet.
  template <typename T, typename Make>
  T& member(const Labels& labels, Make make) {
    for (auto& known : members) {
      if (known.labels != labels) continue;
      auto* metric = std::get_if<std::unique_ptr<T>>(&known.source);
      if (metric == nullptr) throw std::invalid_argument(name + " is of another kind");
      return **metric;
    }
    check(labels);
    members.push_back({labels, make()});
    return *std::get<std::unique_ptr<T>>(members.back().source);
  }

  void check(const Labels& labels) const {
    for (const auto& label : labels) {
      if (!prometheus::CheckLabelName(label.first))
        throw std::invalid_argument(name + ": bad label name " + label.first);
    }
  }

  [[nodiscard]] prometheus::MetricFamily collected() const {
    prometheus::MetricFamily family{name, help, type, {}};
    for (const auto& member : members) {
      ClientMetric metric;
      for (const auto& [label, value] : member.labels) metric.label.push_back({label, value});
      std::visit([&metric](const auto& source) { collect(metric, source); }, member.source);
      family.metric.push_back(std::move(metric));
    }
    return family;
  }
};

Registry::Registry() = default;
Registry::~Registry() = default;

Registry::Family& Registry::family(const std::string& name, const std::string& help, int type) {
  const auto wanted = static_cast<MetricType>(type);
  for (auto& family : families_) {
    if (family->name != name) continue;
    if (family->type != wanted) throw std::invalid_argument(name + " is of another kind");
    return *family;
  }
  if (!prometheus::CheckMetricName(name)) throw std::invalid_argument("bad metric name " + name);
  families_.push_back(std::make_unique<Family>(Family{name, help, wanted, {}}));
  return *families_.back();
}

Counter& Registry::counter(const std::string& name, const std::string& help, const Labels& labels) {
  const std::scoped_lock lock{mutex_};
  return family(name, help, static_cast<int>(MetricType::Counter)).member<Counter>(labels, [] {
    return std::make_unique<Counter>();
  });
}

Gauge& Registry::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  const std::scoped_lock lock{mutex_};
  return family(name, help, static_cast<int>(MetricType::Gauge)).member<Gauge>(labels, [] {
    return std::make_unique<Gauge>();
  });
}

Histogram& Registry::histogram(const std::string& name, const std::string& help,
                               const Labels& labels,
                               const std::vector<std::chrono::nanoseconds>& upper_bounds) {
  const std::scoped_lock lock{mutex_};
  return family(name, help, static_cast<int>(MetricType::Histogram))
      .member<Histogram>(labels,
                         [&upper_bounds] { return std::make_unique<Histogram>(upper_bounds); });
}

void Registry::read_gauge(const std::string& name, const std::string& help,
                          std::function<double()> read, const Labels& labels) {
  const std::scoped_lock lock{mutex_};
  auto& into = family(name, help, static_cast<int>(MetricType::Gauge));
  into.check(labels);
  into.members.push_back({labels, std::move(read)});
}

void Registry::read_counter(const std::string& name, const std::string& help,
                            std::function<double()> read) {
  const std::scoped_lock lock{mutex_};
  family(name, help, static_cast<int>(MetricType::Counter))
      .members.push_back({{}, std::move(read)});
}

std::string Registry::text() const {
  std::vector<prometheus::MetricFamily> collected;
  {
    const std::scoped_lock lock{mutex_};
    for (const auto& family : families_) collected.push_back(family->collected());
  }
  std::ostringstream out;
  prometheus::TextSerializer{}.Serialize(out, collected);
  return out.str();
}

}  // namespace plimsoll::metrics
