#include "loadgen/http/http2_framing.hpp"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>
#include <charconv>
#include <cstring>
#include <new>
#include <vector>

namespace plimsoll::loadgen::http {
namespace {

// Large enough that the client's window never holds a response up on its way.
constexpr std::int32_t kStreamWindow = 1 << 20;
constexpr std::int32_t kConnectionWindow = 1 << 26;

std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

ssize_t read_body(nghttp2_session*, std::int32_t id, std::uint8_t* out, std::size_t size,
                  std::uint32_t* flags, nghttp2_data_source* source, void*) {
  auto& exchange = *static_cast<Http2Exchange*>(source->ptr);
  if (!exchange.in_flight || exchange.id != id) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  auto& unsent = exchange.unsent;
  const auto taken = std::min(size, unsent.size());
  std::memcpy(out, unsent.data(), taken);
  unsent.remove_prefix(taken);
  if (unsent.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(taken);
}

void* take_zeroed(std::size_t count, std::size_t size, void* pool) {
  void* memory = static_cast<BlockPool*>(pool)->take(count * size);
  return memory == nullptr ? nullptr : std::memset(memory, 0, count * size);
}

nghttp2_mem memory_from(BlockPool& pool) {
  return {&pool,
          [](std::size_t size, void* user) { return static_cast<BlockPool*>(user)->take(size); },
          [](void* memory, void* user) { static_cast<BlockPool*>(user)->give_back(memory); },
          take_zeroed,
          [](void* memory, std::size_t size, void* user) {
            return static_cast<BlockPool*>(user)->resize(memory, size);
          }};
}

}  // namespace

// nghttp2's callbacks; user_data is the framing.
struct Http2Framing::Callbacks {
  static Http2Framing& self(void* user_data) { return *static_cast<Http2Framing*>(user_data); }

  static int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    self(user_data).receiving_ = self(user_data).find(frame->hd.stream_id);
    return 0;
  }

  static int on_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t, void* user_data) {
    self(user_data).note_header(text_of(name, name_size), text_of(value, value_size));
    return 0;
  }

  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    auto& framing = self(user_data);
    const auto& header = frame->hd;
    switch (header.type) {
      case NGHTTP2_SETTINGS:
        if ((header.flags & NGHTTP2_FLAG_ACK) == 0) framing.note_settings();
        break;
      case NGHTTP2_GOAWAY:
        framing.events_.on_goaway();
        break;
      case NGHTTP2_RST_STREAM:
        if (auto* exchange = framing.find(header.stream_id)) exchange->reset_by_peer = true;
        break;
      case NGHTTP2_HEADERS:
      case NGHTTP2_DATA:
        if ((header.flags & NGHTTP2_FLAG_END_STREAM) != 0) framing.note_end(header.stream_id);
        break;
      default:
        break;
    }
    return 0;
  }

  static int on_stream_close(nghttp2_session*, std::int32_t id, std::uint32_t error,
                             void* user_data) {
    auto& framing = self(user_data);
    auto* exchange = framing.find(id);
    if (exchange == nullptr) return 0;
    exchange->in_flight = false;
    framing.events_.on_lost(*exchange, error);
    return 0;
  }

  static int on_frame_sent(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    if (frame->hd.type != NGHTTP2_GOAWAY || frame->goaway.error_code == NGHTTP2_NO_ERROR) return 0;
    auto& framing = self(user_data);
    framing.violated_ = true;
    if (framing.problem_.empty())
      framing.problem_ = text_of(frame->goaway.opaque_data, frame->goaway.opaque_data_len);
    return 0;
  }

  static int on_error(nghttp2_session*, int, const char* text, std::size_t size, void* user_data) {
    self(user_data).problem_.assign(text, size);
    return 0;
  }

  static nghttp2_session* make(Http2Framing& framing) {
    nghttp2_session_callbacks* callbacks = nullptr;
    if (nghttp2_session_callbacks_new(&callbacks) != 0) throw std::bad_alloc();
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_sent);
    nghttp2_session_callbacks_set_error_callback2(callbacks, on_error);
    nghttp2_session* made = nullptr;
    auto memory = memory_from(framing.memory_);
    const int error = nghttp2_session_client_new3(&made, callbacks, &framing, nullptr, &memory);
    nghttp2_session_callbacks_del(callbacks);
    if (error != 0) throw std::bad_alloc();
    return made;
  }
};

