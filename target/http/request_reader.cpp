#include "target/http/request_reader.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <cstring>

namespace plimsoll::target::http {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kSmallBuffer = 2U << 10U;
constexpr std::size_t kLargestBuffer = 16U << 10U;  // holds a header and some body

// RFC 9110, section 5.6.2: what a method is made of.
bool is_token_character(char character) noexcept {
  if (character <= ' ' || character > '~') return false;
  return std::strchr("\"(),/:;<=>?@[\\]{}", character) == nullptr;
}

std::string_view view_of(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

RequestReader::RequestReader() : buffer_(kSmallBuffer) { next(); }

boost::asio::mutable_buffer RequestReader::prepare() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == buffer_.size() && begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
  return {buffer_.data() + end_, buffer_.size() - end_};
}

void RequestReader::next() {
  parser_.emplace();
  parser_->header_limit(kMostHeaderBytes);
  parser_->body_limit(kMostBodyBytes);
  header_bytes_ = 0;
  started_ = header_checked_ = continue_sent_ = false;
}

void RequestReader::shrink() {
  if (begin_ != end_ || buffer_.size() == kSmallBuffer) return;
  buffer_ = std::vector<char>(kSmallBuffer);
  begin_ = end_ = 0;
}

bool RequestReader::wants_continue() {
  if (continue_sent_ || !header_checked_ || parser_->is_done()) return false;
  const auto& fields = parser_->get();
  if (fields.version() < 11 || begin_ != end_ ||
      !boost::beast::iequals(fields[http::field::expect], "100-continue"))
    return false;
  return continue_sent_ = true;
}

RequestReader::State RequestReader::parse() {
  if (!started_) {
    // RFC 9112, section 2.2: an empty line before a request is to be ignored.
    while (end_ - begin_ >= 2 && std::memcmp(buffer_.data() + begin_, "\r\n", 2) == 0) begin_ += 2;
  }
  if (begin_ == end_) return State::kIncomplete;
  if (!header_checked_)
    if (const auto state = parse_header(); state != State::kIncomplete) return state;
  if (header_checked_ && !parser_->is_done() && begin_ != end_)
    if (const auto error = put()) return refuse(error);
  if (header_checked_ && parser_->is_done()) return State::kComplete;
  if (end_ - begin_ >= kLargestBuffer) return refuse(400, "a chunk's header is too long");
  return State::kIncomplete;
}

// Stops behind the header: what it has taken by then is the header's length. Beast's own limit is
// only for what it cannot take yet, so that any number of small fields would pass.
RequestReader::State RequestReader::parse_header() {
  if (const auto state = check_beginning(); state != State::kIncomplete) return state;
  const auto before = begin_;
  const auto error = put();
  header_bytes_ += begin_ - before;
  if (error) return refuse(error);
  const auto seen = header_bytes_ + (parser_->is_header_done() ? 0 : end_ - begin_);
  if (seen > kMostHeaderBytes) return refuse(http::error::header_limit);
  if (!parser_->is_header_done()) return State::kIncomplete;
  header_checked_ = true;
  parser_->eager(true);
  return check_header();
}

// What the parser takes of what is there; that it needs more is no error.
boost::system::error_code RequestReader::put() {
  boost::system::error_code error;
  const auto used =
      parser_->put(boost::asio::const_buffer{buffer_.data() + begin_, end_ - begin_}, error);
  begin_ += used;
  started_ = started_ || used > 0;
  if (error == http::error::need_more) error = {};
  return error;
}

// Refuses at once what the parser would wait with: it looks for the header's end only.
RequestReader::State RequestReader::check_beginning() {
  const std::string_view text{buffer_.data() + begin_, end_ - begin_};
  if (!started_ && text.front() != '\r' && !is_token_character(text.front()))
    return refuse(400, "not HTTP: bad method");
  if (started_ && text.starts_with("\r\n")) return State::kIncomplete;  // only its end is left
  const auto header = text.substr(0, text.find("\r\n\r\n"));
  for (auto line = header.find('\n'); line != std::string_view::npos;
       line = header.find('\n', line + 1)) {
    if (line == 0 || header[line - 1] != '\r') return refuse(400, "a line ends in LF without CR");
    if (line + 1 < header.size() && (header[line + 1] == ' ' || header[line + 1] == '\t'))
      return refuse(400, "a header field goes on in the next line");
  }
  return State::kIncomplete;
}

RequestReader::State RequestReader::check_header() {
  const auto& fields = parser_->get();
  if (fields.version() >= 11) {
    const auto hosts = fields.count(http::field::host);
    if (hosts != 1) return refuse(400, hosts == 0 ? "no Host header" : "more than one Host header");
  }
  if (view_of(fields[http::field::host]).find_first_of(" \t,") != std::string_view::npos)
    return refuse(400, "bad Host header");
  // Equal ones may be taken as one, but a proxy might not: nobody has a reason to send them.
  if (fields.count(http::field::content_length) > 1 ||
      view_of(fields[http::field::content_length]).find(',') != std::string_view::npos)
    return refuse(400, "bad or ambiguous Content-Length");
  const auto codings = fields.count(http::field::transfer_encoding);
  if (codings > 0) {
    if (fields.version() < 11) return refuse(400, "Transfer-Encoding in HTTP/1.0");
    if (codings > 1 || !boost::beast::iequals(fields[http::field::transfer_encoding], "chunked"))
      return refuse(501, "only the transfer coding 'chunked' is understood");
  }
  return State::kIncomplete;
}

RequestReader::State RequestReader::refuse(const boost::system::error_code& error) {
  if (error == http::error::header_limit) return refuse(431, "the header is larger than 8 KiB");
  if (error == http::error::body_limit) return refuse(413, "the body is larger than 1 MiB");
  if (error == http::error::bad_content_length || error == http::error::multiple_content_length)
    return refuse(400, "bad or ambiguous Content-Length");
  if (error == http::error::bad_transfer_encoding)
    return refuse(400, "Content-Length together with Transfer-Encoding, or a bad one");
  if (error == http::error::bad_chunk || error == http::error::bad_chunk_extension)
    return refuse(400, "bad chunk");
  return refuse(400, "malformed request, or not HTTP/1.0 or HTTP/1.1");
}

RequestReader::State RequestReader::refuse(unsigned status, std::string_view reason) {
  refusal_ = status;
  reason_ = reason;
  return State::kRefused;
}

}  // namespace plimsoll::target::http
