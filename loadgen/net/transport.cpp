#include "loadgen/net/transport.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace plimsoll::loadgen::net {
namespace {

ErrorKind open_error(int error) {
  switch (error) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case ENOSPC:  // of epoll: /proc/sys/fs/epoll/max_user_watches
      return ErrorKind::kClientFd;
    case EADDRNOTAVAIL:
      return ErrorKind::kClientPorts;
    case ETIMEDOUT:
      return ErrorKind::kConnectTimeout;
    case ECONNRESET:
      return ErrorKind::kReset;
    case ECONNREFUSED:
    case ENOENT:  // no such UNIX socket
      return ErrorKind::kConnectRefused;
    default:
      return ErrorKind::kUnreachable;
  }
}

}  // namespace

IoState Transport::failed_to_open(int error) {
  failure_ = open_error(error);
  if (failure_ == ErrorKind::kUnreachable || failure_ == ErrorKind::kClientFd)
    detail_ = std::generic_category().message(error);
  return IoState::kFailed;
}

IoState Transport::open(const Endpoint& endpoint, EventLoop& loop, Readiness& owner) {
  detail_.clear();
  const int family = endpoint.protocol().family();
  fd_ = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return failed_to_open(errno);
  if (family != AF_UNIX) {
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  if (::connect(fd_, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0) {
    // A UNIX socket whose backlog is full says EAGAIN, and no event would follow.
    if (errno != EINPROGRESS) return failed_to_open(errno == EAGAIN ? ECONNREFUSED : errno);
  }
  // Not before the connect: a socket that is not connected yet counts as hung up.
  if (const int error = loop.add(fd_, owner); error != 0) return failed_to_open(error);
  return IoState::kDone;
}

IoState Transport::finish_opening() {
  if (!connected_) {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error != 0) return failed_to_open(error);
    connected_ = true;
    if (tls_ != nullptr && !session_.start(*tls_, fd_)) {
      failure_ = ErrorKind::kTls;
      return IoState::kFailed;
    }
  }
  if (tls_ == nullptr) return IoState::kDone;
  switch (session_.handshake()) {
    case TlsSession::State::kDone:
      return IoState::kDone;
    case TlsSession::State::kAgain:
      return IoState::kAgain;
    default:
      failure_ = ErrorKind::kTls;
      detail_ = session_.error();
      return IoState::kFailed;
  }
}

IoState Transport::ended(int error) {
  if (error == EAGAIN || error == EWOULDBLOCK || error == EINTR) return IoState::kAgain;
  failure_ = ErrorKind::kReset;
  return IoState::kFailed;
}

Io Transport::read(char* data, std::size_t size) {
  if (tls_ != nullptr) {
    const auto io = session_.read(data, size);
    if (io.state == IoState::kFailed) {
      failure_ = session_.error().empty() ? ErrorKind::kReset : ErrorKind::kTls;
      detail_ = session_.error();
    }
    return io;
  }
  const auto received = ::recv(fd_, data, size, 0);
  if (received > 0) return {IoState::kDone, static_cast<std::size_t>(received)};
  if (received == 0) return {IoState::kEnd};
  return {ended(errno)};
}

Io Transport::write(std::string_view bytes) {
  if (tls_ != nullptr) {
    const auto io = session_.write(bytes);
    if (io.state == IoState::kFailed) failure_ = ErrorKind::kReset;
    return io;
  }
  const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent >= 0) return {IoState::kDone, static_cast<std::size_t>(sent)};
  return {ended(errno)};
}

void Transport::close() noexcept {
  session_.end();
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  connected_ = false;
}

}  // namespace plimsoll::loadgen::net
