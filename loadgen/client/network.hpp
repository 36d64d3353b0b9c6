// What one thread of a run reaches servers through: a loop, names, connections. SocketNetwork is
// the real one; unit tests have one with virtual time and scripted servers. Called when connections
// are made or opened, never for a request. Thread-safety: none; belongs to the thread that runs the
// loop.
#pragma once
#include <memory>

#include "loadgen/http/connection.hpp"
#include "loadgen/net/loop.hpp"
#include "loadgen/net/resolver.hpp"

namespace plimsoll::loadgen::client {

class Network {
 public:
  [[nodiscard]] virtual net::Loop& loop() noexcept = 0;
  // Looks up the host of the run's URL, and calls back from the loop.
  virtual void resolve(net::Resolver::Callback callback) = 0;
  [[nodiscard]] virtual std::unique_ptr<http::Connection> make_connection(
      http::ConnectionOwner& owner, http::ConnectionEvents& events) = 0;

 protected:
  ~Network() = default;
};

}  // namespace plimsoll::loadgen::client
