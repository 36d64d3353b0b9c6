// For tests: the server's end of HTTP/2, by nghttp2, on one connection of a ScriptedServer.
// Thread-safety: none; belongs to the connection's thread.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/testing/scripted_server.hpp"

struct nghttp2_session;

namespace plimsoll::loadgen::testing {

class ScriptedHttp2 {
 public:
  struct Request {
    std::int32_t id = 0;
    std::map<std::string, std::string> headers;  // pseudo headers too
    std::size_t body = 0;                        // its length
  };
  using Answer = std::function<void(ScriptedHttp2&, const Request&)>;
  struct Setup {
    std::uint32_t max_streams = 100;
    std::uint32_t window = 65535;  // for request bodies
    bool early = false;            // answers before the body came
  };

  // Answers whole requests until the client closes, or stop().
  static void serve(ScriptedServer::Peer& peer, const Setup& setup, Answer answer);
  [[nodiscard]] static ScriptedServer::Script script(Answer answer) {
    return script(Setup{}, std::move(answer));
  }
  [[nodiscard]] static ScriptedServer::Script script(Setup setup, Answer answer);

  void respond(std::int32_t id, int status, std::string body = "");
  void respond_with_trailers(std::int32_t id, int status, std::string body);
  void announce_only(std::int32_t id, int status, std::string_view more_name = "",
                     std::string_view more_value = "");  // header, and no end
  void head_only(std::int32_t id, int status, std::string_view name, std::string_view value);
  void interim(std::int32_t id, int status);
  void reset(std::int32_t id, std::uint32_t error);
  void goaway(std::int32_t last_id, std::uint32_t error = 0);
  void ping();
  // Closes once what was said is sent.
  void stop() noexcept { stopped_ = true; }

  [[nodiscard]] std::size_t most_at_once() const noexcept { return most_; }
  [[nodiscard]] std::size_t open() const noexcept { return open_.size(); }
  [[nodiscard]] int pings_answered() const noexcept { return pongs_; }

 private:
  friend struct ServerCallbacks;
  explicit ScriptedHttp2(ScriptedServer::Peer& peer) : peer_(peer) {}
  void run(const Answer& answer);
  void flush();

  ScriptedServer::Peer& peer_;
  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, Request> open_;
  std::vector<std::int32_t> whole_;
  std::map<std::int32_t, std::string> bodies_;  // still to be sent
  std::vector<std::int32_t> with_trailers_;
  std::size_t most_ = 0;
  int pongs_ = 0;
  bool early_ = false;
  bool stopped_ = false;
};

}  // namespace plimsoll::loadgen::testing
