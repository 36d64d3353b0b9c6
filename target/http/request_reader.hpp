// Bytes in, HTTP/1 requests out: Boost.Beast's parser with limits, and the checks that keep a proxy
// in front of us from seeing other requests than we do (RFC 9112, sections 3.2, 6.1 and 11.2).
// Bodies are counted and thrown away. Errors: refusal() is the status to answer with before
// closing. Not thread-safe.
#pragma once
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace plimsoll::target::http {

inline constexpr std::uint32_t kMostHeaderBytes = 8U << 10U;
inline constexpr std::uint64_t kMostBodyBytes = std::uint64_t{1} << 20U;

// A body that is read and forgotten.
struct DiscardedBody {
  struct value_type {};
  class reader {
   public:
    template <bool request, class Fields>
    reader(boost::beast::http::header<request, Fields>& /*header*/, value_type& /*body*/) {}
    void init(const boost::optional<std::uint64_t>& /*length*/, boost::system::error_code& error) {
      error = {};
    }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, boost::system::error_code& error) {
      error = {};
      return boost::asio::buffer_size(buffers);
    }
    void finish(boost::system::error_code& error) { error = {}; }
  };
};

class RequestReader {
 public:
  enum class State { kIncomplete, kComplete, kRefused };
  using Parser = boost::beast::http::request_parser<DiscardedBody>;
  using Message = Parser::value_type;

  RequestReader();

  // Where the next bytes go, and how many came.
  [[nodiscard]] boost::asio::mutable_buffer prepare();
  void commit(std::size_t bytes) noexcept { end_ += bytes; }

  // Reads on. kComplete: message() is whole; call next() before the following parse().
  [[nodiscard]] State parse();
  void next();

  [[nodiscard]] const Message& message() const { return parser_->get(); }
  [[nodiscard]] bool keep_alive() const { return parser_->keep_alive(); }
  [[nodiscard]] unsigned refusal() const noexcept { return refusal_; }
  [[nodiscard]] std::string_view refusal_reason() const noexcept { return reason_; }
  // Has a part of a request arrived?
  [[nodiscard]] bool started() const noexcept { return started_ || begin_ != end_; }
  // The client waits for "100 Continue" before it sends the body. True once a message.
  [[nodiscard]] bool wants_continue();
  // Gives memory back while nothing is expected soon.
  void shrink();

 private:
  State refuse(unsigned status, std::string_view reason);
  [[nodiscard]] State refuse(const boost::system::error_code& error);
  [[nodiscard]] State parse_header();
  [[nodiscard]] boost::system::error_code put();
  [[nodiscard]] State check_beginning();
  [[nodiscard]] State check_header();

  std::optional<Parser> parser_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // what is not parsed yet: [begin_, end_)
  std::size_t end_ = 0;
  std::size_t header_bytes_ = 0;  // that the parser has taken
  bool started_ = false;
  bool header_checked_ = false;
  bool continue_sent_ = false;
  unsigned refusal_ = 0;
  std::string_view reason_;
};

}  // namespace plimsoll::target::http
