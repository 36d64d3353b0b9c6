// Beast 1.81 asserts that five bytes of the last chunk are there when a fourth one comes alone
// ("0\r\n", "\r"); it then does the right thing. Found by response_fuzz_test.cpp.
#define BOOST_DISABLE_ASSERTS
#include "loadgen/http/response_parser.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/impl/basic_parser.hpp>
#include <cstring>
#include <utility>

namespace plimsoll::loadgen::http {
namespace http = boost::beast::http;
namespace {

// Longer blocks are parsed each time; keeping a copy of them would cost more than it saves.
constexpr std::size_t kLongestCached = 2048;

constexpr std::uint64_t kLongestBody = INT64_MAX;

bool is_interim(unsigned code) { return code / 100 == 1; }

}  // namespace

ResponseParser::Beast::Beast(bool head, const std::string& watched, std::string& value)
    : watched_(watched), value_(value) {
  eager(true);
  skip(head);
  header_limit(kLongestHeader);
  body_limit(boost::none);
}

void ResponseParser::start(bool head) {
  head_ = head;
  fresh_ = true;
  beast_.reset();
}

void ResponseParser::begin(const HeaderCache& cache) {
  value_.clear();
  beast_.emplace(head_, cache.watched, value_);
}

ResponseParser::Step ResponseParser::consume(const char* data, std::size_t size,
                                             HeaderCache& cache) {
  const bool whole = fresh_;
  if (whole) {
    const std::size_t block = cache.block.size();
    if (block != 0 && cache.head == head_ && size >= block + cache.body_length &&
        std::memcmp(data, cache.block.data(), block) == 0) {
      status_ = cache.status;
      keep_alive_ = cache.keep_alive;
      watched_ = cache.value;
      return {State::kComplete, block + cache.body_length};
    }
    begin(cache);
    fresh_ = false;
  }
  std::size_t consumed = 0;
  while (consumed < size) {
    boost::beast::error_code error;
    consumed += beast_->put({data + consumed, size - consumed}, error);
    if (error == http::error::need_more) break;
    if (error) return malformed(error.message(), consumed);
    if (beast_->is_header_done() && beast_->content_length().value_or(0) > kLongestBody)
      return malformed("a Content-Length of 2^63 or more", consumed);
    if (!beast_->is_done()) continue;
    if (!is_interim(beast_->code())) {
      complete();
      if (whole) learn(data, consumed, cache);
      return {State::kComplete, consumed};
    }
    if (beast_->code() == 101) return malformed("101 without having been asked", consumed);
    begin(cache);
  }
  if (size - consumed > kLongestHeader)
    return malformed("a header block or chunk line above 64 KiB", consumed);
  return {State::kNeedMore, consumed};
}

ResponseParser::Step ResponseParser::malformed(std::string problem, std::size_t consumed) {
  problem_ = std::move(problem);
  return {State::kMalformed, consumed};
}

ResponseParser::State ResponseParser::finish_at_eof() {
  if (!beast_ || !beast_->got_some()) return State::kMalformed;
  boost::beast::error_code error;
  beast_->put_eof(error);
  if (error || !beast_->is_done()) return State::kMalformed;
  complete();
  return State::kComplete;
}

void ResponseParser::complete() {
  status_ = beast_->code();
  keep_alive_ = beast_->keep_alive();
  watched_ = value_;
}

// Only what came as one piece, with a length that the header block alone decides.
void ResponseParser::learn(const char* data, std::size_t consumed, HeaderCache& cache) const {
  const bool without_body = head_ || status_ == 204 || status_ == 304;
  const auto length = beast_->content_length();
  if (beast_->chunked() || beast_->need_eof() || (!without_body && !length)) return;
  const auto body = without_body ? 0 : static_cast<std::size_t>(*length);
  const std::size_t block = consumed - body;
  if (block > kLongestCached) return;
  // An interim answer in front is not part of the header block.
  if (std::string_view(data, block).find("\r\n\r\n") != block - 4) return;
  cache.block.assign(data, block);
  cache.status = status_;
  cache.body_length = body;
  cache.keep_alive = keep_alive_;
  cache.head = head_;
  cache.value = value_;
}

}  // namespace plimsoll::loadgen::http
