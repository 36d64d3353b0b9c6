// One listening socket for IPv6 and IPv4, and where there is no IPv6, one for IPv4. Thread-safety:
// as Asio's.
#pragma once
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <cstdint>
#include <string>

#include "core/result/result.hpp"

namespace plimsoll::http_server {

// "cannot listen on port 80: Permission denied"
[[nodiscard]] Error cannot_listen(std::uint16_t port, const boost::system::error_code& error);

// Takes the port on all addresses; 0 for any free one. Returns the port that was taken. Errors: the
// environment's; the message names the port and the system's reason.
template <typename Executor>
[[nodiscard]] Result<std::uint16_t> listen(
    boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>& acceptor,
    std::uint16_t port, int backlog = boost::asio::socket_base::max_listen_connections) {
  using boost::asio::ip::tcp;
  boost::system::error_code error;
  for (const auto& protocol : {tcp::v6(), tcp::v4()}) {
    acceptor.close(error);
    acceptor.open(protocol, error);
    if (error) continue;
    if (protocol == tcp::v6()) acceptor.set_option(boost::asio::ip::v6_only{false}, error);
    if (!error) acceptor.set_option(boost::asio::socket_base::reuse_address{true}, error);
    if (!error) acceptor.bind({protocol, port}, error);
    if (!error) acceptor.listen(backlog, error);
    if (!error) return acceptor.local_endpoint().port();
    if (error == boost::asio::error::address_in_use) break;
  }
  return cannot_listen(port, error);
}

}  // namespace plimsoll::http_server
