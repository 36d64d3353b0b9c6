#include "loadgen/testing/scripted_http2.hpp"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace plimsoll::loadgen::testing {
namespace {

nghttp2_nv field(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

struct ServerCallbacks {
  static ScriptedHttp2& of(void* user_data) { return *static_cast<ScriptedHttp2*>(user_data); }

  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t, void* user_data) {
    auto& self = of(user_data);
    auto& request = self.open_[frame->hd.stream_id];
    request.id = frame->hd.stream_id;
    request.headers[{reinterpret_cast<const char*>(name), name_size}] = {
        reinterpret_cast<const char*>(value), value_size};
    self.most_ = std::max(self.most_, self.open_.size());
    return 0;
  }

  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t*,
                     std::size_t size, void* user_data) {
    of(user_data).open_[id].body += size;
    return 0;
  }

  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    auto& self = of(user_data);
    const auto type = frame->hd.type;
    if (type == NGHTTP2_PING && (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0) ++self.pongs_;
    if ((type == NGHTTP2_HEADERS && self.early_) ||
        ((type == NGHTTP2_HEADERS || type == NGHTTP2_DATA) &&
         (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0))
      self.whole_.push_back(frame->hd.stream_id);
    return 0;
  }

  static int on_close(nghttp2_session*, std::int32_t id, std::uint32_t, void* user_data) {
    of(user_data).open_.erase(id);
    of(user_data).bodies_.erase(id);
    return 0;
  }

  static ssize_t read_body(nghttp2_session* session, std::int32_t id, std::uint8_t* out,
                           std::size_t size, std::uint32_t* flags, nghttp2_data_source*,
                           void* user_data) {
    auto& self = of(user_data);
    auto& body = self.bodies_[id];
    const auto taken = std::min(size, body.size());
    std::memcpy(out, body.data(), taken);
    body.erase(0, taken);
    if (!body.empty()) return static_cast<ssize_t>(taken);
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    auto& trailers = self.with_trailers_;
    if (std::find(trailers.begin(), trailers.end(), id) != trailers.end()) {
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      const auto trailer = field("x-checksum", "1");
      nghttp2_submit_trailer(session, id, &trailer, 1);
    }
    return static_cast<ssize_t>(taken);
  }

  static nghttp2_session* make(ScriptedHttp2& self) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_session* session = nullptr;
    nghttp2_session_server_new(&session, callbacks, &self);
    nghttp2_session_callbacks_del(callbacks);
    return session;
  }
};

ScriptedServer::Script ScriptedHttp2::script(Setup setup, Answer answer) {
  return [setup, answer = std::move(answer)](ScriptedServer::Peer& peer) {
    serve(peer, setup, answer);
  };
}

void ScriptedHttp2::serve(ScriptedServer::Peer& peer, const Setup& setup, Answer answer) {
  ScriptedHttp2 self(peer);
  self.session_ = ServerCallbacks::make(self);
  self.early_ = setup.early;
  const std::array<nghttp2_settings_entry, 2> settings{
      {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, setup.max_streams},
       {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, setup.window}}};
  nghttp2_submit_settings(self.session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  self.flush();
  self.run(answer);
  nghttp2_session_del(self.session_);
}

void ScriptedHttp2::run(const Answer& answer) {
  std::array<char, 16384> piece;
  while (!stopped_) {
    const auto size = peer_.read_some(piece.data(), piece.size());
    if (size == 0) return;
    if (nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(piece.data()),
                                 size) < 0)
      return;
    for (const auto id : std::exchange(whole_, {})) {
      const auto found = open_.find(id);
      if (found == open_.end()) continue;
      peer_.count_request();
      const auto request = found->second;
      answer(*this, request);
    }
    flush();
    if (nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0)
      return;
  }
}

void ScriptedHttp2::flush() {
  const std::uint8_t* data = nullptr;
  for (auto size = nghttp2_session_mem_send(session_, &data); size > 0;
       size = nghttp2_session_mem_send(session_, &data))
    peer_.send({reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)});
}

void ScriptedHttp2::respond(std::int32_t id, int status, std::string body) {
  const auto code = std::to_string(status);
  const auto header = field(":status", code);
  nghttp2_data_provider provider{};
  provider.read_callback = ServerCallbacks::read_body;
  const bool empty = body.empty();
  bodies_[id] = std::move(body);
  nghttp2_submit_response(session_, id, &header, 1, empty ? nullptr : &provider);
}

void ScriptedHttp2::respond_with_trailers(std::int32_t id, int status, std::string body) {
  with_trailers_.push_back(id);
  respond(id, status, std::move(body));
}

void ScriptedHttp2::announce_only(std::int32_t id, int status, std::string_view more_name,
                                  std::string_view more_value) {
  const auto code = std::to_string(status);
  const std::array<nghttp2_nv, 2> headers{field(":status", code), field(more_name, more_value)};
  nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, id, nullptr, headers.data(),
                         more_name.empty() ? 1 : 2, nullptr);
}

void ScriptedHttp2::head_only(std::int32_t id, int status, std::string_view name,
                              std::string_view value) {
  const auto code = std::to_string(status);
  const std::array<nghttp2_nv, 2> headers{field(":status", code), field(name, value)};
  nghttp2_submit_response(session_, id, headers.data(), headers.size(), nullptr);
}

void ScriptedHttp2::interim(std::int32_t id, int status) {
  const auto code = std::to_string(status);
  const auto header = field(":status", code);
  nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, id, nullptr, &header, 1, nullptr);
}

void ScriptedHttp2::reset(std::int32_t id, std::uint32_t error) {
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, error);
}

void ScriptedHttp2::goaway(std::int32_t last_id, std::uint32_t error) {
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, last_id, error, nullptr, 0);
}

void ScriptedHttp2::ping() { nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, nullptr); }

}  // namespace plimsoll::loadgen::testing
