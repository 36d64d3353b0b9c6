// One client: reads requests, answers them in order, keeps the connection or closes it. Several
// requests that arrived together are answered with one write. Belongs to one IoThread.
// Timeouts: idle -> closed without a word; half a request -> 408; a client that does not read ->
// closed. Source: RFC 9112 (sections 6 framing, 9 connections, 9.6 the lingering close).
#pragma once
#include <string>
#include <string_view>

#include "target/io_thread.hpp"
#include "target/request_reader.hpp"
#include "target/routes.hpp"

namespace plimsoll::target {

class Connection final : public Expiring {
 public:
  Connection(Socket socket, IoThread& thread);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Until the connection is over.
  [[nodiscard]] Awaitable<void> serve();

  [[nodiscard]] SteadyClock::time_point deadline() const noexcept override { return deadline_; }
  void expire() override;
  void close_if_idle() override;

 private:
  struct Request;

  [[nodiscard]] Awaitable<bool> read();
  [[nodiscard]] Awaitable<void> answer();
  void refuse(unsigned status, std::string_view reason);
  [[nodiscard]] Awaitable<bool> flush();
  [[nodiscard]] Awaitable<void> close();

  [[nodiscard]] bool nothing_came();
  void append(const Answer& answer, const Request& request);
  void record(const Request& request, const Answer& answer);

  Socket socket_;
  IoThread& thread_;
  RequestReader reader_;
  std::string out_;
  std::string remote_;
  SteadyClock::time_point deadline_ = SteadyClock::time_point::max();
  bool receiving_ = false;  // a request has begun to arrive
  bool idle_ = false;       // waits for a request of which nothing has arrived
  bool expired_ = false;
  bool keep_ = true;
};

}  // namespace plimsoll::target
