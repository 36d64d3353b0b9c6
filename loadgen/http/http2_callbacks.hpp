// What nghttp2 tells a Http2Session. Thread-safety: as the session's.
#pragma once
#include <cstdint>
#include <vector>

#include "loadgen/http/http2_request.hpp"

struct nghttp2_session;

namespace plimsoll::loadgen::http {

class Http2Session;
class Http2Stream;

// Null when there is no memory for it.
[[nodiscard]] nghttp2_session* new_http2_client(Http2Session& session);
// The stream's id, or a negative error of nghttp2. The body is what the stream has to send.
[[nodiscard]] std::int32_t submit_http2(nghttp2_session* session,
                                        const std::vector<Http2Field>& fields, Http2Stream& stream);

}  // namespace plimsoll::loadgen::http
