// Strict HTTP/1.1 response parser that stores nothing: Boost.Beast's basic_parser, fed as data
// arrives, plus a shortcut for a server that repeats itself. Interim (1xx) answers are passed over;
// 101 is malformed, since no upgrade was asked for. Thread-safety: none. Source: RFC 9112.
#pragma once
#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::loadgen::http {

// The header block of the last response that Beast has parsed. An answer to the same kind of
// request that begins with the very same bytes has the same framing, so comparing them replaces
// parsing them.
struct HeaderCache {
  std::string
      watched;        // set by the owner: the name of a header whose value is wanted; may be empty
  std::string block;  // through the empty line
  bool head = false;  // it answered HEAD
  unsigned status = 0;
  std::size_t body_length = 0;
  bool keep_alive = false;
  std::string value;  // of the watched header
};

class ResponseParser {
 public:
  enum class State { kNeedMore, kComplete, kMalformed };
  struct Step {
    State state;
    std::size_t consumed;  // the rest must be given again, with more behind it
  };
  // A header block or a chunk line that is longer than this is malformed.
  static constexpr std::size_t kLongestHeader = 64 * 1024;

  // Before each response. head: the response to HEAD, which has no body.
  void start(bool head);
  [[nodiscard]] Step consume(const char* data, std::size_t size, HeaderCache& cache);
  // The peer closed after at least one byte: complete only if the body runs to the end of the
  // connection.
  [[nodiscard]] State finish_at_eof();

  // Of a malformed one: what is wrong, in words.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
  // Of a complete response.
  [[nodiscard]] unsigned status() const noexcept { return status_; }
  [[nodiscard]] bool keep_alive() const noexcept { return keep_alive_; }
  // The value of HeaderCache::watched, the first if there are several; empty if there is none.
  // Valid until a parser that shares the cache is used again.
  [[nodiscard]] std::string_view watched() const noexcept { return watched_; }

 private:
  class Beast final : public boost::beast::http::basic_parser<false> {
   public:
    // What is called watched, in any case, goes to value.
    Beast(bool head, const std::string& watched, std::string& value);
    [[nodiscard]] unsigned code() const noexcept { return code_; }

   private:
    using error_code = boost::beast::error_code;
    using string_view = boost::beast::string_view;
    using field = boost::beast::http::field;
    using verb = boost::beast::http::verb;
    using Length = boost::optional<std::uint64_t>;
    void on_request_impl(verb, string_view, string_view, int, error_code&) override {}
    void on_response_impl(int code, string_view, int, error_code&) override {
      code_ = static_cast<unsigned>(code);
    }
    void on_field_impl(field, string_view name, string_view value, error_code&) override {
      if (watched_.empty() || !value_.empty()) return;
      if (boost::beast::iequals(name, watched_)) value_.assign(value.data(), value.size());
    }
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const Length&, error_code&) override {}
    std::size_t on_body_impl(string_view body, error_code&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override {
      return body.size();
    }
    void on_finish_impl(error_code&) override {}

    const std::string& watched_;
    std::string& value_;
    unsigned code_ = 0;
  };

  void begin(const HeaderCache& cache);

  void complete();
  [[nodiscard]] Step malformed(std::string problem, std::size_t consumed);
  void learn(const char* data, std::size_t consumed, HeaderCache& cache) const;

  std::optional<Beast> beast_;
  std::string value_;  // of the watched header, where it did not come from the cache
  std::string_view watched_;
  bool head_ = false;
  bool fresh_ = true;  // nothing of this response was seen yet
  unsigned status_ = 0;
  bool keep_alive_ = false;
  std::string problem_;
};

}  // namespace plimsoll::loadgen::http
