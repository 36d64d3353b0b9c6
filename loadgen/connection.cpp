#include "loadgen/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cstring>

namespace plimsoll::loadgen {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
namespace {

ErrorKind open_error(const error_code& error) {
  switch (error.value()) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return ErrorKind::kClientFd;
    case EADDRNOTAVAIL:
      return ErrorKind::kClientPorts;
    case ETIMEDOUT:
      return ErrorKind::kConnectTimeout;
    case ECONNRESET:
      return ErrorKind::kReset;
    case ECONNREFUSED:
      return ErrorKind::kConnectRefused;
    default:
      return ErrorKind::kUnreachable;
  }
}

}  // namespace

void Connection::open(const tcp::endpoint& endpoint) {
  error_code error;
  socket_.open(endpoint.protocol(), error);
  if (!error) socket_.non_blocking(true, error);
  if (!error) socket_.set_option(tcp::no_delay(true), error);
  const auto done = [this, generation = generation_](const error_code& result) {
    if (generation != generation_) return;
    if (result) {
      close();
      events_.on_open_failed(*this, open_error(result));
      return;
    }
    wait_readable();
    events_.on_open(*this);
  };
  if (error) {
    asio::post(io_, [done, error] { done(error); });
    return;
  }
  socket_.async_connect(endpoint, done);
}

void Connection::send(std::string_view bytes, bool head) {
  parser_.start(head);
  in_flight_ = true;
  silent_ = true;
  broken_ = false;
  unsent_ = bytes;
  write_some();
}

void Connection::close() {
  ++generation_;
  in_flight_ = false;
  unsent_ = {};
  kept_.clear();
  error_code ignored;
  socket_.close(ignored);
}

void Connection::write_some() {
  while (!unsent_.empty()) {
    error_code error;
    const auto size = socket_.write_some(asio::buffer(unsent_.data(), unsent_.size()), error);
    if (error == asio::error::would_block) return wait_writable();
    if (error) {
      // The peer may have answered before it closed ("413" and the like): that answer counts.
      broken_ = true;
      unsent_ = {};
      if (silent_) on_readable();
      return;
    }
    unsent_.remove_prefix(size);
    bytes_sent_ += size;
  }
}

void Connection::wait_writable() {
  socket_.async_wait(tcp::socket::wait_write, [this, generation = generation_](error_code error) {
    if (generation == generation_ && !error) write_some();
  });
}

void Connection::wait_readable() {
  socket_.async_wait(tcp::socket::wait_read, [this, generation = generation_](error_code error) {
    if (generation != generation_ || error) return;
    on_readable();
    if (generation == generation_) wait_readable();
  });
}

void Connection::on_readable() {
  const unsigned generation = generation_;
  while (read_once(generation)) {
  }
}

bool Connection::read_once(unsigned generation) {
  auto& buffer = scratch_.buffer;
  const std::size_t room = buffer.size() - kept_.size();
  error_code error;
  const auto size = socket_.read_some(asio::buffer(buffer.data() + kept_.size(), room), error);
  if (error == asio::error::would_block) return false;
  if (error) {
    handle_end(error);
    return false;
  }
  bytes_received_ += size;
  if (!in_flight_) {
    close();
    events_.on_idle_closed(*this, true);
    return false;
  }
  silent_ = false;
  const bool may_be_more = size == room;
  handle_data(size);
  return may_be_more && generation == generation_;
}

void Connection::handle_data(std::size_t size) {
  char* data = scratch_.buffer.data();
  std::memcpy(data, kept_.data(), kept_.size());
  const std::size_t total = kept_.size() + size;
  const auto step = parser_.consume(data, total, scratch_.headers);
  if (step.state == ResponseParser::State::kMalformed) return fail(ErrorKind::kProtocol);
  if (step.state == ResponseParser::State::kNeedMore) {
    kept_.assign(data + step.consumed, total - step.consumed);
    return;
  }
  kept_.clear();
  // Bytes behind the response belong to no request, and an unfinished request cannot be followed
  // by another one.
  const bool reusable =
      parser_.keep_alive() && step.consumed == total && unsent_.empty() && !broken_;
  in_flight_ = false;
  unsent_ = {};
  events_.on_response(*this, parser_.status(), reusable);
}

void Connection::handle_end(const error_code& error) {
  if (!in_flight_) {
    close();
    events_.on_idle_closed(*this, false);
    return;
  }
  if (error != asio::error::eof) return fail(ErrorKind::kReset);
  if (silent_) return fail(ErrorKind::kClosedEarly);
  if (parser_.finish_at_eof() != ResponseParser::State::kComplete)
    return fail(ErrorKind::kTruncated);
  in_flight_ = false;
  unsent_ = {};
  events_.on_response(*this, parser_.status(), false);
}

void Connection::fail(ErrorKind kind) {
  const bool silent = silent_;
  close();
  events_.on_failed(*this, kind, silent);
}

}  // namespace plimsoll::loadgen
