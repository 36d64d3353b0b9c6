// HTTP/1.1 client over a unix socket (kubectl proxy): keep-alive, a time-out for each request, a
// cap on each body. Requests may run at the same time; each takes a connection of its own and
// gives it back. Errors: exit code 4, "METHOD TARGET: reason". A status of 400 and more is an
// answer, not an error. Thread-safety: one executor, one thread.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "core/result/result.hpp"

namespace plimsoll::engine::kube {

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";
  std::string body = {};
  std::string content_type = "application/json";
  std::chrono::milliseconds timeout{10000};
  std::size_t max_body = 64U << 20U;
};

struct HttpResponse {
  int status = 0;
  std::string body;
};

class HttpClient {
 public:
  HttpClient(boost::asio::any_io_executor executor, std::string socket_path);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // A GET on a kept connection that turns out to be closed is tried once more on a new one.
  [[nodiscard]] boost::asio::awaitable<Result<HttpResponse>> send(HttpRequest request);

 private:
  struct Pool;
  std::shared_ptr<Pool> pool_;
};

}  // namespace plimsoll::engine::kube
