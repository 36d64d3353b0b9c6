// One TCP connection that carries one request at a time: opens, writes at once, waits for the
// answer, and tells its owner what became of it. Knows nothing of schedules, latencies or retries.
// Every event comes from the io_context, except that send() may report a failure from inside.
// Thread-safety: none; belongs to the thread that runs the io_context.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loadgen/outcome.hpp"
#include "loadgen/response_parser.hpp"

namespace plimsoll::loadgen {

class Connection;

// What a connection tells its owner. From inside any of these the connection may be used again.
class ConnectionEvents {
 public:
  virtual void on_open(Connection& connection) = 0;
  virtual void on_open_failed(Connection& connection, ErrorKind kind) = 0;
  // A whole response. reusable: the next request may be sent at once.
  virtual void on_response(Connection& connection, unsigned status, bool reusable) = 0;
  // The request in flight failed; the connection is closed. silent: no byte of a response came.
  virtual void on_failed(Connection& connection, ErrorKind kind, bool silent) = 0;
  // Closed by the peer with no request in flight. unasked: it sent something nobody asked for.
  virtual void on_idle_closed(Connection& connection, bool unasked) = 0;

 protected:
  ~ConnectionEvents() = default;
};

// What the connections of one thread share, since only one of them reads at any moment.
struct ReadScratch {
  // Twice the longest header: what is kept of an unfinished one, and room to read more.
  std::vector<char> buffer = std::vector<char>(2 * ResponseParser::kLongestHeader + 64 * 1024);
  HeaderCache headers;
};

class Connection {
 public:
  Connection(boost::asio::io_context& io, ReadScratch& scratch, ConnectionEvents& events)
      : io_(io), socket_(io), scratch_(scratch), events_(events) {}

  void open(const boost::asio::ip::tcp::endpoint& endpoint);
  // bytes must stay valid until the response. head: the response will have no body.
  void send(std::string_view bytes, bool head);
  void close();

  [[nodiscard]] bool is_open() const noexcept { return socket_.is_open(); }
  // Bytes on the wire since the last call.
  [[nodiscard]] std::uint64_t take_bytes_sent() noexcept { return std::exchange(bytes_sent_, 0); }
  [[nodiscard]] std::uint64_t take_bytes_received() noexcept {
    return std::exchange(bytes_received_, 0);
  }

 private:
  void wait_readable();
  void wait_writable();
  void write_some();
  void on_readable();
  // True when there may be more to read.
  bool read_once(unsigned generation);
  void handle_data(std::size_t size);
  void handle_end(const boost::system::error_code& error);
  void fail(ErrorKind kind);

  boost::asio::io_context& io_;
  boost::asio::ip::tcp::socket socket_;
  ReadScratch& scratch_;
  ConnectionEvents& events_;
  ResponseParser parser_;
  std::string kept_;         // received, not yet consumed by the parser
  std::string_view unsent_;  // of the request in flight
  unsigned generation_ = 0;  // grows with every close, so that late events are told apart
  bool in_flight_ = false;   // a response is awaited
  bool silent_ = true;       // no byte of it came yet
  bool broken_ = false;      // the request could not be written to its end
  std::uint64_t bytes_sent_ = 0;
  std::uint64_t bytes_received_ = 0;
};

}  // namespace plimsoll::loadgen
