// Where a connection goes: an IP address and port, or a UNIX socket's path.
// Thread-safety: values.
#pragma once
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/address.hpp>

namespace plimsoll::loadgen::net {

// Of any family, as the kernel takes it.
using Endpoint = boost::asio::generic::stream_protocol::endpoint;
using Address = boost::asio::ip::address;

}  // namespace plimsoll::loadgen::net
