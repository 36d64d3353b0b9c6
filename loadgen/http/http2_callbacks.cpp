#include "loadgen/http/http2_callbacks.hpp"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <charconv>
#include <cstring>
#include <limits>

#include "loadgen/http/http2_session.hpp"

namespace plimsoll::loadgen::http {

struct Http2Callbacks {
  static Http2Session& session_of(void* user_data) {
    return *static_cast<Http2Session*>(user_data);
  }

  // The slot whose request this stream still carries; null once it was let go.
  static Http2Stream* stream_of(nghttp2_session* session, std::int32_t id) {
    return static_cast<Http2Stream*>(nghttp2_session_get_stream_user_data(session, id));
  }

  static void watch(Http2Stream& stream, std::string_view watched, std::string_view name,
                    std::string_view value) {
    if (watched.empty() || !stream.watched_.empty()) return;
    if (boost::beast::iequals(name, watched)) stream.watched_ = value;
  }

  static int on_header(nghttp2_session* session, const nghttp2_frame* frame,
                       const std::uint8_t* name, std::size_t name_size, const std::uint8_t* value,
                       std::size_t value_size, std::uint8_t, void* user_data) {
    auto* stream = stream_of(session, frame->hd.stream_id);
    if (stream == nullptr) return 0;
    stream->silent_ = false;
    watch(*stream, session_of(user_data).lane_.context().scratch.headers.watched,
          {reinterpret_cast<const char*>(name), name_size},
          {reinterpret_cast<const char*>(value), value_size});
    // Of interim answers too; the last one is the response's.
    if (name_size != 7 || std::memcmp(name, ":status", 7) != 0) return 0;
    const auto* text = reinterpret_cast<const char*>(value);
    std::from_chars(text, text + value_size, stream->status_);
    return 0;
  }

  static int on_frame(nghttp2_session* session, const nghttp2_frame* frame, void* user_data) {
    auto& self = session_of(user_data);
    const bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    switch (frame->hd.type) {
      case NGHTTP2_SETTINGS:
        if ((frame->hd.flags & NGHTTP2_FLAG_ACK) == 0) on_settings(session, self);
        break;
      case NGHTTP2_GOAWAY:
        self.goaway_came_ = true;
        break;
      case NGHTTP2_RST_STREAM:
        if (auto* stream = stream_of(session, frame->hd.stream_id)) stream->reset_by_peer_ = true;
        break;
      case NGHTTP2_HEADERS:
      case NGHTTP2_DATA:
        if (ends) on_end(session, self, frame->hd.stream_id);
        break;
      default:
        break;
    }
    return 0;
  }

  static void on_settings(nghttp2_session* session, Http2Session& self) {
    const auto limit =
        nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
    self.room_came_ = self.settings_came_ && limit > self.limit_;
    self.limit_ = limit;
    self.settings_came_ = true;
  }

  // The response is whole, whatever is still to be sent of the request.
  static void on_end(nghttp2_session* session, Http2Session& self, std::int32_t id) {
    auto* stream = stream_of(session, id);
    if (stream == nullptr) return;
    self.ended_.push_back({stream, id, true, 0});
    if (!stream->unsent_.empty())
      nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
    nghttp2_session_set_stream_user_data(session, id, nullptr);
  }

  static int on_stream_close(nghttp2_session* session, std::int32_t id, std::uint32_t error,
                             void* user_data) {
    if (auto* stream = stream_of(session, id))
      session_of(user_data).ended_.push_back({stream, id, false, error});
    return 0;
  }

  static int on_frame_sent(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR) {
      auto& self = session_of(user_data);
      self.violated_ = true;
      if (self.problem_.empty())
        self.problem_.assign(reinterpret_cast<const char*>(frame->goaway.opaque_data),
                             frame->goaway.opaque_data_len);
    }
    return 0;
  }

  static ssize_t read_body(nghttp2_session* session, std::int32_t id, std::uint8_t* out,
                           std::size_t size, std::uint32_t* flags, nghttp2_data_source*, void*) {
    auto* stream = stream_of(session, id);
    if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    auto& unsent = stream->unsent_;
    const auto taken = std::min(size, unsent.size());
    std::memcpy(out, unsent.data(), taken);
    unsent.remove_prefix(taken);
    if (unsent.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(taken);
  }

  static std::int32_t submit(nghttp2_session* session, const std::vector<nghttp2_nv>& fields,
                             Http2Stream& stream) {
    nghttp2_data_provider body{};
    body.read_callback = read_body;
    return nghttp2_submit_request(session, nullptr, fields.data(), fields.size(),
                                  stream.unsent_.empty() ? nullptr : &body, &stream);
  }

  static int on_error(nghttp2_session*, int, const char* text, std::size_t size, void* user_data) {
    session_of(user_data).problem_.assign(text, size);
    return 0;
  }
};

std::int32_t submit_http2(nghttp2_session* session, const std::vector<Http2Field>& fields,
                          Http2Stream& stream) {
  thread_local std::vector<nghttp2_nv> rendered;
  rendered.clear();
  // nghttp2 copies both, and does not write to them.
  const auto bytes = [](std::string_view text) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  for (const auto& [name, value] : fields)
    rendered.push_back(
        {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
  return Http2Callbacks::submit(session, rendered, stream);
}

nghttp2_session* new_http2_client(Http2Session& session) {
  nghttp2_session_callbacks* callbacks = nullptr;
  if (nghttp2_session_callbacks_new(&callbacks) != 0) return nullptr;
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Http2Callbacks::on_header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Http2Callbacks::on_frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks,
                                                         Http2Callbacks::on_stream_close);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, Http2Callbacks::on_frame_sent);
  nghttp2_session_callbacks_set_error_callback2(callbacks, Http2Callbacks::on_error);
  nghttp2_session* made = nullptr;
  if (nghttp2_session_client_new(&made, callbacks, &session) != 0) made = nullptr;
  nghttp2_session_callbacks_del(callbacks);
  return made;
}

}  // namespace plimsoll::loadgen::http
