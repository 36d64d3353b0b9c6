#include "scenarios/engine/kube/http_client.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <optional>

namespace plimsoll::engine::kube {
namespace asio = boost::asio;
using asio::local::stream_protocol;
using namespace std::chrono_literals;

// A server on a unix socket that gives the same answer to each request, to so many on a connection.
class HttpClientTest : public testing::Test {
 protected:
  HttpClientTest() {
    std::string path = "/tmp/plimsoll-test-XXXXXX";
    folder_ = ::mkdtemp(path.data());
    acceptor_.emplace(io_, stream_protocol::endpoint{socket()});
  }
  ~HttpClientTest() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string socket() const { return folder_ + "/s"; }

  void serve(std::string answer, int answers_each) {
    asio::co_spawn(io_, accept_all(std::move(answer), answers_each), [](std::exception_ptr) {});
  }

  asio::awaitable<void> accept_all(std::string answer, int answers_each) {
    for (;;) {
      auto peer = co_await acceptor_->async_accept(asio::use_awaitable);
      ++connections_;
      asio::co_spawn(io_, answer_all(std::move(peer), answer, answers_each),
                     [](std::exception_ptr) {});
    }
  }

  static asio::awaitable<void> answer_all(stream_protocol::socket peer, std::string answer,
                                          int answers_each) {
    asio::streambuf buffer;
    for (int i = 0; i < answers_each; ++i) {
      const auto size =
          co_await asio::async_read_until(peer, buffer, "\r\n\r\n", asio::use_awaitable);
      buffer.consume(size);
      co_await asio::async_write(peer, asio::buffer(answer), asio::use_awaitable);
    }
  }

  Result<HttpResponse> send(HttpClient& client, HttpRequest request) {
    std::optional<Result<HttpResponse>> result;
    asio::co_spawn(io_, client.send(std::move(request)),
                   [&](std::exception_ptr, Result<HttpResponse> response) {
                     result.emplace(std::move(response));
                     io_.stop();
                   });
    io_.restart();
    io_.run();
    return std::move(*result);
  }

  asio::io_context io_{1};
  std::string folder_;
  std::optional<stream_protocol::acceptor> acceptor_;
  int connections_ = 0;
};

constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST_F(HttpClientTest, RequestsAfterEachOtherShareAConnection) {
  serve(kOk, 100);
  HttpClient client{io_.get_executor(), socket()};
  for (int i = 0; i < 3; ++i) {
    const auto response = send(client, {});
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "ok");
  }
  EXPECT_EQ(connections_, 1);
}

TEST_F(HttpClientTest, AGetOnAKeptConnectionThatWasClosedIsTriedAgain) {
  serve(kOk, 1);
  HttpClient client{io_.get_executor(), socket()};
  ASSERT_TRUE(send(client, {}));
  ASSERT_TRUE(send(client, {}));
  EXPECT_EQ(connections_, 2);
}

TEST_F(HttpClientTest, AnErrorStatusIsAnAnswer) {
  serve("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 1);
  HttpClient client{io_.get_executor(), socket()};
  const auto response = send(client, {});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 404);
}

TEST_F(HttpClientTest, SilenceEndsWithTheTimeOutAndNamesTheRequest) {
  serve("", 2);  // it waits for a second request
  HttpClient client{io_.get_executor(), socket()};
  HttpRequest request;
  request.target = "/slow";
  request.timeout = 30ms;
  const auto response = send(client, std::move(request));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().category, ErrorCategory::kUnavailable);
  EXPECT_EQ(response.error().message, "GET /slow: no answer within 30 ms");
}

TEST_F(HttpClientTest, AnAnswerBeyondTheCapIsRefused) {
  serve("HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n", 1);
  HttpClient client{io_.get_executor(), socket()};
  HttpRequest request;
  request.max_body = 1000;
  const auto response = send(client, std::move(request));
  ASSERT_FALSE(response);
  EXPECT_NE(response.error().message.find("larger than 1000 bytes"), std::string::npos);
}

TEST_F(HttpClientTest, NobodyListeningIsAnErrorAtOnce) {
  acceptor_.reset();
  HttpClient client{io_.get_executor(), socket() + "-not-there"};
  EXPECT_FALSE(send(client, {}));
}

}  // namespace plimsoll::engine::kube
