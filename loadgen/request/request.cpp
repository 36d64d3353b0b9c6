#include "loadgen/request/request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>

namespace plimsoll::loadgen::request {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

struct Header {
  std::string name;
  std::string value;
};

Result<Header> parse_header(std::string_view text) {
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  if (colon == std::string_view::npos || !is_token(name))
    return usage_error(fmt::format("'{}' is not a header: write it as 'Name: value'", text));
  auto value = text.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  const auto key = lower(name);
  if (key == "content-length" || key == "transfer-encoding")
    return usage_error(
        fmt::format("header '{}' is set by loadgen itself: leave it out and use --body", name));
  return Header{std::string(name), std::string(value)};
}

// What is wrong with a path or a header value, as it will be sent; empty when nothing is.
using Check = std::string_view (*)(std::string_view rendered);

std::string_view wrong_path(std::string_view path) {
  if (!path.starts_with('/')) return "does not begin with /";
  if (!is_visible_ascii(path))
    return "has a space, a control character or a non-ASCII character: write it as %20 and the "
           "like";
  return path.find('#') == std::string_view::npos ? "" : "has a #, which is never sent";
}

std::string_view wrong_value(std::string_view value) {
  constexpr std::string_view kBreaks("\r\n\0", 3);
  return value.find_first_of(kBreaks) == std::string_view::npos ? "" : "has a line break";
}

// Renders text into request.start, and checks what it can become: with every row, if it has any.
class Writer {
 public:
  Writer(const RequestOptions& options, const DataFile* data, Request& request)
      : options_(options), data_(data), request_(request) {}

  Result<void> add(const std::string& text, const std::string& what, Check wrong) {
    Template part;
    if (const auto added = add_to(part, text, options_.templates); !added) return added.error();
    for (std::size_t row = 0; row < (part.uses_data() ? data_->rows.size() : 1); ++row) {
      rendered_.clear();
      part.render({0, 0, 0, data_ != nullptr ? &data_->rows[row] : nullptr}, rendered_);
      const auto problem = wrong(rendered_);
      if (problem.empty()) continue;
      const auto where =
          part.uses_data() ? fmt::format("{}:{}: ", data_->path, data_->lines[row]) : "";
      return usage_error(fmt::format("{}{} '{}' {}", where, what, rendered_, problem));
    }
    return add_to(request_.start, text, options_.templates);
  }

  Result<void> add_body() { return add_to(request_.body, options_.body, options_.body_template); }

 private:
  Result<void> add_to(Template& target, const std::string& text, bool templates) {
    static const std::vector<std::string> kNone;
    if (templates) return target.add(text, data_ != nullptr ? data_->columns : kNone);
    target.add_literal(text);
    return {};
  }

  const RequestOptions& options_;
  const DataFile* data_;
  Request& request_;
  std::string rendered_;
};

Result<void> check_method(const std::string& method) {
  if (!is_token(method)) return usage_error(fmt::format("'{}' is not an HTTP method", method));
  if (method == "CONNECT")
    return usage_error("method CONNECT opens a tunnel, which loadgen cannot load");
  return {};
}

Result<void> write_start(const Url& url, const RequestOptions& options, Writer& writer,
                         Request& request) {
  auto& start = request.start;
  start.add_literal(options.method + " ");
  if (options.path) {
    if (const auto added = writer.add(*options.path, "path", wrong_path); !added)
      return added.error();
  } else {
    start.add_literal(url.target);
  }
  start.add_literal(" HTTP/1.1\r\n");
  const auto has = [&options](std::string_view key) {
    return std::any_of(options.headers.begin(), options.headers.end(),
                       [key](const auto& header) { return header_key(header) == key; });
  };
  if (!has("host")) start.add_literal(fmt::format("Host: {}\r\n", url.authority));
  for (const auto& text : options.headers) {
    const auto header = parse_header(text);
    if (!header) return header.error();
    start.add_literal(header->name + ": ");
    const auto what = fmt::format("the value of header '{}':", header->name);
    if (const auto added = writer.add(header->value, what, wrong_value); !added)
      return added.error();
    start.add_literal("\r\n");
  }
  if (!has("user-agent"))
    start.add_literal("User-Agent: plimsoll-loadgen/" PLIMSOLL_VERSION "\r\n");
  request.has_connection = has("connection");
  return {};
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

std::string header_key(std::string_view header) {
  return lower(header.substr(0, header.find(':')));
}

Result<Request> render_request(const Url& url, const RequestOptions& options,
                               const DataFile* data) {
  if (const auto checked = check_method(options.method); !checked) return checked.error();
  Request request;
  Writer writer(options, data, request);
  if (const auto written = write_start(url, options, writer, request); !written)
    return written.error();
  if (const auto added = writer.add_body(); !added) return added.error();
  const auto& method = options.method;
  const bool may_have_body = method == "POST" || method == "PUT" || method == "PATCH";
  request.has_length = may_have_body || !options.body.empty();
  constexpr std::array kIdempotent = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
  request.head = method == "HEAD";
  request.idempotent =
      std::find(kIdempotent.begin(), kIdempotent.end(), method) != kIdempotent.end();
  request.uses_data = request.start.uses_data() || request.body.uses_data();

  request.constant = request.start.constant() && request.body.constant();
  if (request.constant) {
    std::string scratch;
    request.render({}, false, request.bytes, scratch);
    request.render({}, true, request.last_bytes, scratch);
  }
  return request;
}

void Request::render(const TemplateValues& values, bool last, std::string& out,
                     std::string& body_scratch) const {
  body_scratch.clear();
  body.render(values, body_scratch);
  out.clear();
  start.render(values, out);
  if (has_length)
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", body_scratch.size());
  if (last && !has_connection) out += "Connection: close\r\n";
  out += "\r\n";
  out += body_scratch;
}

}  // namespace plimsoll::loadgen::request
