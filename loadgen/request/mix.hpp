// What a run sends: one request (the plain case), or several chosen by weight for each send. The
// n-th request of a run is the same whatever the number of threads: every choice is a pure function
// of --seed and the request's number. Errors of make_mix: exit code 2. Thread-safety: a Mix is
// immutable, a RequestSource belongs to one thread.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result/result.hpp"
#include "loadgen/request/field_list.hpp"
#include "loadgen/request/mix_file.hpp"
#include "loadgen/request/request.hpp"

namespace plimsoll::loadgen::request {

struct MixEntry {
  std::string name;  // empty without --mix
  double until = 1;  // sum of the weights through this one
  Request request;
};

struct Mix {
  std::vector<MixEntry> entries;  // at least one
  std::shared_ptr<const DataFile> data;
  bool random_rows = false;
  bool named = false;      // from --mix: statistics by name
  std::uint64_t salt = 0;  // of UUIDs
};

// common: the command line's request; its headers go into every request of file that has none of
// the same name.
[[nodiscard]] Result<Mix> make_mix(const Url& url, const RequestOptions& common,
                                   const std::optional<MixFile>& file,
                                   Protocol protocol = Protocol::kHttp1);

// Which request of the mix, and what its placeholders are filled from.
struct RequestChoice {
  std::uint64_t seq = 0;
  std::uint32_t entry = 0;
  std::uint32_t row = 0;
};

class RequestSource {
 public:
  // offset, stride: thread offset of stride threads draws the requests offset, offset + stride ...
  RequestSource(const Mix& mix, std::uint64_t seed, std::uint64_t offset, std::uint64_t stride);

  [[nodiscard]] RequestChoice next();
  [[nodiscard]] const Request& request(const RequestChoice& choice) const {
    return mix_.entries[choice.entry].request;
  }
  // What to send; what is not constant of it is kept in out. last: the connection is to end with
  // it.
  [[nodiscard]] RenderedRequest render(const RequestChoice& choice, bool last, std::string& out);

 private:
  [[nodiscard]] std::uint32_t choose(std::uint64_t seq) const;
  [[nodiscard]] std::uint32_t choose_row(std::uint64_t seq);

  const Mix& mix_;
  std::uint64_t seed_;
  std::uint64_t stride_;
  std::uint64_t next_seq_;
  std::uint64_t next_row_;
  std::vector<FieldList> fields_;  // with HTTP/2: of each entry
  std::string body_scratch_;
};

}  // namespace plimsoll::loadgen::request
