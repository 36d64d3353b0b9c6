// The hot path takes no memory: ten times the requests, the same number of allocations.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "loadgen/client/socket_network.hpp"
#include "loadgen/client/worker.hpp"
#include "loadgen/testing/certificates.hpp"
#include "loadgen/testing/scripted_server.hpp"

namespace {
thread_local std::uint64_t allocations = 0;
}  // namespace

// Inlined, they would look like malloc and free of what another one allocated.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace plimsoll::loadgen::run {
namespace {

std::uint64_t allocations_of(plan::Options options, std::uint64_t requests,
                             testing::ScriptedServer::Setup setup = {}) {
  testing::ScriptedServer server(testing::always(testing::response(200, "hello")),
                                 std::move(setup));
  options.url = server.url();
  options.requests = requests;
  options.connections = 4;
  const auto plan = make_plan(options);
  const std::atomic<bool> stop{false};
  client::SocketNetwork network(*plan);
  client::Worker worker(*plan, 0, stop, network);
  worker.prepare();
  const auto before = allocations;
  worker.run(std::chrono::steady_clock::now().time_since_epoch().count());
  const auto during = allocations - before;
  EXPECT_EQ(worker.take_result().counted.phases[0].counts.completed, requests);
  return during;
}

// What is left grows with time (the report of each second), not with requests.
constexpr std::uint64_t kPerRun = 100;

TEST(AllocationTest, AClosedLoopTakesNoMemoryPerRequest) {
  EXPECT_LT(allocations_of({}, 5000), allocations_of({}, 500) + kPerRun);
}

TEST(AllocationTest, AnOpenLoopTakesNoMemoryPerRequest) {
  plan::Options options;
  options.rate = units::Rate{5000};
  // A queue that forms on a busy machine takes a block for every 32 requests.
  EXPECT_LT(allocations_of(options, 5000), allocations_of(options, 500) + kPerRun + 5000 / 32);
}

TEST(AllocationTest, AMixTakesNoMemoryPerRequestEvenWithPlaceholders) {
  const auto mix = request::parse_mix("mix.json", R"({"requests": [
      {"name": "plain", "path": "/"},
      {"name": "filled", "method": "POST", "path": "/{{seq}}", "headers": {"X-Id": "{{uuid}}"},
       "body": {"n": "{{random:1:1000000}}"}}]})");
  ASSERT_TRUE(mix) << mix.error().message;
  plan::Options options;
  options.mix = *mix;
  EXPECT_LT(allocations_of(options, 5000), allocations_of(options, 500) + kPerRun);
}

TEST(AllocationTest, NothingOfOursIsTakenPerRequestOverTls) {
  testing::Certificates certificates;
  const testing::ScriptedServer::Setup setup{testing::ScriptedServer::Listen::kIpv4,
                                             server_tls(certificates.make())};
  plan::Options options;
  options.tls.ca_file = certificates.ca();
  EXPECT_LT(allocations_of(options, 5000, setup), allocations_of(options, 500, setup) + kPerRun);
}

}  // namespace
}  // namespace plimsoll::loadgen::run
