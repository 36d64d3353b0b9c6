// Where the bytes go: IPv6, UNIX sockets, and a Host header of the user's own.
#include <gtest/gtest.h>

#include <mutex>

#include "loadgen/testing/certificates.hpp"
#include "loadgen/testing/whole_run.hpp"

namespace plimsoll::loadgen::run {
namespace {

using Peer = testing::ScriptedServer::Peer;

// Answers, and keeps the head of the last request.
struct Recorder {
  testing::ScriptedServer::Script script() {
    return [this](Peer& peer) {
      while (peer.read_request()) {
        const std::lock_guard lock(mutex);
        head = peer.request();
        peer.send(testing::response(200, "x"));
      }
    };
  }
  std::string taken() {
    const std::lock_guard lock(mutex);
    return head;
  }
  std::mutex mutex;
  std::string head;
};

TEST(AddressTest, AnIpv6AddressIsLoadedAndNamedInBrackets) {
  if (!testing::has_ipv6()) GTEST_SKIP() << "this machine has no IPv6 loopback address";
  Recorder recorder;
  testing::ScriptedServer server(recorder.script(),
                                 {testing::ScriptedServer::Listen::kIpv6, nullptr});
  const auto result = testing::load(closed_loop(server, 3));
  EXPECT_EQ(result.totals.counts.completed, 3u);
  const auto authority = "[::1]:" + std::to_string(server.port());
  EXPECT_NE(recorder.taken().find("Host: " + authority + "\r\n"), std::string::npos);
  ASSERT_EQ(result.endpoints.size(), 1u);
  EXPECT_EQ(result.endpoints.begin()->first, authority);
}

TEST(AddressTest, ANameWithTwoFamiliesFindsTheOneThatListens) {
  if (!testing::has_ipv6()) GTEST_SKIP() << "this machine has no IPv6 loopback address";
  Recorder recorder;
  testing::ScriptedServer server(recorder.script(),
                                 {testing::ScriptedServer::Listen::kIpv6, nullptr});
  auto options = closed_loop(server, 3);
  options.url = server.url("/", "localhost");
  const auto result = testing::load(options);
  if (testing::errors(result, net::ErrorKind::kConnectRefused) == 3)
    GTEST_SKIP() << "localhost has no IPv6 address on this machine";
  EXPECT_EQ(result.totals.counts.completed, 3u);
}

TEST(AddressTest, AUnixSocketIsLoadedAndTheHostIsTheUrls) {
  Recorder recorder;
  testing::ScriptedServer server(recorder.script(),
                                 {testing::ScriptedServer::Listen::kUnix, nullptr});
  auto options = closed_loop(server, 4);
  options.url = "http://shop.test/cart";
  options.unix_socket = server.path();
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 4u);
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(recorder.taken().find("GET /cart HTTP/1.1\r\nHost: shop.test\r\n"), 0u);
  ASSERT_EQ(result.endpoints.size(), 1u);
  EXPECT_EQ(result.endpoints.begin()->first, "unix:" + server.path());
}

TEST(AddressTest, AUnixSocketCarriesTls) {
  testing::Certificates certificates;
  testing::ScriptedServer server(
      testing::always(testing::response(200, "x")),
      {testing::ScriptedServer::Listen::kUnix, server_tls(certificates.make())});
  auto options = closed_loop(server, 4);
  options.url = "https://localhost/";
  options.unix_socket = server.path();
  options.tls.ca_file = certificates.ca();
  EXPECT_EQ(testing::load(options).totals.counts.completed, 4u);
}

TEST(AddressTest, AUnixSocketThatIsNotThereIsRefused) {
  plan::Options options;
  options.url = "http://localhost/";
  options.unix_socket = "/tmp/plimsoll-no-such-socket";
  options.requests = 2;
  options.connections = 1;
  EXPECT_EQ(testing::errors(testing::load(options), net::ErrorKind::kConnectRefused), 2u);
}

TEST(AddressTest, APathThatIsTooLongForASocketIsRefused) {
  plan::Options options;
  options.url = "http://localhost/";
  options.unix_socket.assign(200, 'x');
  const auto plan = make_plan(options);
  ASSERT_FALSE(plan);
  EXPECT_NE(plan.error().message.find("--unix-socket"), std::string::npos);
}

TEST(AddressTest, AHostHeaderOfTheUsersReplacesTheUrls) {
  Recorder recorder;
  testing::ScriptedServer server(recorder.script());
  auto options = closed_loop(server, 2);
  options.request.headers = {"Host: shop.example"};
  EXPECT_EQ(testing::load(options).totals.counts.completed, 2u);
  const auto head = recorder.taken();
  EXPECT_NE(head.find("Host: shop.example\r\n"), std::string::npos);
  EXPECT_EQ(head.find("127.0.0.1"), std::string::npos);
}

}  // namespace
}  // namespace plimsoll::loadgen::run
