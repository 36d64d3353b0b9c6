// Looks names up with c-ares on one thread's event loop, because glibc's resolver does not work in
// a static program. Lookups asked for while one is under way share its answer. Nothing is cached
// beyond that: every new connection sees the addresses of the moment. Errors: none; no address
// means that the lookup failed. Thread-safety: none; belongs to the thread that runs the
// loop.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "loadgen/net/endpoint.hpp"
#include "loadgen/net/event_loop.hpp"

namespace plimsoll::loadgen::net {

class Resolver {
 public:
  using Addresses = std::vector<Address>;
  using Callback = std::function<void(const Addresses&)>;

  Resolver(EventLoop& loop, std::string name);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // Calls back from the loop, never from inside this call.
  void resolve(Callback callback);

 private:
  class Channel;
  std::unique_ptr<Channel> channel_;
};

}  // namespace plimsoll::loadgen::net
