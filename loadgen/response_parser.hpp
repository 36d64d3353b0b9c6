// Strict HTTP/1.1 response parser that stores nothing: Boost.Beast's basic_parser, fed as data
// arrives, plus a shortcut for a server that repeats itself. Interim (1xx) answers are passed over;
// 101 is malformed, since no upgrade was asked for. Thread-safety: none. Source: RFC 9112.
#pragma once
#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <string>

namespace plimsoll::loadgen {

// The header block of the last response that Beast has parsed. An answer that begins with the very
// same bytes has the same framing, so comparing them replaces parsing them.
struct HeaderCache {
  std::string block;  // through the empty line
  unsigned status = 0;
  std::size_t body_length = 0;
  bool keep_alive = false;
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

 private:
  class Beast final : public boost::beast::http::basic_parser<false> {
   public:
    explicit Beast(bool head);
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
    void on_field_impl(field, string_view, string_view, error_code&) override {}
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const Length&, error_code&) override {}
    std::size_t on_body_impl(string_view body, error_code&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override {
      return body.size();
    }
    void on_finish_impl(error_code&) override {}

    unsigned code_ = 0;
  };

  void complete();
  [[nodiscard]] Step malformed(std::string problem, std::size_t consumed);
  void learn(const char* data, std::size_t consumed, HeaderCache& cache) const;

  std::optional<Beast> beast_;
  bool head_ = false;
  bool fresh_ = true;  // nothing of this response was seen yet
  unsigned status_ = 0;
  bool keep_alive_ = false;
  std::string problem_;
};

}  // namespace plimsoll::loadgen
