#include "loadgen/net/resolver.hpp"

#include <ares.h>
#include <netdb.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

namespace plimsoll::loadgen::net {
namespace asio = boost::asio;
namespace {

Address address_of(const sockaddr& generic) {
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
  Channel(EventLoop& loop, std::string name) : loop_(loop), name_(std::move(name)) {
    ares_library_init(ARES_LIB_INIT_ALL);
    ares_options options{};
    options.sock_state_cb = [](void* self, ares_socket_t fd, int readable, int writable) {
      static_cast<Channel*>(self)->watch(fd, readable != 0, writable != 0);
    };
    options.sock_state_cb_data = this;
    timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    ready_ = timer_ >= 0 &&
             ares_init_options(&channel_, &options, ARES_OPT_SOCK_STATE_CB) == ARES_SUCCESS;
    if (timer_ >= 0) watch(timer_, true, false);
  }

  ~Channel() {
    waiting_.clear();
    if (ready_) ares_destroy(channel_);
    for (auto& [fd, watched] : watched_) loop_.watch(fd, watched, false, false);
    if (timer_ >= 0) ::close(timer_);
    ares_library_cleanup();
  }

  void resolve(Callback callback) {
    waiting_.push_back(std::move(callback));
    if (waiting_.size() == 1) loop_.post([this] { start(); });
  }

 private:
  // A socket of c-ares, or the timer.
  struct Watched final : Readiness {
    Watched(Channel& its_channel, int its_fd) : channel(its_channel), fd(its_fd) {}
    // c-ares may close the socket inside this call, which destroys this object.
    void on_ready(Event event) override { channel.process(fd, event); }
    Channel& channel;
    int fd;
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
    disarm_timer();
    const auto waiting = std::exchange(waiting_, {});
    for (const auto& callback : waiting) loop_.post([callback, addresses] { callback(addresses); });
  }

  void watch(int fd, bool readable, bool writable) {
    const auto [found, added] = watched_.try_emplace(fd, *this, fd);
    loop_.watch(fd, found->second, readable, writable);
    if (!readable && !writable) watched_.erase(found);
  }

  void process(int fd, Readiness::Event event) {
    if (fd == timer_) {
      disarm_timer();
      ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    } else {
      ares_process_fd(channel_, event.readable ? fd : ARES_SOCKET_BAD,
                      event.writable ? fd : ARES_SOCKET_BAD);
    }
    arm_timer();
  }

  void arm_timer() {
    if (waiting_.empty()) return;
    timeval left{};
    if (ares_timeout(channel_, nullptr, &left) == nullptr) return;
    itimerspec time{};
    // Zero would disarm it.
    time.it_value = {left.tv_sec, std::max<long>(1, left.tv_usec * 1000)};
    ::timerfd_settime(timer_, 0, &time, nullptr);
  }

  // Also clears an expiry that was not read yet.
  void disarm_timer() {
    const itimerspec never{};
    ::timerfd_settime(timer_, 0, &never, nullptr);
  }

  EventLoop& loop_;
  std::string name_;
  int timer_ = -1;
  ares_channel channel_ = nullptr;
  bool ready_ = false;
  std::vector<Callback> waiting_;
  std::map<int, Watched> watched_;
};

Resolver::Resolver(EventLoop& loop, std::string name)
    : channel_(std::make_unique<Channel>(loop, std::move(name))) {}

Resolver::~Resolver() = default;

void Resolver::resolve(Callback callback) { channel_->resolve(std::move(callback)); }

}  // namespace plimsoll::loadgen::net
