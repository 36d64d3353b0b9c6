// For tests: a network without sockets, on virtual time. Its server does what a script says, and
// the network remembers what it was sent, and when. Thread-safety: none.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/client/network.hpp"
#include "loadgen/client/worker.hpp"
#include "loadgen/testing/virtual_loop.hpp"

namespace plimsoll::loadgen::testing {

constexpr std::int64_t kMillisecond = 1'000'000;

// What becomes of one request.
struct Reply {
  std::int64_t after = kMillisecond;
  unsigned status = 200;
  // The server closes after the response, and says so in it.
  bool close = false;
  // The server closes so long after the response, and does not say so. 0 is never.
  std::int64_t idle_close_after = 0;
  std::optional<net::Failure> failure{};  // instead of a response
  http::Lost lost = http::Lost::kSilent;
};

class ScriptedNetwork final : public client::Network {
 public:
  struct Request {
    std::int64_t time;
    std::uint64_t connection;  // in order of their openings, from 1
    std::string bytes;
  };
  class Connection;

  [[nodiscard]] net::Loop& loop() noexcept override { return time; }
  void resolve(net::Resolver::Callback callback) override;
  [[nodiscard]] std::unique_ptr<http::Connection> make_connection(
      http::ConnectionOwner& owner, http::ConnectionEvents& events) override;

  VirtualLoop time;
  // Script: of the n-th request and the n-th opening (from 1). Absent is a connection that opens.
  std::function<Reply(std::uint64_t)> reply = [](std::uint64_t) { return Reply{}; };
  std::function<std::optional<net::Failure>(const net::Endpoint&)> refuse =
      [](const net::Endpoint&) { return std::nullopt; };
  std::int64_t connect_takes = kMillisecond;
  net::Resolver::Addresses addresses;  // of every name
  std::int64_t lookup_takes = kMillisecond;

  // What happened.
  std::vector<Request> requests;
  std::vector<std::string> openings;  // "127.0.0.1:80", attempts included
  std::uint64_t opened = 0;
  std::uint64_t open_now = 0;
  std::uint64_t most_open = 0;
};

// To an address, so that nothing is looked up.
[[nodiscard]] plan::Options open_loop(double rate, units::Duration duration,
                                      std::uint64_t connections = 1);
[[nodiscard]] plan::Options closed_loop(std::uint64_t requests, std::uint64_t connections = 1);

// What a thread counts that carries out these options over this network.
[[nodiscard]] client::WorkerResult load(ScriptedNetwork& network, const plan::Options& options);

}  // namespace plimsoll::loadgen::testing
