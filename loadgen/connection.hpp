// One HTTP/1.1 connection that carries one request at a time: opens, writes at once, waits for the
// answer, and tells its owner what became of it. Knows nothing of schedules, latencies or retries.
// Every event comes from the event loop, except that send() may report a failure from inside.
// Thread-safety: none; belongs to the thread that runs the loop.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loadgen/outcome.hpp"
#include "loadgen/response_parser.hpp"
#include "loadgen/transport.hpp"

namespace plimsoll::loadgen {

class Connection;

// What a connection tells its owner. From inside any of these the connection may be used again.
class ConnectionEvents {
 public:
  virtual void on_open(Connection& connection) = 0;
  virtual void on_open_failed(Connection& connection, const Failure& failure) = 0;
  // A whole response. reusable: the next request may be sent at once.
  virtual void on_response(Connection& connection, unsigned status, bool reusable) = 0;
  // The request in flight failed; the connection is closed. silent: no byte of a response came.
  virtual void on_failed(Connection& connection, const Failure& failure, bool silent) = 0;
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

class Connection : private Readiness {
 public:
  // tls: null for plain text.
  Connection(EventLoop& loop, const TlsContext* tls, ReadScratch& scratch, ConnectionEvents& events)
      : loop_(loop), transport_(tls), scratch_(scratch), events_(events) {}

  void open(const Endpoint& endpoint);
  // bytes must stay valid until the response. head: the response will have no body.
  void send(std::string_view bytes, bool head);
  void close();

  [[nodiscard]] bool is_open() const noexcept { return transport_.is_open(); }
  // While it is being opened: what it waits for when that is not the connect itself.
  [[nodiscard]] std::string waits_for() const;
  // Of the response at hand, inside on_response: ResponseParser::watched().
  [[nodiscard]] std::string_view watched_header() const noexcept { return parser_.watched(); }
  // Bytes on the wire since the last call.
  [[nodiscard]] std::uint64_t take_bytes_sent() noexcept { return std::exchange(bytes_sent_, 0); }
  [[nodiscard]] std::uint64_t take_bytes_received() noexcept {
    return std::exchange(bytes_received_, 0);
  }

 protected:
  ~Connection() = default;

 private:
  void on_ready(Event event) override;
  void advance_opening();
  void open_failed();
  void write_some();
  void read_all();
  // True when there may be more to read.
  [[nodiscard]] bool read_once();
  void handle_data(std::size_t size);
  void handle_end(IoState state);
  void fail(const Failure& failure);

  EventLoop& loop_;
  Transport transport_;
  ReadScratch& scratch_;
  ConnectionEvents& events_;
  ResponseParser parser_;
  std::string kept_;         // received, not yet consumed by the parser
  std::string_view unsent_;  // of the request in flight
  unsigned generation_ = 0;  // grows with every close, so that its end is noticed inside a callback
  bool opening_ = false;
  bool hung_up_ = false;    // the peer will send nothing beyond what is there to read
  bool in_flight_ = false;  // a response is awaited
  bool silent_ = true;      // no byte of it came yet
  bool broken_ = false;     // the request could not be written to its end
  std::uint64_t bytes_sent_ = 0;
  std::uint64_t bytes_received_ = 0;
};

}  // namespace plimsoll::loadgen
