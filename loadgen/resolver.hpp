// Looks names up with c-ares on one thread's io_context, because glibc's resolver does not work in
// a static program. Lookups asked for while one is under way share its answer. Nothing is cached
// beyond that: every new connection sees the addresses of the moment. Errors: none; no address
// means that the lookup failed. Thread-safety: none; belongs to the thread that runs the
// io_context.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace plimsoll::loadgen {

class Resolver {
 public:
  using Addresses = std::vector<boost::asio::ip::address>;
  using Callback = std::function<void(const Addresses&)>;

  Resolver(boost::asio::io_context& io, std::string name);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // Calls back from the io_context, never from inside this call.
  void resolve(Callback callback);

 private:
  class Channel;
  std::unique_ptr<Channel> channel_;
};

}  // namespace plimsoll::loadgen
