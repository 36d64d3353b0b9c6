#include "loadgen/request/mix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

namespace plimsoll::loadgen::request {
namespace {

// Tell the choices about one request apart.
constexpr std::uint64_t kForEntry = 0x656e747279;
constexpr std::uint64_t kForRow = 0x726f77;

void add_missing_headers(const std::vector<std::string>& headers, RequestOptions& request) {
  std::vector<std::string> missing;
  for (const auto& header : headers) {
    const auto same = [key = header_key(header)](const auto& own) {
      return header_key(own) == key;
    };
    if (std::none_of(request.headers.begin(), request.headers.end(), same))
      missing.push_back(header);
  }
  request.headers.insert(request.headers.end(), missing.begin(), missing.end());
}

}  // namespace

Result<Mix> make_mix(const Url& url, const RequestOptions& common,
                     const std::optional<MixFile>& file, Protocol protocol) {
  Mix mix;
  if (!file) {
    auto request = render_request(url, common, nullptr, protocol);
    if (!request) return request.error();
    mix.entries.push_back({"", 1, std::move(*request)});
    return mix;
  }
  mix.data = file->data;
  mix.random_rows = file->random_rows;
  mix.named = true;
  std::random_device device;
  mix.salt = std::uint64_t{device()} << 32 | device();
  double until = 0;
  for (const auto& entry : file->requests) {
    auto options = entry.request;
    add_missing_headers(common.headers, options);
    if (entry.json_body) add_missing_headers({"Content-Type: application/json"}, options);
    auto request = render_request(url, options, mix.data.get(), protocol);
    if (!request) return invalid_input(fmt::format("{}: {}", entry.where, request.error().message));
    until += entry.weight;
    mix.entries.push_back({entry.name, until, std::move(*request)});
  }
  return mix;
}

RequestSource::RequestSource(const Mix& mix, std::uint64_t seed, std::uint64_t offset,
                             std::uint64_t stride)
    : mix_(mix), seed_(seed), stride_(stride), next_seq_(offset), next_row_(offset) {
  for (const auto& entry : mix.entries)
    if (entry.request.protocol == Protocol::kHttp2) fields_.emplace_back(entry.request);
}

RequestChoice RequestSource::next() {
  RequestChoice choice;
  choice.seq = next_seq_;
  next_seq_ += stride_;
  if (mix_.entries.size() > 1) choice.entry = choose(choice.seq);
  if (request(choice).uses_data) choice.row = choose_row(choice.seq);
  return choice;
}

std::uint32_t RequestSource::choose(std::uint64_t seq) const {
  // 53 random bits in [0, 1).
  const double uniform = static_cast<double>(mixed(mixed(seed_, seq), kForEntry) >> 11) * 0x1.0p-53;
  const auto& entries = mix_.entries;
  const auto chosen =
      std::upper_bound(entries.begin(), entries.end() - 1, uniform * entries.back().until,
                       [](double value, const MixEntry& entry) { return value < entry.until; });
  return static_cast<std::uint32_t>(chosen - entries.begin());
}

std::uint32_t RequestSource::choose_row(std::uint64_t seq) {
  const std::uint64_t rows = mix_.data->rows.size();
  if (mix_.random_rows) return static_cast<std::uint32_t>(mixed(mixed(seed_, seq), kForRow) % rows);
  const auto row = static_cast<std::uint32_t>(next_row_ % rows);
  next_row_ += stride_;
  return row;
}

RenderedRequest RequestSource::render(const RequestChoice& choice, bool last, std::string& out) {
  const auto& request = mix_.entries[choice.entry].request;
  const bool http1 = request.protocol == Protocol::kHttp1;
  if (http1 && request.constant)
    return {last ? request.last_bytes : request.bytes, {}, request.head};
  const auto* row = mix_.data ? &mix_.data->rows[choice.row] : nullptr;
  const TemplateValues values{choice.seq, seed_, mix_.salt, row};
  if (!http1) return fields_[choice.entry].render(values, out);
  request.render(values, last, out, body_scratch_);
  return {out, {}, request.head};
}

}  // namespace plimsoll::loadgen::request
