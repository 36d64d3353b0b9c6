#include "loadgen/http/http2_lane.hpp"

#include <utility>

#include "loadgen/http/http2_stream.hpp"

namespace plimsoll::loadgen::http {

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
    full_.push_back(&stream);
    return Connection::Join::kFull;
  }
  stream.enter(current_);
  return Connection::Join::kNothing;
}

void Http2Lane::open(const net::Endpoint& endpoint) {
  Http2SessionOwner& owner = *this;
  current_ = std::make_shared<Http2Session>(owner, context_.loop, context_.tls, context_.scratch);
  current_->open(endpoint);
}

void Http2Lane::give_up(const Http2Stream& stream, const net::Failure& failure) {
  if (leader_ != &stream) return;
  leader_ = nullptr;
  for (auto* waiting : std::exchange(waiting_, {})) events().on_open_failed(*waiting, failure);
}

void Http2Lane::leave(const Http2Stream& stream) {
  std::erase(waiting_, &stream);
  std::erase(full_, &stream);
  if (leader_ == &stream && current_) std::exchange(current_, nullptr)->abandon();
}

void Http2Lane::on_session_open() {
  const auto session = current_;
  auto* leader = std::exchange(leader_, nullptr);
  const auto waiting = std::exchange(waiting_, {});
  leader->enter(session);
  events().on_open(*leader);
  for (auto* stream : waiting) {
    if (session == current_ && session->has_room()) {
      stream->enter(session);
      events().on_open(*stream);
    } else {
      full_.push_back(stream);
      events().on_full(*stream);
    }
  }
  if (session != current_) wake_full();
}

void Http2Lane::on_session_failed(const net::Failure& failure) {
  current_.reset();
  if (leader_ != nullptr) events().on_open_failed(*leader_, failure);
}

void Http2Lane::on_session_retired(const Http2Session& session) {
  if (current_.get() != &session) return;
  current_.reset();
  wake_full();
}

void Http2Lane::on_session_room(const Http2Session& session) {
  if (current_.get() == &session) wake_full();
}

void Http2Lane::wake_full() {
  for (auto* stream : std::exchange(full_, {})) events().on_room(*stream);
}

}  // namespace plimsoll::loadgen::http
