// Where connections go: looks the host up for every opening, takes its addresses of one family in
// turn, and tries the other family once when this one cannot be reached (a name like localhost
// often has two, and one listens). An address in the URL, or a UNIX socket, needs no lookup.
// Thread-safety: none.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "loadgen/client/network.hpp"
#include "loadgen/net/endpoint.hpp"
#include "loadgen/plan/plan.hpp"

namespace plimsoll::loadgen::client {

// One attempt to open a connection. It must not move while a lookup is under way.
struct Dial {
  std::optional<net::Address> address;  // absent until the name is looked up
  bool other_family = false;            // it is the second attempt
  unsigned number = 0;  // grows with every attempt and its end: a late answer finds another number
};

class Dialer {
 public:
  // index: of the thread; threads begin with different addresses. events: told of a name without an
  // address, as of any connection that cannot be opened.
  Dialer(const plan::Plan& plan, std::uint64_t index, Network& network,
         http::ConnectionEvents& events);

  // Opens connection, which must live as long as the dial.
  void start(Dial& dial, http::Connection& connection);
  // After an attempt that failed: true if another one, to the other family, has begun (or is about
  // to, when the name is looked up).
  [[nodiscard]] bool try_other_family(Dial& dial, http::Connection& connection,
                                      const net::Failure& failure);
  // The attempt succeeded.
  void succeeded(const Dial& dial);
  // The attempt is over: nothing will come of a lookup under way.
  void end(Dial& dial) noexcept { ++dial.number; }

  // As results call it: "127.0.0.1:80", "[::1]:80", "unix:/path". Requires an address.
  [[nodiscard]] std::string endpoint_name(const Dial& dial) const;

 private:
  void choose_address(Dial& dial, const net::Resolver::Addresses& addresses);
  void connect(const Dial& dial, http::Connection& connection);

  const plan::Plan& plan_;
  Network& network_;
  http::ConnectionEvents& events_;
  std::optional<net::Address> literal_;  // no name to look up
  std::uint64_t next_address_;
  bool prefer_v6_ = false;
};

}  // namespace plimsoll::loadgen::client
