#include "loadgen/http/http2_session.hpp"

#include <fmt/format.h>
#include <nghttp2/nghttp2.h>

#include <utility>

namespace plimsoll::loadgen::http {
namespace {

// Frames are gathered to this size before they are written.
constexpr std::size_t kBatch = 64 * 1024;
// Reading is interrupted for a write this often, however fast the server is.
constexpr unsigned kReadsPerWrite = 64;

}  // namespace

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

// In order: sends GOAWAY, as far as the socket takes it.
void Http2Session::shut() {
  if (framing_ && transport_.is_open() && !broken_ && state_ == State::kOpen) {
    framing_->terminate();
    flush();
  }
  state_ = State::kOver;
  loop_.forget(static_cast<net::TurnEnd&>(*this));
  if (!transport_.is_open()) return;
  loop_.forget(static_cast<net::Readiness&>(*this));
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
  if (event.writable && !out_.empty()) flush();
  if (event.readable || hung_up_) read_all();
}

void Http2Session::greet() {
  state_ = State::kGreeting;
  Http2FramingEvents& events = *this;
  framing_ = std::make_unique<Http2Framing>(events, scratch_.headers.watched);
  flush();
}

Http2Exchange& Http2Session::attach(Http2User& user) {
  if (free_.empty()) free_.push_back(&places_.emplace_back());
  auto& place = *free_.back();
  free_.pop_back();
  place.user = &user;
  ++users_;
  return place;
}

void Http2Session::submit(Http2Exchange& place, const request::RenderedRequest& request) {
  // Its user sends it again, on another session.
  if (!framing_->submit(place, request))
    ended_.push_back({&place, place.id, false, NGHTTP2_REFUSED_STREAM});
  flush_later();
}

void Http2Session::release(Http2Exchange& place) {
  if (place.id > 0 && framing_ && state_ != State::kOver) {
    framing_->cancel(place);
    flush_later();
  }
  vacate(place);
  close_if_unused();
}

Http2User& Http2Session::vacate(Http2Exchange& place) {
  place.id = 0;
  place.in_flight = false;
  place.unsent = {};
  free_.push_back(&place);
  --users_;
  return *std::exchange(place.user, nullptr);
}

void Http2Session::close_if_unused() {
  if (users_ > 0 || state_ == State::kOver) return;
  // Not at once, because the stream that has just left most often comes back.
  loop_.post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self || self->users_ > 0 || self->state_ == State::kOver) return;
    self->shut();
    self->owner_.on_session_retired(*self);
  });
}

bool Http2Session::recycle(Http2Exchange& place) {
  const auto self = shared_from_this();
  const bool first = !std::exchange(takes_no_more_, true);
  release(place);
  if (first) {
    owner_.on_session_retired(*this);
    drop_idle(IdleClose::kWithOthers);
  }
  return first;
}

void Http2Session::drop_idle(IdleClose first) {
  for (auto& place : places_) {
    if (place.user == nullptr || place.id != 0) continue;
    auto& user = vacate(place);
    user.on_idle_end(std::exchange(first, IdleClose::kWithOthers));
  }
  close_if_unused();
}

void Http2Session::read_all() {
  const auto self = shared_from_this();
  reading_ = true;
  for (unsigned reads = 1; state_ != State::kOver && read_once(); ++reads)
    if (reads % kReadsPerWrite == 0) flush();
  reading_ = false;
  if (state_ == State::kOver) return;
  flush();
  if (framing_->violated()) end_violated();
}

bool Http2Session::read_once() {
  auto& buffer = scratch_.buffer;
  const auto io = transport_.read(buffer.data(), buffer.size());
  if (io.state == net::IoState::kAgain) return false;
  if (io.state != net::IoState::kDone) {
    handle_end(io.state);
    return false;
  }
  owner_.count_received(io.size);
  if (!framing_->receive(buffer.data(), io.size)) {
    end_violated();
    return false;
  }
  dispatch();
  return io.size == buffer.size() || hung_up_ || transport_.buffers();
}

