#include "loadgen/client/socket_network.hpp"

#include "loadgen/http/http1_connection.hpp"

namespace plimsoll::loadgen::client {

SocketNetwork::SocketNetwork(const plan::Plan& plan)
    : plan_(plan), resolver_(loop_, plan.url.host) {
  scratch_.headers.watched = plan.options.pod_header;
}

std::unique_ptr<http::Connection> SocketNetwork::make_connection(http::ConnectionOwner& owner,
                                                                 http::ConnectionEvents& events) {
  if (!plan_.options.http2)
    return std::make_unique<http::Http1Connection>(owner, loop_, plan_.tls.get(), scratch_, events);
  if (streams_made_++ % plan_.options.streams == 0)
    lanes_.emplace_back(http::Http2Context{loop_, plan_.tls.get(), scratch_, events});
  return std::make_unique<http::Http2Stream>(owner, lanes_.back());
}

}  // namespace plimsoll::loadgen::client
