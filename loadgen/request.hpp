// The request, rendered once before the run and sent byte for byte from then on.
// Errors: exit code 2, naming the header or method. Thread-safety: values.
#pragma once
#include <string>
#include <vector>

#include "core/result/result.hpp"
#include "loadgen/url.hpp"

namespace plimsoll::loadgen {

struct RequestOptions {
  std::string method = "GET";
  std::vector<std::string> headers;  // "Name: value"
  std::string body;
};

struct Request {
  std::string bytes;       // keeps the connection
  std::string last_bytes;  // the same with "Connection: close", for the last one on a connection
  bool head = false;       // the response has no body whatever its headers say
  bool idempotent = true;  // may be sent again when a kept connection turns out to be closed
};

[[nodiscard]] Result<Request> render_request(const Url& url, const RequestOptions& options);

}  // namespace plimsoll::loadgen