// Tells the users, after nghttp2 is done with what came: they may send and close at will.
void Http2Session::dispatch() {
  if (state_ == State::kGreeting && settings_came_) {
    state_ = State::kOpen;
    owner_.on_session_open();
  }
  if (std::exchange(room_came_, false)) owner_.on_session_room(*this);
  if (std::exchange(goaway_came_, false)) {
    const bool first = !std::exchange(takes_no_more_, true);
    owner_.on_session_retired(*this);
    drop_idle(first ? IdleClose::kByPeer : IdleClose::kWithOthers);
  }
  for (std::size_t i = 0; i < ended_.size(); ++i) finish(ended_[i]);
  ended_.clear();
}

void Http2Session::on_settings(std::uint32_t most_requests) {
  room_came_ = settings_came_ && most_requests > limit_;
  limit_ = most_requests;
  settings_came_ = true;
}

void Http2Session::finish(const Ended& ended) {
  auto& place = *ended.place;
  // It was released, and may carry another request.
  if (place.user == nullptr || place.id != ended.id) return;
  if (ended.answered) {
    place.id = 0;
    return place.user->on_answered(is_usable());
  }
  const auto lost = ended.error == NGHTTP2_REFUSED_STREAM ? Lost::kRefused : Lost::kResponse;
  const auto failure = failure_of(ended);
  vacate(place).on_lost(failure, lost);
  close_if_unused();
}

net::Failure Http2Session::failure_of(const Ended& ended) const {
  if (ended.place->reset_by_peer)
    return {net::ErrorKind::kReset,
            fmt::format("RST_STREAM {}", nghttp2_http2_strerror(ended.error))};
  if (ended.error == NGHTTP2_REFUSED_STREAM)
    return {net::ErrorKind::kReset, "GOAWAY before the request was handled"};
  const auto& problem = framing_->problem();
  return {net::ErrorKind::kProtocol,
          problem.empty() ? nghttp2_http2_strerror(ended.error) : problem};
}

void Http2Session::flush_later() {
  if (reading_ || std::exchange(flush_due_, true)) return;
  loop_.at_turn_end(*this);
}

void Http2Session::on_turn_end() {
  const auto self = shared_from_this();
  flush_due_ = false;
  if (!ended_.empty()) dispatch();
  flush();
}

void Http2Session::flush() {
  if (!framing_ || broken_ || !transport_.is_open()) return;
  for (;;) {
    framing_->take_frames(out_, kBatch);
    if (out_.empty()) break;
    const auto io = transport_.write(out_);
    if (io.state == net::IoState::kAgain) break;
    if (io.state != net::IoState::kDone) {
      // What the server has still sent counts; reading finds the end.
      broken_ = true;
      loop_.post([weak = weak_from_this()] {
        if (const auto self = weak.lock(); self && self->state_ != State::kOver) self->read_all();
      });
      break;
    }
    owner_.count_sent(io.size);
    out_.erase(0, io.size);
  }
  // Of requests that nghttp2 could not send after all.
  if (!ended_.empty()) flush_later();
}

void Http2Session::handle_end(net::IoState state) {
  flush();
  if (framing_->violated()) return end_violated();
  if (state == net::IoState::kFailed) return end(transport_.failure(), false);
  if (state_ != State::kOpen)
    return end({net::ErrorKind::kProtocol, "closed before the SETTINGS of HTTP/2 came"}, false);
  end({net::ErrorKind::kTruncated}, true);
}

// The connection is over, for all its users.
void Http2Session::end(const net::Failure& failure, bool in_order) {
  const auto self = shared_from_this();
  const bool opened = state_ == State::kOpen;
  const bool counted = std::exchange(takes_no_more_, true);
  state_ = State::kOver;
  broken_ = true;
  shut();
  if (!opened) return owner_.on_session_failed(failure);
  owner_.on_session_retired(*this);
  drop_idle(counted ? IdleClose::kWithOthers : IdleClose::kByPeer);
  fail_all(failure, in_order);
}

void Http2Session::fail_all(const net::Failure& failure, bool in_order) {
  for (auto& place : places_) {
    if (place.user == nullptr) continue;
    const bool silent = place.silent;
    const auto lost =
        silent && failure.kind != net::ErrorKind::kProtocol ? Lost::kSilent : Lost::kResponse;
    vacate(place).on_lost(silent && in_order ? net::Failure{net::ErrorKind::kClosedEarly} : failure,
                          lost);
  }
}

}  // namespace plimsoll::loadgen::http
