#include "loadgen/testing/scripted_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace plimsoll::loadgen::testing {
namespace {

std::string name_of(const net::Endpoint& endpoint) {
  boost::asio::ip::tcp::endpoint tcp;
  if (endpoint.protocol().family() != AF_INET) tcp.address(boost::asio::ip::address_v6());
  if (endpoint.size() > tcp.capacity()) return "unix";
  std::memcpy(tcp.data(), endpoint.data(), endpoint.size());
  return fmt::format("{}:{}", tcp.address().to_string(), tcp.port());
}

}  // namespace

class ScriptedNetwork::Connection final : public http::Connection {
 public:
  Connection(http::ConnectionOwner& owner, http::ConnectionEvents& events, ScriptedNetwork& network)
      : http::Connection(owner), events_(events), network_(network) {}
  ~Connection() override { close(); }

  void open(const net::Endpoint& endpoint) override {
    network_.openings.push_back(name_of(endpoint));
    later(network_.connect_takes, [this, endpoint] {
      if (const auto failure = network_.refuse(endpoint))
        return events_.on_open_failed(*this, *failure);
      number_ = ++network_.opened;
      network_.most_open = std::max(network_.most_open, ++network_.open_now);
      events_.on_open(*this);
    });
  }

  void send(const request::RenderedRequest& request) override {
    network_.requests.push_back({network_.time.now(), number_, std::string(request.bytes)});
    bytes_sent_ += request.bytes.size();
    in_flight_ = true;
    const auto reply = network_.reply(network_.requests.size());
    later(reply.after, [this, reply] { receive(reply); });
  }

  void close() override {
    ++*generation_;
    in_flight_ = false;
    if (std::exchange(number_, 0) != 0) --network_.open_now;
  }

  [[nodiscard]] bool is_open() const noexcept override { return number_ != 0; }
  [[nodiscard]] std::string waits_for() const override { return ""; }
  [[nodiscard]] http::ConnectionLife& life() noexcept override { return life_; }
  [[nodiscard]] std::string_view watched_header() const noexcept override { return ""; }
  [[nodiscard]] std::uint64_t take_bytes_sent() noexcept override {
    return std::exchange(bytes_sent_, 0);
  }
  [[nodiscard]] std::uint64_t take_bytes_received() noexcept override { return 0; }

 private:
  // Unless the connection is closed before, or gone.
  void later(std::int64_t pause, std::function<void()> event) {
    network_.time.after(pause, [event = std::move(event), is = *generation_, now = generation_] {
      if (is == *now) event();
    });
  }

  void receive(const Reply& reply) {
    if (reply.failure) {
      close();
      return events_.on_failed(*this, *reply.failure, reply.lost);
    }
    in_flight_ = false;
    if (reply.close) close();
    if (reply.idle_close_after > 0)
      later(reply.idle_close_after, [this] {
        const bool lost = in_flight_;
        close();
        if (lost)
          return events_.on_failed(*this, {net::ErrorKind::kClosedEarly}, http::Lost::kSilent);
        events_.on_idle_closed(*this, http::IdleClose::kByPeer);
      });
    events_.on_response(*this, reply.status, !reply.close);
  }

  http::ConnectionEvents& events_;
  ScriptedNetwork& network_;
  http::ConnectionLife life_;
  std::shared_ptr<unsigned> generation_ = std::make_shared<unsigned>(0);  // grows with every close
  std::uint64_t number_ = 0;                                              // 0 while it is closed
  bool in_flight_ = false;
  std::uint64_t bytes_sent_ = 0;
};

void ScriptedNetwork::resolve(net::Resolver::Callback callback) {
  time.after(lookup_takes, [this, callback = std::move(callback)] { callback(addresses); });
}

std::unique_ptr<http::Connection> ScriptedNetwork::make_connection(http::ConnectionOwner& owner,
                                                                   http::ConnectionEvents& events) {
  return std::make_unique<Connection>(owner, events, *this);
}

plan::Options open_loop(double rate, units::Duration duration, std::uint64_t connections) {
  plan::Options options;
  options.url = "http://127.0.0.1/";
  options.rate = units::Rate{rate};
  options.duration = duration;
  options.connections = connections;
  return options;
}

plan::Options closed_loop(std::uint64_t requests, std::uint64_t connections) {
  plan::Options options;
  options.url = "http://127.0.0.1/";
  options.requests = requests;
  options.connections = connections;
  return options;
}

client::WorkerResult load(ScriptedNetwork& network, const plan::Options& options) {
  const auto plan = plan::make_plan(options);
  if (!plan) throw std::runtime_error(plan.error().message);
  const std::atomic<bool> stop{false};
  client::Worker worker(*plan, 0, stop, network);
  worker.prepare();
  worker.run(network.time.now());
  return worker.take_result();
}

}  // namespace plimsoll::loadgen::testing
