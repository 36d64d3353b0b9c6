#include "loadgen/client/dialer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

namespace plimsoll::loadgen::client {
namespace asio = boost::asio;

Dialer::Dialer(const plan::Plan& plan, std::uint64_t index, Network& network,
               http::ConnectionEvents& events)
    : plan_(plan), network_(network), events_(events), next_address_(index) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(plan.url.host, error);
  if (!error) literal_ = address;
  if (!plan.options.unix_socket.empty()) literal_ = asio::ip::address_v4::loopback();
}

void Dialer::start(Dial& dial, http::Connection& connection) {
  dial.other_family = false;
  dial.address = literal_;
  ++dial.number;
  if (literal_) return connect(dial, connection);
  network_.resolve([this, &dial, &connection, number = dial.number](const auto& addresses) {
    if (number != dial.number) return;
    if (addresses.empty()) return events_.on_open_failed(connection, {net::ErrorKind::kDns});
    choose_address(dial, addresses);
    connect(dial, connection);
  });
}

bool Dialer::try_other_family(Dial& dial, http::Connection& connection,
                              const net::Failure& failure) {
  const bool unreachable = failure.kind == net::ErrorKind::kConnectRefused ||
                           failure.kind == net::ErrorKind::kUnreachable;
  if (!unreachable || literal_ || dial.other_family) return false;
  dial.other_family = true;
  ++dial.number;
  network_.resolve(
      [this, &dial, &connection, failure, number = dial.number](const auto& addresses) {
        if (number != dial.number) return;
        const bool v6 = dial.address->is_v6();
        const bool has_other = std::any_of(addresses.begin(), addresses.end(),
                                           [v6](const auto& a) { return a.is_v6() != v6; });
        if (!has_other) return events_.on_open_failed(connection, failure);
        choose_address(dial, addresses);
        connect(dial, connection);
      });
  return true;
}

void Dialer::succeeded(const Dial& dial) {
  if (dial.other_family) prefer_v6_ = dial.address->is_v6();
}

// The other family only when this one has no address, or could not be reached.
void Dialer::choose_address(Dial& dial, const net::Resolver::Addresses& addresses) {
  const bool want_v6 = prefer_v6_ != dial.other_family;
  const auto matching = static_cast<std::uint64_t>(
      std::count_if(addresses.begin(), addresses.end(),
                    [want_v6](const auto& address) { return address.is_v6() == want_v6; }));
  std::uint64_t skip = next_address_++ % (matching > 0 ? matching : addresses.size());
  for (const auto& address : addresses) {
    if (matching > 0 && address.is_v6() != want_v6) continue;
    if (skip-- > 0) continue;
    dial.address = address;
    return;
  }
}

void Dialer::connect(const Dial& dial, http::Connection& connection) {
  if (const auto& path = plan_.options.unix_socket; !path.empty())
    connection.open(asio::local::stream_protocol::endpoint(path));
  else
    connection.open(asio::ip::tcp::endpoint(*dial.address, plan_.url.port));
}

std::string Dialer::endpoint_name(const Dial& dial) const {
  if (const auto& path = plan_.options.unix_socket; !path.empty()) return "unix:" + path;
  const auto host = dial.address->is_v6() ? fmt::format("[{}]", dial.address->to_string())
                                          : dial.address->to_string();
  return fmt::format("{}:{}", host, plan_.url.port);
}

}  // namespace plimsoll::loadgen::client
