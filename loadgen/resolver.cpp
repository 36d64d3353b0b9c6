#include "loadgen/resolver.hpp"

#include <ares.h>
#include <netdb.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstring>
#include <map>
#include <utility>

namespace plimsoll::loadgen {
namespace asio = boost::asio;
namespace {

asio::ip::address address_of(const sockaddr& generic) {
  if (generic.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &generic, sizeof v4);
    return asio::ip::address_v4(ntohl(v4.sin_addr.s_addr));
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &generic, sizeof v6);
  asio::ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return asio::ip::address_v6(bytes, v6.sin6_scope_id);
}

}  // namespace

class Resolver::Channel {
 public:
  Channel(asio::io_context& io, std::string name) : io_(io), name_(std::move(name)), timer_(io) {
    ares_library_init(ARES_LIB_INIT_ALL);
    ares_options options{};
    options.sock_state_cb = [](void* self, ares_socket_t fd, int readable, int writable) {
      static_cast<Channel*>(self)->watch(fd, readable != 0, writable != 0);
    };
    options.sock_state_cb_data = this;
    ready_ = ares_init_options(&channel_, &options, ARES_OPT_SOCK_STATE_CB) == ARES_SUCCESS;
  }

  ~Channel() {
    waiting_.clear();
    if (ready_) ares_destroy(channel_);
    for (auto& [fd, socket] : sockets_) socket.descriptor.release();
    ares_library_cleanup();
  }

  void resolve(Callback callback) {
    waiting_.push_back(std::move(callback));
    if (waiting_.size() == 1) asio::post(io_, [this] { start(); });
  }

 private:
  struct Socket {
    asio::posix::stream_descriptor descriptor;
    bool readable = false;  // what c-ares wants to hear of
    bool writable = false;
    unsigned life = 0;
  };

  void start() {
    if (!ready_) return finish({});
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = ARES_AI_NOSORT;
    ares_getaddrinfo(
        channel_, name_.c_str(), nullptr, &hints,
        [](void* self, int status, int, ares_addrinfo* info) {
          Addresses addresses;
          for (auto* node = info != nullptr ? info->nodes : nullptr; node != nullptr;
               node = node->ai_next)
            addresses.push_back(address_of(*node->ai_addr));
          if (info != nullptr) ares_freeaddrinfo(info);
          if (status != ARES_EDESTRUCTION) static_cast<Channel*>(self)->finish(addresses);
        },
        this);
    arm_timer();
  }

  void finish(const Addresses& addresses) {
    timer_.cancel();
    const auto waiting = std::exchange(waiting_, {});
    for (const auto& callback : waiting)
      asio::post(io_, [callback, addresses] { callback(addresses); });
  }

  void watch(ares_socket_t fd, bool readable, bool writable) {
    auto found = sockets_.find(fd);
    if (!readable && !writable) {
      if (found == sockets_.end()) return;
      found->second.descriptor.release();  // c-ares closes it
      sockets_.erase(found);
      return;
    }
    if (found == sockets_.end())
      found =
          sockets_
              .emplace(fd, Socket{asio::posix::stream_descriptor(io_, fd), false, false, ++lives_})
              .first;
    const bool wait_read = readable && !found->second.readable;
    const bool wait_write = writable && !found->second.writable;
    found->second.readable = readable;
    found->second.writable = writable;
    if (wait_read) wait(fd, asio::posix::stream_descriptor::wait_read);
    if (wait_write) wait(fd, asio::posix::stream_descriptor::wait_write);
  }

  void wait(ares_socket_t fd, asio::posix::stream_descriptor::wait_type type) {
    auto& socket = sockets_.at(fd);
    const bool reading = type == asio::posix::stream_descriptor::wait_read;
    socket.descriptor.async_wait(type, [this, fd, type, reading, life = socket.life](auto error) {
      const auto is_alive = [&] {
        const auto found = sockets_.find(fd);
        return found != sockets_.end() && found->second.life == life &&
               (reading ? found->second.readable : found->second.writable);
      };
      if (error || !is_alive()) return;
      ares_process_fd(channel_, reading ? fd : ARES_SOCKET_BAD, reading ? ARES_SOCKET_BAD : fd);
      if (is_alive()) wait(fd, type);
      arm_timer();
    });
  }

  void arm_timer() {
    if (waiting_.empty()) return;
    timeval left{};
    if (ares_timeout(channel_, nullptr, &left) == nullptr) return;
    timer_.expires_after(std::chrono::seconds(left.tv_sec) +
                         std::chrono::microseconds(left.tv_usec));
    timer_.async_wait([this](auto error) {
      if (error) return;
      ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      arm_timer();
    });
  }

  asio::io_context& io_;
  std::string name_;
  asio::steady_timer timer_;
  ares_channel channel_ = nullptr;
  bool ready_ = false;
  std::vector<Callback> waiting_;
  std::map<ares_socket_t, Socket> sockets_;
  unsigned lives_ = 0;
};

Resolver::Resolver(asio::io_context& io, std::string name)
    : channel_(std::make_unique<Channel>(io, std::move(name))) {}

Resolver::~Resolver() = default;

void Resolver::resolve(Callback callback) { channel_->resolve(std::move(callback)); }

}  // namespace plimsoll::loadgen
