#include "loadgen/http/http2_stream.hpp"

namespace plimsoll::loadgen::http {

void Http2Stream::enter(std::shared_ptr<Http2Session> session) {
  session_ = std::move(session);
  place_ = &session_->attach(*this);
}

// Keeps what its owner noted about the session.
std::shared_ptr<Http2Session> Http2Stream::leave() {
  last_life_ = session_->life();
  place_ = nullptr;
  return std::exchange(session_, nullptr);
}

void Http2Stream::close() {
  lane_.leave(*this);
  if (!session_) return;
  auto& place = *place_;
  leave()->release(place);
}

bool Http2Stream::recycle() {
  if (!session_) return false;
  auto& place = *place_;
  return leave()->recycle(place);
}

void Http2Stream::on_answered(bool usable) {
  lane_.events().on_response(*this, place_->status, usable);
}

void Http2Stream::on_lost(const net::Failure& failure, Lost lost) {
  const auto session = leave();
  lane_.events().on_failed(*this, failure, lost);
}

void Http2Stream::on_idle_end(IdleClose how) {
  const auto session = leave();
  lane_.events().on_idle_closed(*this, how);
}

}  // namespace plimsoll::loadgen::http
