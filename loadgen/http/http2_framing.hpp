// The frames of one HTTP/2 connection, by nghttp2: turns requests into frames to send, and received
// bytes into what became of the requests. Knows neither the socket nor who sends.
// Thread-safety: none. Source: RFC 9113, nghttp2's programmers' guide.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "loadgen/http/block_pool.hpp"
#include "loadgen/request/rendered_request.hpp"

struct nghttp2_session;

namespace plimsoll::loadgen::http {

class Http2User;

// A place for one request at a time, and what has come of its response. It is used again and again,
// and lives as long as the framing: frames of an older request may still come.
struct Http2Exchange {
  Http2User* user = nullptr;   // of the session; null: the place is free
  std::int32_t id = 0;         // of the request; 0 without one, -1 if it could not be sent
  bool in_flight = false;      // the end of the response is awaited
  bool silent = true;          // no header of the response came yet
  bool reset_by_peer = false;  // by RST_STREAM
  unsigned status = 0;
  std::string_view unsent;  // of the body
  std::string watched;      // the value of HeaderCache::watched
};

// What a Http2Framing reports, from inside of receive() and take_frames(). They must not call the
// framing back.
class Http2FramingEvents {
 public:
  // The server's limit of requests at a time. At least once, before anything else.
  virtual void on_settings(std::uint32_t most_requests) = 0;
  virtual void on_goaway() = 0;
  // A whole response.
  virtual void on_answered(Http2Exchange& exchange) = 0;
  // No whole response will come. error: of HTTP/2.
  virtual void on_lost(Http2Exchange& exchange, std::uint32_t error) = 0;

 protected:
  ~Http2FramingEvents() = default;
};

class Http2Framing {
 public:
  // watched: the name of a header whose value is wanted; may be empty. Both must outlive this.
  Http2Framing(Http2FramingEvents& events, const std::string& watched);
  ~Http2Framing();
  Http2Framing(const Http2Framing&) = delete;
  Http2Framing& operator=(const Http2Framing&) = delete;

  // False: this connection has no id left. Of a request after a GOAWAY take_frames() says that it
  // is lost.
  [[nodiscard]] bool submit(Http2Exchange& exchange, const request::RenderedRequest& request);
  // Takes the request back, if there is one in flight.
  void cancel(Http2Exchange& exchange);
  // Ends the connection in order, with a GOAWAY.
  void terminate();
  // False: the bytes are not HTTP/2, or break it. See problem().
  [[nodiscard]] bool receive(const char* data, std::size_t size);
  // Appends frames that are ready to out until it has limit bytes.
  void take_frames(std::string& out, std::size_t limit);

  // The server broke the protocol, and the frame that says so was taken.
  [[nodiscard]] bool violated() const noexcept { return violated_; }
  // What nghttp2 said last about what is wrong.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

 private:
  struct Callbacks;
  struct Delete {
    void operator()(nghttp2_session* session) const noexcept;
  };
  // The exchange whose request in flight has this id; null once it was cancelled or answered.
  [[nodiscard]] Http2Exchange* find(std::int32_t id) const;
  void note_header(std::string_view name, std::string_view value);
  void note_settings();
  void note_end(std::int32_t id);

  Http2FramingEvents& events_;
  const std::string& watched_;
  BlockPool memory_;  // of session_
  std::unique_ptr<nghttp2_session, Delete> session_;
  Http2Exchange* receiving_ = nullptr;  // whose header block is being received
  std::string problem_;
  bool violated_ = false;
};

}  // namespace plimsoll::loadgen::http
