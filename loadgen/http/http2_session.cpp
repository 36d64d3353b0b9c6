#include "loadgen/http/http2_session.hpp"

#include <fmt/format.h>
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <utility>

#include "loadgen/http/http2_callbacks.hpp"
#include "loadgen/http/http2_request.hpp"

namespace plimsoll::loadgen::http {
namespace {

// Large enough that the client's window never holds a response up on its way.
constexpr std::int32_t kStreamWindow = 1 << 20;
constexpr std::int32_t kConnectionWindow = 1 << 26;
// Frames are gathered to this size before they are written.
constexpr std::size_t kBatch = 64 * 1024;

}  // namespace

Http2Session::~Http2Session() { shut(); }

void Http2Session::open(const net::Endpoint& endpoint) {
  if (transport_.open(endpoint, loop_, *this) != net::IoState::kFailed) return;
  loop_.post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->state_ == State::kConnecting) self->end(self->transport_.failure(), false);
  });
}

void Http2Session::abandon() {
  state_ = State::kOver;
  shut();
}

// In order: says goodbye, as far as the socket takes it.
void Http2Session::shut() {
  if (session_ != nullptr) {
    if (transport_.is_open() && !broken_ && state_ == State::kOpen) {
      nghttp2_session_terminate_session(session_, NGHTTP2_NO_ERROR);
      flush();
    }
    nghttp2_session_del(std::exchange(session_, nullptr));
  }
  state_ = State::kOver;
  if (!transport_.is_open()) return;
  loop_.forget(*this);
  transport_.close();
}

std::string Http2Session::waits_for() const {
  if (state_ == State::kGreeting) return "connected, but no SETTINGS of HTTP/2 came";
  return transport_.waits_for();
}

void Http2Session::on_ready(Event event) {
  const auto self = shared_from_this();
  hung_up_ = event.hung_up;
  if (state_ == State::kConnecting) {
    const auto state = transport_.finish_opening();
    if (state == net::IoState::kAgain) return;
    if (state != net::IoState::kDone) return end(transport_.failure(), false);
    greet();
  }
  if (event.writable) flush();
  if (event.readable || hung_up_) read_all();
}

void Http2Session::greet() {
  state_ = State::kGreeting;
  session_ = new_http2_client(*this);
  if (session_ == nullptr) throw std::bad_alloc();
  const std::array<nghttp2_settings_entry, 2> settings{
      {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
       {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<std::uint32_t>(kStreamWindow)}}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
  flush();
}

void Http2Session::attach(Http2Stream& stream) {
  attached_.push_back(&stream);
  stream.session_ = shared_from_this();
  stream.id_ = 0;
}

void Http2Session::submit(Http2Stream& stream, std::string_view request) {
  thread_local std::vector<Http2Field> fields;
  stream.unsent_ =
      split_request(request, lane_.context().tls != nullptr ? "https" : "http", fields);
  stream.silent_ = true;
  stream.reset_by_peer_ = false;
  stream.status_ = 0;
  stream.watched_.clear();
  const auto id = submit_http2(session_, fields, stream);
  if (id < 0) {
    // No stream id is left, or the server has just said goodbye: another session will take it.
    stream.id_ = -1;
    ended_.push_back({&stream, -1, false, NGHTTP2_REFUSED_STREAM});
    return dispatch_later();
  }
  stream.id_ = id;
  if (!dispatching_) flush();
}

void Http2Session::remove(Http2Stream& stream) {
  if (stream.id_ > 0 && session_ != nullptr) {
    nghttp2_session_set_stream_user_data(session_, stream.id_, nullptr);
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id_, NGHTTP2_CANCEL);
    if (!dispatching_) flush();
  }
  detach(stream);
}

// Precondition: the caller keeps this session alive.
void Http2Session::detach(Http2Stream& stream) {
  stream.id_ = 0;
  stream.unsent_ = {};
  stream.last_life_ = life_;
  std::erase(attached_, &stream);
  if (stream.session_.get() == this) stream.session_.reset();
  if (!attached_.empty() || state_ == State::kOver) return;
  // Most often somebody comes back at once.
  loop_.post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self || !self->attached_.empty() || self->state_ == State::kOver) return;
    self->shut();
    self->lane_.no_more_streams(*self);
  });
}

bool Http2Session::retire(Http2Stream& stream) {
  const bool first = !std::exchange(retired_, true);
  if (first) {
    lane_.no_more_streams(*this);
    drop_idle(IdleClose::kWithOthers, &stream);
  }
  remove(stream);
  return first;
}

void Http2Session::drop_idle(IdleClose first, const Http2Stream* but) {
  const auto streams = attached_;
  for (auto* stream : streams) {
    if (stream == but || stream->session_.get() != this || stream->id_ != 0) continue;
    detach(*stream);
    lane_.context().events.on_idle_closed(*stream, std::exchange(first, IdleClose::kWithOthers));
  }
}

void Http2Session::read_all() {
  while (state_ != State::kOver && read_once()) {
  }
}

