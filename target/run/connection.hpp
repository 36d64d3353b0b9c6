// One client: reads requests, answers them in order, keeps the connection or closes it. Several
// requests that arrived together are answered with one write. Belongs to one IoThread.
// Timeouts: idle -> closed without a word; half a request -> 408; a client that does not read ->
// closed. Source: RFC 9112 (sections 6 framing, 9 connections, 9.6 the lingering close).
#pragma once
#include <string>
#include <string_view>

#include "target/endpoints/routes.hpp"
#include "target/http/answer.hpp"
#include "target/http/request_reader.hpp"
#include "target/loop/loop.hpp"
#include "target/run/io_thread.hpp"

namespace plimsoll::target::run {

class Connection final : public Expiring {
 public:
  Connection(loop::Socket socket, IoThread& thread);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Until the connection is over.
  [[nodiscard]] loop::Awaitable<void> serve();

  [[nodiscard]] loop::SteadyClock::time_point deadline() const noexcept override {
    return deadline_;
  }
  void expire() override;
  void close_if_idle() override;

 private:
  struct Request;

  [[nodiscard]] loop::Awaitable<bool> read();
  [[nodiscard]] loop::Awaitable<void> answer();
  void refuse(unsigned status, std::string_view reason);
  [[nodiscard]] loop::Awaitable<bool> flush();
  [[nodiscard]] loop::Awaitable<void> close();

  [[nodiscard]] bool nothing_came();
  void append(const http::Answer& answer, const Request& request);
  void record(const Request& request, const http::Answer& answer);

  loop::Socket socket_;
  IoThread& thread_;
  http::RequestReader reader_;
  std::string out_;
  std::string remote_;
  loop::SteadyClock::time_point deadline_ = loop::SteadyClock::time_point::max();
  bool receiving_ = false;  // a request has begun to arrive
  bool idle_ = false;       // waits for a request of which nothing has arrived
  bool expired_ = false;
  bool keep_ = true;
};

}  // namespace plimsoll::target::run
