#include "loadgen/scripted_server.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

namespace plimsoll::loadgen {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

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
  error_code error;
  const auto size = socket_.read_some(asio::buffer(piece), error);
  if (error) return false;
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
  error_code ignored;
  asio::write(socket_, asio::buffer(text.data(), text.size()), ignored);
}

void ScriptedServer::Peer::finish() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void ScriptedServer::Peer::reset() {
  error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  const std::lock_guard lock(server_.mutex_);
  socket_.close(ignored);
}

void ScriptedServer::Peer::drain() {
  std::array<char, 65536> piece;
  error_code error;
  while (!error) socket_.read_some(asio::buffer(piece), error);
}

ScriptedServer::ScriptedServer(Script script)
    : script_(std::move(script)),
      acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      port_(acceptor_.local_endpoint().port()),
      acceptor_thread_([this] { accept_all(); }) {}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto* peer : open_)
      if (peer->socket_.is_open()) ::shutdown(peer->socket_.native_handle(), SHUT_RDWR);
  }
  // Wakes the accept() that is waiting.
  ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
  acceptor_thread_.join();
  for (auto& peer : peers_) peer.join();
}

void ScriptedServer::accept_all() {
  for (;;) {
    error_code error;
    tcp::socket socket(io_);
    acceptor_.accept(socket, error);
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    if (error) continue;
    socket.set_option(tcp::no_delay(true), error);
    ++connections_;
    peers_.emplace_back([this, held = std::make_shared<tcp::socket>(std::move(socket))] {
      Peer peer(std::move(*held), *this);
      {
        const std::lock_guard registering(mutex_);
        if (stopping_) return;
        open_.push_back(&peer);
      }
      script_(peer);
      const std::lock_guard leaving(mutex_);
      open_.erase(std::find(open_.begin(), open_.end(), &peer));
    });
  }
}

std::string ScriptedServer::url(std::string_view path) const {
  return fmt::format("http://127.0.0.1:{}{}", port_, path);
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

}  // namespace plimsoll::loadgen
