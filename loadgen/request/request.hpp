// The request: rendered once before the run, for the protocol that will carry it, and sent as it is
// from then on, or, where it has placeholders (template.hpp), rendered for each send.
// Errors: exit code 2, naming the header, method, path or placeholder, and file:line of a data row
// that cannot stand where it is used. Thread-safety: values, immutable once rendered.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result/result.hpp"
#include "loadgen/request/data_file.hpp"
#include "loadgen/request/rendered_request.hpp"
#include "loadgen/request/template.hpp"
#include "loadgen/request/url.hpp"

namespace plimsoll::loadgen::request {

struct RequestOptions {
  std::string method = "GET";
  std::vector<std::string> headers;  // "Name: value"
  std::string body;
  std::optional<std::string> path = std::nullopt;  // with the query; instead of the URL's
  bool templates = false;                          // path and header values may have placeholders
  bool body_template = false;                      // the body too
};

// A field of HTTP/2.
struct FieldTemplate {
  std::string name;  // in lower case
  Template value;
};

struct Request {
  Protocol protocol = Protocol::kHttp1;
  std::string bytes;       // HTTP/1.1: the message, which keeps the connection; HTTP/2: the body
  std::string last_bytes;  // HTTP/1.1: with "Connection: close", for the last one on a connection
  bool head = false;       // the response has no body whatever its headers say
  bool idempotent = true;  // may be sent again when a kept connection turns out to be closed
  bool constant = true;    // otherwise bytes and last_bytes are empty: it is rendered each time
  bool uses_data = false;

  // What it is rendered from.
  Template start{0};                  // HTTP/1.1: request line and fields
  std::vector<FieldTemplate> fields;  // HTTP/2: all but content-length
  Template body{1};
  std::string length;  // of a constant body
  bool has_connection = false;
  bool has_length = false;

  // HTTP/1.1: writes bytes, or last_bytes, with these values to out; body_scratch only saves
  // allocations. HTTP/2: FieldList.
  void render(const TemplateValues& values, bool last, std::string& out,
              std::string& body_scratch) const;
};

// data: the file that {{data.COLUMN}} is about; may be null.
[[nodiscard]] Result<Request> render_request(const Url& url, const RequestOptions& options,
                                             const DataFile* data = nullptr,
                                             Protocol protocol = Protocol::kHttp1);

// Whether text can be a method or the name of a header (RFC 9110, token).
[[nodiscard]] bool is_token(std::string_view text);
// "x-request-id" of "X-Request-Id: 7".
[[nodiscard]] std::string header_key(std::string_view header);

}  // namespace plimsoll::loadgen::request
