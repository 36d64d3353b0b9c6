#include "loadgen/http/http2_stream.hpp"

#include <utility>

#include "loadgen/http/http2_session.hpp"

namespace plimsoll::loadgen::http {

Http2Lane::~Http2Lane() = default;

Connection::Join Http2Lane::join(Http2Stream& stream) {
  if (leader_ != nullptr) {
    waiting_.push_back(&stream);
    return Connection::Join::kWait;
  }
  if (current_ == nullptr) {
    leader_ = &stream;
    return Connection::Join::kConnect;
  }
  if (!current_->has_room()) {
    parked_.push_back(&stream);
    return Connection::Join::kFull;
  }
  current_->attach(stream);
  return Connection::Join::kNothing;
}

bool Http2Lane::is_open() const noexcept { return current_ && current_->is_usable(); }

void Http2Lane::open(const net::Endpoint& endpoint) {
  current_ = std::make_shared<Http2Session>(*this);
  current_->open(endpoint);
}

std::string Http2Lane::waits_for() const { return current_ ? current_->waits_for() : ""; }

void Http2Lane::give_up(const Http2Stream& stream, const net::Failure& failure) {
  if (leader_ != &stream) return;
  leader_ = nullptr;
  for (auto* waiting : std::exchange(waiting_, {}))
    context_.events.on_open_failed(*waiting, failure);
}

void Http2Lane::leave(const Http2Stream& stream) {
  std::erase(waiting_, &stream);
  std::erase(parked_, &stream);
  if (leader_ == &stream && current_) std::exchange(current_, nullptr)->abandon();
}

void Http2Lane::session_opened() {
  const auto session = current_;
  auto* leader = std::exchange(leader_, nullptr);
  const auto waiting = std::exchange(waiting_, {});
  session->attach(*leader);
  context_.events.on_open(*leader);
  for (auto* stream : waiting) {
    if (session == current_ && session->has_room()) {
      session->attach(*stream);
      context_.events.on_open(*stream);
    } else {
      parked_.push_back(stream);
      context_.events.on_full(*stream);
    }
  }
  if (session != current_) wake_parked();
}

void Http2Lane::session_failed_to_open(const net::Failure& failure) {
  current_.reset();
  if (leader_ != nullptr) context_.events.on_open_failed(*leader_, failure);
}

void Http2Lane::no_more_streams(const Http2Session& session) {
  if (current_.get() != &session) return;
  current_.reset();
  wake_parked();
}

void Http2Lane::room_in(const Http2Session& session) {
  if (current_.get() == &session) wake_parked();
}

void Http2Lane::wake_parked() {
  for (auto* stream : std::exchange(parked_, {})) context_.events.on_room(*stream);
}

void Http2Stream::send(std::string_view bytes, bool) { session_->submit(*this, bytes); }

void Http2Stream::close() {
  lane_.leave(*this);
  if (const auto session = session_) session->remove(*this);
}

bool Http2Stream::retire() {
  const auto session = session_;
  return session && session->retire(*this);
}

ConnectionLife& Http2Stream::life() noexcept { return session_ ? session_->life() : last_life_; }

std::uint64_t Http2Stream::take_bytes_sent() noexcept { return std::exchange(lane_.bytes_sent, 0); }

std::uint64_t Http2Stream::take_bytes_received() noexcept {
  return std::exchange(lane_.bytes_received, 0);
}

}  // namespace plimsoll::loadgen::http
