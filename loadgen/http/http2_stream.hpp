// HTTP/2 as a slot for requests sees it: a Connection that carries one request at a time, each as a
// stream of a session that it shares with the others of its lane. Thread-safety: none; belongs to
// the thread that runs the loop. Source: RFC 9113.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "loadgen/http/connection.hpp"
#include "loadgen/http/http2_lane.hpp"
#include "loadgen/http/http2_session.hpp"

namespace plimsoll::loadgen::http {

class Http2Stream final : public Connection, private Http2User {
 public:
  Http2Stream(ConnectionOwner& owner, Http2Lane& lane) : Connection(owner), lane_(lane) {}
  ~Http2Stream() override { close(); }

  [[nodiscard]] Join join() override { return lane_.join(*this); }
  [[nodiscard]] bool can_join() const noexcept override { return lane_.is_open(); }
  void open(const net::Endpoint& endpoint) override { lane_.open(endpoint); }
  void give_up(const net::Failure& failure) override { lane_.give_up(*this, failure); }
  void send(const request::RenderedRequest& request) override {
    session_->submit(*place_, request);
  }
  void close() override;
  bool recycle() override;

  [[nodiscard]] bool is_open() const noexcept override { return session_ != nullptr; }
  [[nodiscard]] std::string waits_for() const override { return lane_.waits_for(); }
  [[nodiscard]] ConnectionLife& life() noexcept override {
    return session_ ? session_->life() : last_life_;
  }
  [[nodiscard]] std::string_view watched_header() const noexcept override {
    return place_ != nullptr ? std::string_view(place_->watched) : std::string_view();
  }
  // The wire is shared: what it carried is counted with whichever request asks first.
  [[nodiscard]] std::uint64_t take_bytes_sent() noexcept override {
    return lane_.take_bytes_sent();
  }
  [[nodiscard]] std::uint64_t take_bytes_received() noexcept override {
    return lane_.take_bytes_received();
  }

  // For its lane: it sends on session from now on.
  void enter(std::shared_ptr<Http2Session> session);

 private:
  void on_answered(bool usable) override;
  void on_lost(const net::Failure& failure, Lost lost) override;
  void on_idle_end(IdleClose how) override;
  [[nodiscard]] std::shared_ptr<Http2Session> leave();

  Http2Lane& lane_;
  std::shared_ptr<Http2Session> session_;
  Http2Exchange* place_ = nullptr;  // on the session
  ConnectionLife last_life_;        // of the session that it has left
};

}  // namespace plimsoll::loadgen::http
