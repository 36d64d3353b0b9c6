// Where Redis is: redis://[[user]:password@]host[:port][/database]. User and password may be
// percent-encoded. Errors: exit code 2; the message never has the password in it.
// Thread-safety: values and pure functions.
// Source: https://www.iana.org/assignments/uri-schemes/prov/redis
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result/result.hpp"

namespace plimsoll::target::redis {

struct Url {
  std::string host;  // a name or an address; IPv6 without its brackets
  std::uint16_t port = 6379;
  std::string user = {};      // empty: Redis' default user
  std::string password = {};  // empty: no AUTH
  unsigned database = 0;

  // "redis:6379", "[::1]:6379": for logs and answers.
  [[nodiscard]] std::string where() const;
};

[[nodiscard]] Result<Url> parse_url(std::string_view text);

}  // namespace plimsoll::target::redis
