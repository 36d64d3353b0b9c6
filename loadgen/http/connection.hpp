// What carries one request at a time, whatever the protocol: opens, sends, waits for the
// answer, and tells its owner what became of it. An HTTP/1.1 connection, or one stream of an HTTP/2
// connection that it shares with others. Knows nothing of schedules, latencies or retries.
// Every event comes from the event loop, except that send() may report a failure from inside.
// Thread-safety: none; belongs to the thread that runs the loop.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/http/response_parser.hpp"
#include "loadgen/net/endpoint.hpp"
#include "loadgen/net/error_kind.hpp"
#include "loadgen/request/rendered_request.hpp"

namespace plimsoll::loadgen::stats {
struct EndpointCounts;
}

namespace plimsoll::loadgen::http {

class Connection;

// What was lost with a request that failed.
enum class Lost {
  kResponse,  // a part of the response had come, or its time was over
  kSilent,    // no byte of a response came
  kRefused    // the server said that it did not and will not handle it
};
enum class IdleClose {
  kByPeer,
  kUnasked,    // it sent bytes while no request was in flight
  kWithOthers  // with the shared connection, whose end is counted elsewhere
};

// What a connection tells its owner. From inside any of these the connection may be used again.
class ConnectionEvents {
 public:
  virtual void on_open(Connection& connection) = 0;
  virtual void on_open_failed(Connection& connection, const net::Failure& failure) = 0;
  // It waited for a shared connection, which is open now but has no room for it.
  virtual void on_full(Connection& connection) = 0;
  // There may be room again.
  virtual void on_room(Connection& connection) = 0;
  // A whole response. reusable: the next request may be sent at once.
  virtual void on_response(Connection& connection, unsigned status, bool reusable) = 0;
  // The request in flight failed; the connection is closed.
  virtual void on_failed(Connection& connection, const net::Failure& failure, Lost lost) = 0;
  // Closed with no request in flight.
  virtual void on_idle_closed(Connection& connection, IdleClose how) = 0;

 protected:
  ~ConnectionEvents() = default;
};

// What the connections of one thread share, since only one of them reads at any moment.
struct ReadScratch {
  // Twice the longest header: what is kept of an unfinished one, and room to read more.
  std::vector<char> buffer = std::vector<char>(2 * ResponseParser::kLongestHeader + 64 * 1024);
  HeaderCache headers;
};

// The owner's notes about a connection from its opening to its end; shared as the connection is.
struct ConnectionLife {
  std::uint64_t issued = 0;  // requests
  std::uint64_t served = 0;  // responses
  std::int64_t expires = 0;  // when it is to be recycled; 0 is never
  stats::EndpointCounts* endpoint = nullptr;
  net::Address address;
};

// Base of what a connection belongs to.
struct ConnectionOwner {};

class Connection {
 public:
  // What is left to do before it can carry a request.
  enum class Join { kConnect, kWait, kFull, kNothing };

  explicit Connection(ConnectionOwner& owner) : owner_(owner) {}
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Tries to share an open connection. kConnect: call open() next, and give_up() if that failed for
  // good. kWait: an event will follow. kFull: on_room will follow.
  [[nodiscard]] virtual Join join() { return Join::kConnect; }
  virtual void open(const net::Endpoint& endpoint) = 0;
  // Whether there is an open connection that could be shared.
  [[nodiscard]] virtual bool can_join() const noexcept { return false; }
  // Tells all that wait for this opening.
  virtual void give_up(const net::Failure&) {}
  // request: in the form of this connection's protocol. HTTP/1.1 writes it at once, HTTP/2 together
  // with what else is sent in the same turn of the event loop.
  virtual void send(const request::RenderedRequest& request) = 0;
  virtual void close() = 0;
  // As close(), and a shared one takes no more requests. False if it was recycled before.
  virtual bool recycle() {
    close();
    return true;
  }

  [[nodiscard]] virtual bool is_open() const noexcept = 0;
  // While it is being opened: what it waits for when that is not the connect itself.
  [[nodiscard]] virtual std::string waits_for() const = 0;
  [[nodiscard]] virtual ConnectionLife& life() noexcept = 0;
  // Of the response at hand, inside on_response: the value of HeaderCache::watched.
  [[nodiscard]] virtual std::string_view watched_header() const noexcept = 0;
  // Bytes on the wire since the last call, in whatever direction.
  [[nodiscard]] virtual std::uint64_t take_bytes_sent() noexcept = 0;
  [[nodiscard]] virtual std::uint64_t take_bytes_received() noexcept = 0;

  [[nodiscard]] ConnectionOwner& owner() const noexcept { return owner_; }

 private:
  ConnectionOwner& owner_;
};

}  // namespace plimsoll::loadgen::http
