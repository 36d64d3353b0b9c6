#include "core/http_server/listen.hpp"

namespace plimsoll::http_server {

Error cannot_listen(std::uint16_t port, const boost::system::error_code& error) {
  return unavailable("cannot listen on port " + std::to_string(port) + ": " + error.message());
}

}  // namespace plimsoll::http_server
