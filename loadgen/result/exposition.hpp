// A snapshot of the run in Prometheus' text format 0.0.4, as /metrics serves it.
// Written by hand, because prometheus-cpp comes as a shared library and loadgen is one static file.
// Latencies are histograms, not summaries: the buckets of several workers (an Indexed Job) can be
// added up and give a percentile of all, which percentiles cannot.
// Thread-safety: pure functions.
// Source: https://prometheus.io/docs/instrumenting/exposition_formats/
#pragma once
#include <string>
#include <string_view>

#include "loadgen/stats/snapshot.hpp"

namespace plimsoll::loadgen::result {

inline constexpr std::string_view kExpositionContentType =
    "text/plain; version=0.0.4; charset=utf-8";

// Series of every state, error kind and bucket are there from the start, with 0, so that rate() and
// increase() miss nothing; response codes appear with the first response.
[[nodiscard]] std::string to_exposition(const stats::Snapshot& snapshot);

}  // namespace plimsoll::loadgen::result
