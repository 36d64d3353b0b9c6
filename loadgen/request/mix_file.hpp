// The file of --mix: which requests a run is made of, and how often each comes. JSON:
//   {"data": {"file": "users.csv", "order": "random"},
//    "requests": [{"name": "home", "weight": 9, "path": "/"},
//                 {"name": "buy", "method": "POST", "path": "/orders?n={{seq}}",
//                  "headers": {"X-Id": "{{uuid}}"}, "body": {"user": "{{data.name}}"}}]}
// A body that is an object or an array is sent as JSON. bodyFile is sent as it is; relative paths
// start at the file's folder. Errors: exit code 2, naming file:line. Thread-safety: values.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result/result.hpp"
#include "loadgen/request/data_file.hpp"
#include "loadgen/request/request.hpp"

namespace plimsoll::loadgen::request {

struct MixRequest {
  std::string where;  // "mix.json:7: request 'buy'", for messages
  std::string name;
  double weight = 1;
  RequestOptions request;
  bool json_body = false;  // has a Content-Type of its own unless a header says another
};

struct MixFile {
  std::vector<MixRequest> requests;      // at least one; names differ
  std::shared_ptr<const DataFile> data;  // may be null
  bool random_rows = false;              // otherwise in order, from the first again after the last
};

// path: for messages, and its folder for the files named inside.
[[nodiscard]] Result<MixFile> parse_mix(const std::string& path, std::string_view text);
[[nodiscard]] Result<MixFile> read_mix(const std::string& path);

}  // namespace plimsoll::loadgen::request
