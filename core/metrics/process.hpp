// The standard process_* metrics: CPU seconds, memory, descriptors, start time. Read from
// /proc/self at each scrape. Errors: a figure that cannot be read is NaN. Thread-safety: as
// Registry. Source: https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics
#pragma once
#include "core/metrics/registry.hpp"

namespace plimsoll::metrics {

void add_process_metrics(Registry& registry);

}  // namespace plimsoll::metrics
