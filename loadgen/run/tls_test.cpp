// TLS: who is trusted, what is asked for, and what becomes of each way in which it can fail.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "loadgen/testing/certificates.hpp"
#include "loadgen/testing/whole_run.hpp"

namespace plimsoll::loadgen::run {
namespace {

using namespace std::chrono_literals;
using Peer = testing::ScriptedServer::Peer;

class TlsTest : public ::testing::Test {
 protected:
  // Serves with this identity; the options trust this test's authority and ask twice.
  plan::Options start(
      const testing::Identity& identity, const testing::ServerTls& tls = {},
      testing::ScriptedServer::Script script = testing::always(testing::response(200, "secret"))) {
    server_ = std::make_unique<testing::ScriptedServer>(
        std::move(script), testing::ScriptedServer::Setup{testing::ScriptedServer::Listen::kIpv4,
                                                          server_tls(identity, tls)});
    auto options = closed_loop(*server_, 2);
    options.tls.ca_file = certificates_.ca();
    options.timeout = 2s;
    return options;
  }

  // Both requests must fail with kind and these words in its detail.
  static void expect_refused(const plan::Options& options, net::ErrorKind kind,
                             const std::string& words) {
    const auto result = testing::load(options);
    EXPECT_EQ(result.totals.counts.completed, 0u);
    EXPECT_EQ(testing::errors(result, kind), 2u);
    EXPECT_NE(result.totals.error_details[index(kind)].find(words), std::string::npos)
        << result.totals.error_details[index(kind)];
    EXPECT_EQ(result.exit_code, ExitCode::kInconclusive);
    // On a machine that is too busy, that is the reason instead.
    if (!result.generator.saturation.saturated) {
      EXPECT_NE(result.reason.find(words), std::string::npos) << result.reason;
    }
  }

  static void expect_served(const plan::Options& options) {
    const auto result = testing::load(options);
    EXPECT_EQ(result.totals.status[200], 2u) << result.reason;
    EXPECT_EQ(result.totals.counts.failed, 0u);
  }

  testing::Certificates certificates_;
  std::unique_ptr<testing::ScriptedServer> server_;
};

TEST_F(TlsTest, AServerThatTheGivenAuthorityVouchesForIsTrusted) {
  const auto options = start(certificates_.make());
  expect_served(options);
  EXPECT_EQ(server_->requests(), 2u);
}

TEST_F(TlsTest, ANameIsVerifiedToo) {
  auto options = start(certificates_.make());
  options.url = server_->url("/", "localhost");
  expect_served(options);
}

TEST_F(TlsTest, ASelfSignedCertificateIsRefusedWithTheReason) {
  const auto options = start(certificates_.make({.self_signed = true}));
  expect_refused(options, net::ErrorKind::kTls,
                 "certificate verify failed: self-signed certificate");
  EXPECT_EQ(server_->requests(), 0u);
}

TEST_F(TlsTest, AnAuthorityThatTheMachineDoesNotKnowIsRefused) {
  auto options = start(certificates_.make());
  options.tls.ca_file.clear();
  expect_refused(options, net::ErrorKind::kTls, "unable to get local issuer certificate");
}

TEST_F(TlsTest, InsecureTrustsEverybody) {
  auto options = start(certificates_.make({.names = "DNS:other.test", .self_signed = true}));
  options.tls.ca_file.clear();
  options.tls.verify = false;
  expect_served(options);
}

TEST_F(TlsTest, ACertificateForAnotherNameIsRefused) {
  auto options = start(certificates_.make({.names = "DNS:other.test"}));
  expect_refused(options, net::ErrorKind::kTls, "IP address mismatch");
  options.url = server_->url("/", "localhost");
  expect_refused(options, net::ErrorKind::kTls, "hostname mismatch");
}

TEST_F(TlsTest, AnExpiredCertificateIsRefused) {
  const auto options = start(certificates_.make({.valid_from_s = -7200, .valid_to_s = -3600}));
  expect_refused(options, net::ErrorKind::kTls, "certificate has expired");
}

TEST_F(TlsTest, ServerNameIsAskedForAndVerifiedInsteadOfTheHost) {
  std::mutex mutex;
  std::string asked;
  auto options = start(certificates_.make({.names = "DNS:shop.test"}), {}, [&](Peer& peer) {
    {
      const std::lock_guard lock(mutex);
      asked = SSL_get_servername(peer.tls(), TLSEXT_NAMETYPE_host_name);
    }
    testing::always(testing::response(200, ""))(peer);
  });
  options.tls.server_name = "shop.test";
  expect_served(options);
  const std::lock_guard lock(mutex);
  EXPECT_EQ(asked, "shop.test");
}

TEST_F(TlsTest, AnAddressIsNeverSentAsAServerName) {
  std::atomic<bool> named{false};
  expect_served(start(certificates_.make(), {}, [&](Peer& peer) {
    named = SSL_get_servername(peer.tls(), TLSEXT_NAMETYPE_host_name) != nullptr;
    testing::always(testing::response(200, ""))(peer);
  }));
  EXPECT_FALSE(named);
}

TEST_F(TlsTest, AClientCertificateThatIsDemandedMustBeGiven) {
  auto options = start(certificates_.make(), {.client_ca = certificates_.ca()});
  expect_refused(options, net::ErrorKind::kTls, "certificate required");
  EXPECT_EQ(server_->requests(), 0u);
  const auto client = certificates_.make({.names = "DNS:client.test"});
  options.tls.certificate_file = client.certificate;
  options.tls.key_file = client.key;
  expect_served(options);
}

TEST_F(TlsTest, AServerThatOnlySpeaksTls11IsRefused) {
  const auto options = start(certificates_.make(),
                             {.highest_version = TLS1_1_VERSION, .lowest_version = TLS1_VERSION});
  expect_refused(options, net::ErrorKind::kTls, "protocol version");
}

TEST_F(TlsTest, BothSupportedVersionsWork) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    std::atomic<int> spoken{0};
    expect_served(start(certificates_.make(), {.highest_version = version}, [&](Peer& peer) {
      spoken = SSL_version(peer.tls());
      testing::always(testing::response(200, ""))(peer);
    }));
    EXPECT_EQ(spoken, version);
  }
}

