// One HTTP/1.1 connection, for one request at a time. Thread-safety: none; belongs to the thread
// that runs the loop. Source: RFC 9112.
#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "loadgen/http/connection.hpp"
#include "loadgen/net/transport.hpp"

namespace plimsoll::loadgen::http {

class Http1Connection final : public Connection, private net::Readiness {
 public:
  // tls: null for plain text.
  Http1Connection(ConnectionOwner& owner, net::EventLoop& loop, const net::TlsContext* tls,
                  ReadScratch& scratch, ConnectionEvents& events)
      : Connection(owner), loop_(loop), transport_(tls), scratch_(scratch), events_(events) {}

  void open(const net::Endpoint& endpoint) override;
  void send(const request::RenderedRequest& request) override;
  void close() override;

  [[nodiscard]] bool is_open() const noexcept override { return transport_.is_open(); }
  [[nodiscard]] std::string waits_for() const override;
  [[nodiscard]] ConnectionLife& life() noexcept override { return life_; }
  [[nodiscard]] std::string_view watched_header() const noexcept override {
    return parser_.watched();
  }
  [[nodiscard]] std::uint64_t take_bytes_sent() noexcept override {
    return std::exchange(bytes_sent_, 0);
  }
  [[nodiscard]] std::uint64_t take_bytes_received() noexcept override {
    return std::exchange(bytes_received_, 0);
  }

 private:
  void on_ready(Event event) override;
  void advance_opening();
  void open_failed();
  void write_some();
  void read_all();
  // True when there may be more to read.
  [[nodiscard]] bool read_once();
  void handle_data(std::size_t size);
  void handle_end(net::IoState state);
  void fail(const net::Failure& failure);

  net::EventLoop& loop_;
  net::Transport transport_;
  ReadScratch& scratch_;
  ConnectionEvents& events_;
  ConnectionLife life_;
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

}  // namespace plimsoll::loadgen::http
