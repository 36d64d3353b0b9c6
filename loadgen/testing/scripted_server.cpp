#include "loadgen/testing/scripted_server.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <system_error>

namespace plimsoll::loadgen::testing {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Endpoint = asio::generic::stream_protocol::endpoint;

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

Endpoint endpoint_of(ScriptedServer::Listen listen) {
  static std::atomic<int> number{0};
  switch (listen) {
    case ScriptedServer::Listen::kIpv6:
      return tcp::endpoint(asio::ip::address_v6::loopback(), 0);
    case ScriptedServer::Listen::kUnix:
      return asio::local::stream_protocol::endpoint(
          fmt::format("/tmp/plimsoll-scripted-{}-{}", ::getpid(), ++number));
    default:
      return tcp::endpoint(asio::ip::address_v4::loopback(), 0);
  }
}

int listen_on(const Endpoint& endpoint) {
  const int listener = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) fail("socket");
  if (::bind(listener, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0 &&
      ::listen(listener, SOMAXCONN) == 0)
    return listener;
  ::close(listener);
  fail("bind");
}

std::uint16_t port_of(int listener) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    fail("getsockname");
  if (address.ss_family == AF_UNIX) return 0;
  // The port is at the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

}  // namespace

bool ScriptedServer::Peer::shake_hands(ssl_ctx_st* context) {
  tls_ = std::shared_ptr<ssl_st>(SSL_new(context), SSL_free);
  SSL_set_fd(tls_.get(), socket_.native_handle());
  return SSL_accept(tls_.get()) == 1;
}

std::size_t ScriptedServer::Peer::read_some(char* data, std::size_t size) {
  if (tls_) {
    const int got = SSL_read(tls_.get(), data, static_cast<int>(size));
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  error_code error;
  const auto got = socket_.read_some(asio::buffer(data, size), error);
  return error ? 0 : got;
}

bool ScriptedServer::Peer::read_request() {
  for (;;) {
    const auto end = received_.find("\r\n\r\n");
    if (end != std::string::npos) {
      request_ = received_.substr(0, end + 4);
      received_.erase(0, end + 4);
      ++server_.requests_;
      return true;
    }
    if (!receive()) return false;
  }
}

bool ScriptedServer::Peer::receive() {
  std::array<char, 4096> piece;
  const auto size = read_some(piece.data(), piece.size());
  if (size == 0) return false;
  received_.append(piece.data(), size);
  return true;
}

std::string ScriptedServer::Peer::read_body() {
  constexpr std::string_view kLength = "Content-Length: ";
  const auto at = request_.find(kLength);
  const auto length =
      at == std::string::npos ? 0 : std::stoul(request_.substr(at + kLength.size()));
  while (received_.size() < length && receive()) {
  }
  auto body = received_.substr(0, length);
  received_.erase(0, length);
  return body;
}

void ScriptedServer::Peer::send(std::string_view text) {
  if (text.empty()) return;
  if (tls_) {
    SSL_write(tls_.get(), text.data(), static_cast<int>(text.size()));
    return;
  }
  error_code ignored;
  asio::write(socket_, asio::buffer(text.data(), text.size()), ignored);
}

void ScriptedServer::Peer::finish() {
  if (tls_) SSL_shutdown(tls_.get());
  cut();
}

void ScriptedServer::Peer::cut() { ::shutdown(socket_.native_handle(), SHUT_WR); }

void ScriptedServer::Peer::reset() {
  error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  const std::lock_guard lock(server_.mutex_);
  socket_.close(ignored);
}

void ScriptedServer::Peer::drain() {
  std::array<char, 65536> piece;
  while (read_some(piece.data(), piece.size()) > 0) {
  }
}

bool ScriptedServer::Peer::closed_within(std::chrono::milliseconds time) {
  pollfd socket{socket_.native_handle(), POLLRDHUP, 0};
  return ::poll(&socket, 1, static_cast<int>(time.count())) != 0;
}

ScriptedServer::ScriptedServer(Script script, Setup setup)
    : script_(std::move(script)), setup_(std::move(setup)) {
  const auto endpoint = endpoint_of(setup_.listen);
  listener_ = listen_on(endpoint);
  port_ = port_of(listener_);
  if (setup_.listen == Listen::kUnix)
    path_ = reinterpret_cast<const sockaddr*>(endpoint.data())->sa_data;
  acceptor_thread_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto* peer : open_)
      if (peer->socket_.is_open()) ::shutdown(peer->socket_.native_handle(), SHUT_RDWR);
  }
  // Wakes the accept() that is waiting.
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_thread_.join();
  for (auto& peer : peers_) peer.join();
  ::close(listener_);
  if (!path_.empty()) ::unlink(path_.c_str());
}

void ScriptedServer::accept_all() {
  for (;;) {
    const int accepted = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      if (accepted >= 0) ::close(accepted);
      return;
    }
    if (accepted < 0) continue;
    auto socket = std::make_shared<Peer::Socket>(io_);
    socket->assign(
        asio::generic::stream_protocol(
            setup_.listen == Listen::kUnix
                ? asio::generic::stream_protocol(asio::local::stream_protocol())
            : setup_.listen == Listen::kIpv6 ? asio::generic::stream_protocol(tcp::v6())
                                             : asio::generic::stream_protocol(tcp::v4())),
        accepted);
    error_code ignored;
    if (setup_.listen != Listen::kUnix) socket->set_option(tcp::no_delay(true), ignored);
    ++connections_;
    peers_.emplace_back([this, socket] {
      Peer peer(std::move(*socket), *this);
      serve(peer);
    });
  }
}

void ScriptedServer::serve(Peer& peer) {
  {
    const std::lock_guard registering(mutex_);
    if (stopping_) return;
    open_.push_back(&peer);
  }
  if (!setup_.tls || peer.shake_hands(setup_.tls.get()))
    script_(peer);
  else
    ++failed_handshakes_;
  const std::lock_guard leaving(mutex_);
  open_.erase(std::find(open_.begin(), open_.end(), &peer));
}

std::string ScriptedServer::url(std::string_view path, std::string_view host) const {
  if (host.empty()) host = setup_.listen == Listen::kIpv6 ? "[::1]" : "127.0.0.1";
  const char* scheme = setup_.tls ? "https" : "http";
  if (setup_.listen == Listen::kUnix) return fmt::format("{}://{}{}", scheme, host, path);
  return fmt::format("{}://{}:{}{}", scheme, host, port_, path);
}

ScriptedServer::Script always(std::string response) {
  return [response = std::move(response)](ScriptedServer::Peer& peer) {
    while (peer.read_request()) peer.send(response);
  };
}

std::string response(int status, std::string_view body, std::string_view more_headers) {
  return fmt::format("HTTP/1.1 {} Whatever\r\n{}Content-Length: {}\r\n\r\n{}", status, more_headers,
                     body.size(), body);
}

std::uint16_t closed_port() {
  asio::io_context io;
  tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  return acceptor.local_endpoint().port();
}

bool has_ipv6() {
  asio::io_context io;
  error_code error;
  tcp::acceptor acceptor(io);
  acceptor.open(tcp::v6(), error);
  if (!error) acceptor.bind(tcp::endpoint(asio::ip::address_v6::loopback(), 0), error);
  return !error;
}

}  // namespace plimsoll::loadgen::testing