TEST_F(TlsTest, APlainServerOnThePortIsATlsError) {
  testing::ScriptedServer plain([](Peer& peer) {
    peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.drain();
  });
  auto options = closed_loop(plain, 2);
  options.url.replace(0, 4, "https");
  expect_refused(options, net::ErrorKind::kTls, "wrong version number");
}

TEST_F(TlsTest, APeerThatClosesDuringTheHandshakeIsATlsError) {
  testing::ScriptedServer plain([](Peer& peer) { peer.finish(); });
  auto options = closed_loop(plain, 2);
  options.url.replace(0, 4, "https");
  expect_refused(options, net::ErrorKind::kTls, "during the handshake");
}

TEST_F(TlsTest, AHandshakeThatHangsIsAConnectTimeoutAndSaysWhere) {
  testing::ScriptedServer plain([](Peer& peer) { peer.drain(); });
  auto options = closed_loop(plain, 2);
  options.url.replace(0, 4, "https");
  options.timeout = 60ms;
  expect_refused(options, net::ErrorKind::kConnectTimeout, "the TLS handshake did not end");
}

TEST_F(TlsTest, AnEndWithoutGoodbyeInMidBodyIsTruncated) {
  const auto options = start(certificates_.make(), {}, [](Peer& peer) {
    if (!peer.read_request()) return;
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
    peer.cut();
    peer.drain();
  });
  EXPECT_EQ(testing::errors(testing::load(options), net::ErrorKind::kTruncated), 2u);
}

TEST_F(TlsTest, AnIdleConnectionThatIsClosedWithAGoodbyeIsNoError) {
  auto options = start(certificates_.make(), {}, [](Peer& peer) {
    if (peer.read_request()) peer.send(testing::response(200, "x"));
    peer.finish();
  });
  options.requests = 6;
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 6u);
  EXPECT_EQ(result.totals.counts.failed, 0u);
  EXPECT_EQ(server_->requests(), 6u);
}

TEST_F(TlsTest, EveryConnectionPaysAWholeHandshake) {
  std::atomic<int> resumed{0};
  auto options = start(certificates_.make(), {}, [&](Peer& peer) {
    resumed += SSL_session_reused(peer.tls());
    testing::always(testing::response(200, ""))(peer);
  });
  options.requests = 5;
  options.connection_requests = 1;
  EXPECT_EQ(testing::load(options).totals.counts.completed, 5u);
  EXPECT_EQ(server_->connections(), 5u);
  EXPECT_EQ(resumed, 0);
}

TEST_F(TlsTest, LargeBodiesGoThroughBothWays) {
  auto options = start(certificates_.make(), {}, [](Peer& peer) {
    if (!peer.read_request()) return;
    peer.send(testing::response(200, std::string(3'000'000, 'b'), "Connection: close\r\n"));
    peer.drain();
  });
  options.request.method = "PUT";
  options.request.body.assign(200'000, 'x');
  const auto result = testing::load(options);
  EXPECT_EQ(result.totals.counts.completed, 2u);
  EXPECT_GT(result.totals.counts.bytes_received, 6'000'000u);
}

TEST_F(TlsTest, FilesThatCannotBeUsedAreRefusedByName) {
  auto options = start(certificates_.make());
  options.tls.ca_file = "/nonexistent.pem";
  auto plan = plan::make_plan(options);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().category, ErrorCategory::kInvalidInput);
  EXPECT_NE(plan.error().message.find("/nonexistent.pem"), std::string::npos);
  options.tls.ca_file = certificates_.ca();
  options.tls.certificate_file = certificates_.make().certificate;
  options.tls.key_file = certificates_.make().key;  // of another certificate
  plan = make_plan(options);
  ASSERT_FALSE(plan);
  EXPECT_NE(plan.error().message.find(options.tls.key_file), std::string::npos);
}

}  // namespace
}  // namespace plimsoll::loadgen::run
