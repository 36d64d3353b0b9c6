// For tests: an HTTP server on a free loopback port that does exactly what a script says, one
// thread a connection, and counts what it was sent. Scripts may misbehave in any way a socket
// allows. Destruction closes everything and joins. Thread-safety: the counters are safe.
#pragma once
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace plimsoll::loadgen {

class ScriptedServer {
 public:
  // One accepted connection, as its script sees it.
  class Peer {
   public:
    Peer(boost::asio::ip::tcp::socket socket, ScriptedServer& server)
        : socket_(std::move(socket)), server_(server) {}

    // Reads one request without its body; false when the client has closed. Counts it.
    bool read_request();
    // The body of the last request, as long as its Content-Length says.
    std::string read_body();
    // The head of the last request.
    [[nodiscard]] const std::string& request() const noexcept { return request_; }
    void send(std::string_view text);
    // Closes in order, after the client had the chance to read everything (FIN).
    void finish();
    // Closes with RST.
    void reset();
    // Reads and throws away until the client closes.
    void drain();

   private:
    friend class ScriptedServer;
    boost::asio::ip::tcp::socket socket_;
    ScriptedServer& server_;
    std::string received_;
    bool receive();
    std::string request_;
  };
  using Script = std::function<void(Peer&)>;

  explicit ScriptedServer(Script script);
  ~ScriptedServer();

  [[nodiscard]] std::string url(std::string_view path = "/") const;
  [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }
  [[nodiscard]] std::uint64_t connections() const noexcept { return connections_; }

 private:
  void accept_all();

  Script script_;
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_;
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> connections_{0};
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

}  // namespace plimsoll::loadgen