void Http2Framing::Delete::operator()(nghttp2_session* session) const noexcept {
  nghttp2_session_del(session);
}

Http2Framing::Http2Framing(Http2FramingEvents& events, const std::string& watched)
    : events_(events), watched_(watched), session_(Callbacks::make(*this)) {
  const std::array<nghttp2_settings_entry, 2> settings{
      {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
       {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<std::uint32_t>(kStreamWindow)}}};
  nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session_.get(), NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
}

Http2Framing::~Http2Framing() = default;

Http2Exchange* Http2Framing::find(std::int32_t id) const {
  auto* exchange =
      static_cast<Http2Exchange*>(nghttp2_session_get_stream_user_data(session_.get(), id));
  return exchange != nullptr && exchange->in_flight && exchange->id == id ? exchange : nullptr;
}

bool Http2Framing::submit(Http2Exchange& exchange, const request::RenderedRequest& request) {
  thread_local std::vector<nghttp2_nv> fields;
  fields.clear();
  // nghttp2 does not write to them.
  const auto bytes = [](std::string_view text) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  for (const auto& [name, value, constant] : request.fields) {
    const auto kept = static_cast<std::uint8_t>(NGHTTP2_NV_FLAG_NO_COPY_NAME |
                                                (constant ? NGHTTP2_NV_FLAG_NO_COPY_VALUE : 0));
    fields.push_back({bytes(name), bytes(value), name.size(), value.size(), kept});
  }
  exchange.unsent = request.bytes;
  exchange.silent = true;
  exchange.reset_by_peer = false;
  exchange.status = 0;
  exchange.watched.clear();
  nghttp2_data_provider body{};
  body.source.ptr = &exchange;
  body.read_callback = read_body;
  exchange.id =
      std::max(-1, nghttp2_submit_request(session_.get(), nullptr, fields.data(), fields.size(),
                                          request.bytes.empty() ? nullptr : &body, &exchange));
  exchange.in_flight = exchange.id > 0;
  return exchange.in_flight;
}

void Http2Framing::cancel(Http2Exchange& exchange) {
  if (receiving_ == &exchange) receiving_ = nullptr;
  if (!exchange.in_flight) return;
  exchange.in_flight = false;
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, exchange.id, NGHTTP2_CANCEL);
}

void Http2Framing::terminate() {
  nghttp2_session_terminate_session(session_.get(), NGHTTP2_NO_ERROR);
}

bool Http2Framing::receive(const char* data, std::size_t size) {
  const auto taken =
      nghttp2_session_mem_recv(session_.get(), reinterpret_cast<const std::uint8_t*>(data), size);
  if (taken < 0 && problem_.empty()) problem_ = nghttp2_strerror(static_cast<int>(taken));
  return taken >= 0;
}

void Http2Framing::take_frames(std::string& out, std::size_t limit) {
  while (out.size() < limit) {
    const std::uint8_t* data = nullptr;
    const auto size = nghttp2_session_mem_send(session_.get(), &data);
    if (size <= 0) return;
    out += text_of(data, static_cast<std::size_t>(size));
  }
}

void Http2Framing::note_header(std::string_view name, std::string_view value) {
  if (receiving_ == nullptr) return;
  auto& exchange = *receiving_;
  exchange.silent = false;
  // Of interim answers too; the last one is the response's.
  if (name == ":status")
    std::from_chars(value.data(), value.data() + value.size(), exchange.status);
  if (!watched_.empty() && exchange.watched.empty() && boost::beast::iequals(name, watched_))
    exchange.watched = value;
}

void Http2Framing::note_settings() {
  events_.on_settings(
      nghttp2_session_get_remote_settings(session_.get(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS));
}

// The response is whole, whatever is still to be sent of the request.
void Http2Framing::note_end(std::int32_t id) {
  auto* exchange = find(id);
  if (exchange == nullptr) return;
  if (!exchange->unsent.empty())
    nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
  exchange->in_flight = false;
  exchange->unsent = {};
  receiving_ = nullptr;
  events_.on_answered(*exchange);
}

}  // namespace plimsoll::loadgen::http
