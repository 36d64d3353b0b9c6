// HdrHistogram's V2 encoding: counts as ZigZag LEB128 with runs of zeros, zlib, base64 ("HISTFAAAA
// ..."). Readable by every HdrHistogram library. Errors: decode names what is wrong (exit code 2).
// Thread-safety: pure functions. Source: EncodableHistogram in HdrHistogram 2.2.2 (Java).
#pragma once
#include <string>
#include <string_view>

#include "core/latency/histogram.hpp"
#include "core/result/result.hpp"

namespace plimsoll::latency {

// The counts alone, without header or compression: small and quick, for intervals kept in memory.
[[nodiscard]] std::string encode_counts(const Histogram& histogram);
// Adds such counts to histogram.
[[nodiscard]] Result<void> add_counts(std::string_view encoded, Histogram& histogram);

// V2 payload: a 40-byte header, then the counts.
[[nodiscard]] std::string encode_v2(const Histogram& histogram);
// The same compressed with zlib, in base64: what histogram logs and our JSON carry.
[[nodiscard]] std::string encode_v2_base64(const Histogram& histogram);
// Reads encode_v2_base64 back. Only our own layout (1 ns, 1 h, 3 digits) is accepted.
[[nodiscard]] Result<Histogram> decode_v2_base64(std::string_view text);

}  // namespace plimsoll::latency
