#include "loadgen/http/http1_connection.hpp"

#include <cstring>

namespace plimsoll::loadgen::http {

void Http1Connection::open(const net::Endpoint& endpoint) {
  opening_ = true;
  hung_up_ = false;
  if (transport_.open(endpoint, loop_, *this) != net::IoState::kFailed) return;
  loop_.post([this, generation = generation_] {
    if (generation == generation_) open_failed();
  });
}

void Http1Connection::send(const request::RenderedRequest& request) {
  parser_.start(request.head);
  in_flight_ = true;
  silent_ = true;
  broken_ = false;
  unsent_ = request.bytes;
  write_some();
}

void Http1Connection::close() {
  ++generation_;
  opening_ = false;
  in_flight_ = false;
  unsent_ = {};
  kept_.clear();
  if (!transport_.is_open()) return;
  loop_.forget(*this);
  transport_.close();
}

void Http1Connection::on_ready(Event event) {
  hung_up_ = event.hung_up;
  const unsigned generation = generation_;
  if (opening_) {
    advance_opening();
    if (generation != generation_ || opening_) return;
  }
  if (!unsent_.empty() && event.writable) write_some();
  if (generation == generation_ && (event.readable || hung_up_)) read_all();
}

void Http1Connection::advance_opening() {
  switch (transport_.finish_opening()) {
    case net::IoState::kDone:
      opening_ = false;
      return events_.on_open(*this);
    case net::IoState::kAgain:
      return;
    default:
      return open_failed();
  }
}

std::string Http1Connection::waits_for() const { return transport_.waits_for(); }

void Http1Connection::open_failed() {
  const auto failure = transport_.failure();
  close();
  events_.on_open_failed(*this, failure);
}

void Http1Connection::write_some() {
  while (!unsent_.empty()) {
    const auto io = transport_.write(unsent_);
    if (io.state == net::IoState::kAgain) return;
    if (io.state != net::IoState::kDone) {
      // The peer may have answered before it closed ("413" and the like): that answer counts.
      broken_ = true;
      unsent_ = {};
      if (silent_) read_all();
      return;
    }
    unsent_.remove_prefix(io.size);
    bytes_sent_ += io.size;
  }
}

void Http1Connection::read_all() {
  while (read_once()) {
  }
}

bool Http1Connection::read_once() {
  const unsigned generation = generation_;
  auto& buffer = scratch_.buffer;
  const std::size_t room = buffer.size() - kept_.size();
  const auto io = transport_.read(buffer.data() + kept_.size(), room);
  if (io.state == net::IoState::kAgain) return false;
  if (io.state != net::IoState::kDone) {
    handle_end(io.state);
    return false;
  }
  bytes_received_ += io.size;
  if (!in_flight_) {
    close();
    events_.on_idle_closed(*this, IdleClose::kUnasked);
    return false;
  }
  silent_ = false;
  const bool may_be_more = io.size == room || hung_up_ || transport_.buffers();
  handle_data(io.size);
  return may_be_more && generation == generation_;
}

void Http1Connection::handle_data(std::size_t size) {
  char* data = scratch_.buffer.data();
  std::memcpy(data, kept_.data(), kept_.size());
  const std::size_t total = kept_.size() + size;
  const auto step = parser_.consume(data, total, scratch_.headers);
  if (step.state == ResponseParser::State::kMalformed)
    return fail({net::ErrorKind::kProtocol, parser_.problem()});
  if (step.state == ResponseParser::State::kNeedMore) {
    kept_.assign(data + step.consumed, total - step.consumed);
    return;
  }
  kept_.clear();
  // Bytes behind the response belong to no request, and an unfinished request cannot be followed
  // by another one.
  const bool reusable =
      parser_.keep_alive() && step.consumed == total && unsent_.empty() && !broken_ && !hung_up_;
  in_flight_ = false;
  unsent_ = {};
  events_.on_response(*this, parser_.status(), reusable);
}

void Http1Connection::handle_end(net::IoState state) {
  if (!in_flight_) {
    close();
    events_.on_idle_closed(*this, IdleClose::kByPeer);
    return;
  }
  if (state == net::IoState::kFailed) return fail(transport_.failure());
  if (silent_) return fail({net::ErrorKind::kClosedEarly});
  if (parser_.finish_at_eof() != ResponseParser::State::kComplete)
    return fail({net::ErrorKind::kTruncated});
  in_flight_ = false;
  unsent_ = {};
  events_.on_response(*this, parser_.status(), false);
}

void Http1Connection::fail(const net::Failure& failure) {
  const auto lost = silent_ ? Lost::kSilent : Lost::kResponse;
  close();
  events_.on_failed(*this, failure, lost);
}

}  // namespace plimsoll::loadgen::http
