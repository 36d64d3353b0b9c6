// For tests: an HTTP server on a free loopback port (or a UNIX socket) that does exactly what a
// script says, one thread a connection, and counts what it was sent. Scripts may misbehave in any
// way a socket allows. With a TLS context the handshake is done before the script begins; a script
// that starts before it can be given too. Destruction closes everything and joins.
// Thread-safety: the counters are safe.
#pragma once
#include <atomic>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace plimsoll::loadgen::testing {

class ScriptedServer {
 public:
  // One accepted connection, as its script sees it.
  class Peer {
   public:
    // Reads one request without its body; false when the client has closed. Counts it.
    bool read_request();
    // The body of the last request, as long as its Content-Length says.
    std::string read_body();
    // The head of the last request.
    [[nodiscard]] const std::string& request() const noexcept { return request_; }
    void send(std::string_view text);
    // What is there, at least a byte; 0 when the client has closed.
    [[nodiscard]] std::size_t read_some(char* data, std::size_t size);
    // Closes in order, after the client had the chance to read everything (FIN).
    void finish();
    // The same without TLS' goodbye.
    void cut();
    // Closes with RST.
    void reset();
    // Reads and throws away until the client closes.
    void drain();
    // Waits for that, but no longer than this.
    [[nodiscard]] bool closed_within(std::chrono::milliseconds time);

    // Of a TLS connection; null otherwise.
    [[nodiscard]] ssl_st* tls() const noexcept { return tls_.get(); }
    void count_request() noexcept { ++server_.requests_; }

   private:
    friend class ScriptedServer;
    using Socket = boost::asio::generic::stream_protocol::socket;
    Peer(Socket socket, ScriptedServer& server) : socket_(std::move(socket)), server_(server) {}
    [[nodiscard]] bool shake_hands(ssl_ctx_st* context);

    Socket socket_;
    ScriptedServer& server_;
    std::shared_ptr<ssl_st> tls_;
    std::string received_;
    bool receive();
    std::string request_;
  };
  using Script = std::function<void(Peer&)>;
  enum class Listen { kIpv4, kIpv6, kUnix };
  struct Setup {
    Listen listen = Listen::kIpv4;
    std::shared_ptr<ssl_ctx_st> tls;  // null: plain text
  };

  explicit ScriptedServer(Script script) : ScriptedServer(std::move(script), Setup{}) {}
  ScriptedServer(Script script, Setup setup);
  ~ScriptedServer();

  // host: as the URL is to name it; empty: the address that is listened on.
  [[nodiscard]] std::string url(std::string_view path = "/", std::string_view host = "") const;
  // Of a UNIX socket.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }
  [[nodiscard]] std::uint64_t connections() const noexcept { return connections_; }
  // TLS handshakes that failed, as the server sees it.
  [[nodiscard]] std::uint64_t failed_handshakes() const noexcept { return failed_handshakes_; }

 private:
  void accept_all();
  void serve(Peer& peer);

  Script script_;
  Setup setup_;
  int listener_;
  std::uint16_t port_ = 0;
  std::string path_;
  boost::asio::io_context io_;
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> connections_{0};
  std::atomic<std::uint64_t> failed_handshakes_{0};
  std::mutex mutex_;
  bool stopping_ = false;
  std::vector<Peer*> open_;
  std::vector<std::thread> peers_;
  std::thread acceptor_thread_;
};

// Answers every request of a connection with the same text.
[[nodiscard]] ScriptedServer::Script always(std::string response);
// A response with a length.
[[nodiscard]] std::string response(int status, std::string_view body,
                                   std::string_view more_headers = "");
// A loopback port on which nobody listens.
[[nodiscard]] std::uint16_t closed_port();
// False where the machine has no IPv6 loopback.
[[nodiscard]] bool has_ipv6();

}  // namespace plimsoll::loadgen::testing
