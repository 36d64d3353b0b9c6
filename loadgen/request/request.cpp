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
    return invalid_input(fmt::format("'{}' is not a header: write it as 'Name: value'", text));
  auto value = text.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  const auto key = lower(name);
  if (key == "content-length" || key == "transfer-encoding")
    return invalid_input(
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

// Compiles text, and checks what it can become: with every row of the data file, if it has any.
class Compiler {
 public:
  Compiler(const RequestOptions& options, const DataFile* data) : options_(options), data_(data) {}

  Result<Template> compile(const std::string& text, const std::string& what, Check wrong) {
    auto part = places_.next();
    if (const auto added = add_to(part, text, options_.templates); !added) return added.error();
    for (std::size_t row = 0; row < (part.uses_data() ? data_->rows.size() : 1); ++row) {
      rendered_.clear();
      part.render({0, 0, 0, data_ != nullptr ? &data_->rows[row] : nullptr}, rendered_);
      const auto problem = wrong(rendered_);
      if (problem.empty()) continue;
      const auto where =
          part.uses_data() ? fmt::format("{}:{}: ", data_->path, data_->lines[row]) : "";
      return invalid_input(fmt::format("{}{} '{}' {}", where, what, rendered_, problem));
    }
    places_ = part.next();
    return part;
  }

  Result<void> add_body(Template& body) {
    return add_to(body, options_.body, options_.body_template);
  }

 private:
  Result<void> add_to(Template& target, const std::string& text, bool templates) {
    static const std::vector<std::string> kNone;
    if (templates) return target.add(text, data_ != nullptr ? data_->columns : kNone);
    target.add_literal(text);
    return {};
  }

  const RequestOptions& options_;
  const DataFile* data_;
  Template places_;  // empty: tells the placeholders of the parts apart
  std::string rendered_;
};

bool has_header(const RequestOptions& options, std::string_view key) {
  return std::any_of(options.headers.begin(), options.headers.end(),
                     [key](const auto& header) { return header_key(header) == key; });
}

Result<void> check_method(const std::string& method) {
  if (!is_token(method)) return invalid_input(fmt::format("'{}' is not an HTTP method", method));
  if (method == "CONNECT")
    return invalid_input("method CONNECT opens a tunnel, which loadgen cannot load");
  return {};
}

Template literal(std::string_view text) {
  Template made;
  made.add_literal(text);
  return made;
}

// Path and fields, whatever the protocol.
struct Head {
  Template path;
  std::vector<FieldTemplate> fields;  // names as they were given
};

Result<Head> compile_head(const Url& url, const RequestOptions& options, Compiler& compiler) {
  Head head;
  if (options.path) {
    auto path = compiler.compile(*options.path, "path", wrong_path);
    if (!path) return path.error();
    head.path = std::move(*path);
  } else {
    head.path = literal(url.target);
  }
  if (!has_header(options, "host")) head.fields.push_back({"Host", literal(url.authority)});
  for (const auto& text : options.headers) {
    const auto header = parse_header(text);
    if (!header) return header.error();
    const auto what = fmt::format("the value of header '{}':", header->name);
    auto value = compiler.compile(header->value, what, wrong_value);
    if (!value) return value.error();
    head.fields.push_back({header->name, std::move(*value)});
  }
  if (!has_header(options, "user-agent"))
    head.fields.push_back({"User-Agent", literal("plimsoll-loadgen/" PLIMSOLL_VERSION)});
  return head;
}

Template http1_start(const std::string& method, const Head& head) {
  Template start;
  start.add_literal(method + " ");
  start.append(head.path);
  start.add_literal(" HTTP/1.1\r\n");
  for (const auto& field : head.fields) {
    start.add_literal(field.name + ": ");
    start.append(field.value);
    start.add_literal("\r\n");
  }
  return start;
}

// RFC 9113 section 8.2.2.
bool belongs_to_http1(const std::string& name, const Template& value) {
  if (name == "te") return !value.constant() || lower(value.leading_literal()) != "trailers";
  constexpr std::array kNames = {"connection", "keep-alive", "proxy-connection", "upgrade"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// Host becomes :authority.
std::vector<FieldTemplate> http2_fields(const Url& url, const std::string& method, Head head) {
  std::vector<FieldTemplate> fields;
  fields.push_back({":method", literal(method)});
  fields.push_back({":scheme", literal(url.tls ? "https" : "http")});
  fields.push_back({":authority", Template()});
  fields.push_back({":path", std::move(head.path)});
  for (auto& field : head.fields) {
    auto name = lower(field.name);
    if (name == "host")
      fields[2].value = std::move(field.value);
    else if (!belongs_to_http1(name, field.value))
      fields.push_back({std::move(name), std::move(field.value)});
  }
  return fields;
}

bool uses_data(const Request& request) {
  return request.start.uses_data() || request.body.uses_data() ||
         std::any_of(request.fields.begin(), request.fields.end(),
                     [](const auto& field) { return field.value.uses_data(); });
}

bool is_constant(const Request& request) {
  return request.start.constant() && request.body.constant() &&
         std::all_of(request.fields.begin(), request.fields.end(),
                     [](const auto& field) { return field.value.constant(); });
}

void render_constant(Request& request) {
  if (request.protocol == Protocol::kHttp2) {
    request.bytes = request.body.leading_literal();
    request.length = fmt::format_int(request.bytes.size()).str();
    return;
  }
  std::string scratch;
  request.render({}, false, request.bytes, scratch);
  request.render({}, true, request.last_bytes, scratch);
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

Result<Request> render_request(const Url& url, const RequestOptions& options, const DataFile* data,
                               Protocol protocol) {
  if (const auto checked = check_method(options.method); !checked) return checked.error();
  const auto& method = options.method;
  Request request;
  request.protocol = protocol;
  Compiler compiler(options, data);
  auto head = compile_head(url, options, compiler);
  if (!head) return head.error();
  if (protocol == Protocol::kHttp2)
    request.fields = http2_fields(url, method, std::move(*head));
  else
    request.start = http1_start(method, *head);
  if (const auto added = compiler.add_body(request.body); !added) return added.error();
  const bool may_have_body = method == "POST" || method == "PUT" || method == "PATCH";
  request.has_length = may_have_body || !options.body.empty();
  request.has_connection = has_header(options, "connection");
  constexpr std::array kIdempotent = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
  request.head = method == "HEAD";
  request.idempotent =
      std::find(kIdempotent.begin(), kIdempotent.end(), method) != kIdempotent.end();
  request.uses_data = uses_data(request);
  request.constant = is_constant(request);
  if (request.constant) render_constant(request);
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
