#include "target/http/answer.hpp"

#include <boost/beast/http/status.hpp>

#include "core/text/json_string.hpp"

namespace plimsoll::target::http {
Answer refusal(unsigned status, std::string_view message) {
  Answer answer{.status = status};
  answer.body = "{\"error\":";
  text::append_json_string(answer.body, message);
  answer.body += "}\n";
  answer.retry_later = status == 503;
  return answer;
}

std::string_view reason_phrase(unsigned status) noexcept {
  namespace http = boost::beast::http;
  const auto known = http::int_to_status(status);
  if (known == http::status::unknown) return {};
  const auto phrase = http::obsolete_reason(known);
  return {phrase.data(), phrase.size()};
}

}  // namespace plimsoll::target::http