bool Http2Session::read_once() {
  auto& buffer = lane_.context().scratch.buffer;
  const auto io = transport_.read(buffer.data(), buffer.size());
  if (io.state == net::IoState::kAgain) return false;
  if (io.state != net::IoState::kDone) {
    handle_end(io.state);
    return false;
  }
  lane_.bytes_received += io.size;
  const auto taken = nghttp2_session_mem_recv(
      session_, reinterpret_cast<const std::uint8_t*>(buffer.data()), io.size);
  if (taken < 0) {
    if (problem_.empty()) problem_ = nghttp2_strerror(static_cast<int>(taken));
    end({net::ErrorKind::kProtocol, problem_}, false);
    return false;
  }
  dispatch();
  if (state_ == State::kOver) return false;
  if (violated_) {
    end({net::ErrorKind::kProtocol, problem_}, false);
    return false;
  }
  return io.size == buffer.size() || hung_up_ || transport_.buffers();
}

// Tells the owners, after nghttp2 is done with what came: they may send and close at will.
void Http2Session::dispatch() {
  const auto self = shared_from_this();
  dispatching_ = true;
  if (state_ == State::kGreeting && settings_came_) {
    state_ = State::kOpen;
    lane_.session_opened();
  }
  if (std::exchange(room_came_, false)) lane_.room_in(*this);
  if (std::exchange(goaway_came_, false)) {
    const bool first = !std::exchange(retired_, true);
    lane_.no_more_streams(*this);
    drop_idle(first ? IdleClose::kByPeer : IdleClose::kWithOthers);
  }
  for (std::size_t i = 0; i < ended_.size(); ++i) finish(ended_[i]);
  ended_.clear();
  dispatching_ = false;
  flush();
}

void Http2Session::dispatch_later() {
  loop_.post([weak = weak_from_this()] {
    if (const auto self = weak.lock(); self && self->state_ != State::kOver) self->dispatch();
  });
}

void Http2Session::finish(const Ended& ended) {
  auto& stream = *ended.stream;
  if (stream.session_.get() != this || stream.id_ != ended.id) return;
  auto& events = lane_.context().events;
  if (ended.whole) {
    stream.id_ = 0;
    stream.unsent_ = {};
    return events.on_response(stream, stream.status_, is_usable());
  }
  const bool by_peer = stream.reset_by_peer_;
  const auto lost = ended.error == NGHTTP2_REFUSED_STREAM ? Lost::kRefused : Lost::kResponse;
  net::Failure failure{net::ErrorKind::kReset, ""};
  if (by_peer) {
    failure.detail = fmt::format("RST_STREAM {}", nghttp2_http2_strerror(ended.error));
  } else if (lost == Lost::kRefused) {
    failure.detail = "GOAWAY before the request was handled";
  } else {
    failure = {net::ErrorKind::kProtocol,
               problem_.empty() ? nghttp2_http2_strerror(ended.error) : problem_};
  }
  detach(stream);
  events.on_failed(stream, failure, lost);
}

void Http2Session::flush() {
  if (session_ == nullptr || broken_) return;
  for (;;) {
    while (out_.size() < kBatch) {
      const std::uint8_t* data = nullptr;
      const auto size = nghttp2_session_mem_send(session_, &data);
      if (size <= 0) break;
      out_.append(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
    }
    if (out_.empty()) break;
    const auto io = transport_.write(out_);
    if (io.state == net::IoState::kAgain) break;
    if (io.state != net::IoState::kDone) {
      // What the server has still sent counts; reading finds the end.
      broken_ = true;
      loop_.post([weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->read_all();
      });
      break;
    }
    lane_.bytes_sent += io.size;
    out_.erase(0, io.size);
  }
  if (!dispatching_ && !ended_.empty()) dispatch_later();
}

void Http2Session::handle_end(net::IoState state) {
  if (state == net::IoState::kFailed) return end(transport_.failure(), false);
  if (state_ != State::kOpen)
    return end({net::ErrorKind::kProtocol, "closed before the SETTINGS of HTTP/2 came"}, false);
  end({net::ErrorKind::kTruncated}, true);
}

// The connection is over, for every stream on it.
void Http2Session::end(const net::Failure& failure, bool in_order) {
  const auto self = shared_from_this();
  const bool opened = state_ == State::kOpen;
  const bool counted = std::exchange(retired_, true);
  state_ = State::kOver;
  broken_ = true;
  shut();
  if (!opened) return lane_.session_failed_to_open(failure);
  lane_.no_more_streams(*this);
  drop_idle(counted ? IdleClose::kWithOthers : IdleClose::kByPeer);
  const auto streams = attached_;
  for (auto* stream : streams) {
    if (stream->session_.get() != this) continue;
    const bool silent = stream->silent_;
    detach(*stream);
    const auto lost =
        silent && failure.kind != net::ErrorKind::kProtocol ? Lost::kSilent : Lost::kResponse;
    lane_.context().events.on_failed(
        *stream, silent && in_order ? net::Failure{net::ErrorKind::kClosedEarly} : failure, lost);
  }
}

}  // namespace plimsoll::loadgen::http
