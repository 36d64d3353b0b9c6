// A request in the form in which its protocol sends it: views, which a connection reads from send()
// to the response. Thread-safety: plain data. Source: RFC 9112 section 2.1, RFC 9113 section 8.3.1.
#pragma once
#include <span>
#include <string_view>

namespace plimsoll::loadgen::request {

enum class Protocol { kHttp1, kHttp2 };

// A field of an HTTP/2 request; pseudo-header fields are fields too.
struct Field {
  std::string_view name;  // in lower case
  std::string_view value;
  bool constant = true;  // value outlives the run; otherwise it may change once send() has returned
};

struct RenderedRequest {
  std::string_view bytes;         // HTTP/1.1: the whole message; HTTP/2: the body
  std::span<const Field> fields;  // HTTP/2: pseudo-header fields first; valid until send() returns
  bool head = false;              // the response has no body whatever its headers say
};

}  // namespace plimsoll::loadgen::request
