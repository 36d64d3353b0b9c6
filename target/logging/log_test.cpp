#include "target/logging/log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>

#include "target/logging/trace.hpp"

namespace plimsoll::target::logging {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr WallClock::time_point kTime{std::chrono::seconds{1'795'205'700} + 7ms};

TEST(TimestampsTest, AreRfc3339InUtcWithMilliseconds) {
  Timestamps timestamps;
  EXPECT_EQ(timestamps.text(kTime), "2026-11-20T20:15:00.007Z");
  EXPECT_EQ(timestamps.text(kTime + 992ms), "2026-11-20T20:15:00.999Z");
  EXPECT_EQ(timestamps.text(kTime + 993ms), "2026-11-20T20:15:01.000Z");
  EXPECT_EQ(timestamps.text(kTime), "2026-11-20T20:15:00.007Z");
}

TEST(AccessLineTest, IsOneJsonObjectWithTheContractsKeys) {
  std::string line;
  Timestamps timestamps;
  append_access(line,
                {.time = kTime,
                 .level = LogLevel::kInfo,
                 .method = "GET",
                 .path = "/wo\"rk\n",
                 .query = "cpu=20ms",
                 .status = 200,
                 .duration = 20'961us,
                 .bytes = 75,
                 .remote = "10.0.0.7:41000",
                 .correlation_id = "abc",
                 .trace_id = "0af7651916cd43dd8448eb211c80319c"},
                timestamps);
  ASSERT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(json::parse(line), json::parse(R"({"time":"2026-11-20T20:15:00.007Z","level":"info",
    "method":"GET","path":"/wo\"rk\n","query":"cpu=20ms","status":200,"duration_ms":20.961,
    "bytes":75,"remote":"10.0.0.7:41000","correlation_id":"abc",
    "trace_id":"0af7651916cd43dd8448eb211c80319c"})"));
}

TEST(AccessLineTest, HasNullForNoCorrelationIdAndNoEmptyQuery) {
  std::string line;
  Timestamps timestamps;
  append_access(line, {.time = kTime, .method = "GET", .path = "/", .duration = 5us}, timestamps);
  const auto object = json::parse(line);
  EXPECT_TRUE(object["correlation_id"].is_null());
  EXPECT_FALSE(object.contains("query"));
  EXPECT_EQ(object["duration_ms"], 0.005);
}

// A pipe that holds what a LogWriter wrote.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK), 0); }
  ~Pipe() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  [[nodiscard]] int writing_end() const { return ends_[1]; }
  [[nodiscard]] std::string text() const {
    std::string text(1U << 20U, '\0');
    const auto size = ::read(ends_[0], text.data(), text.size());
    text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return text;
  }

 private:
  std::array<int, 2> ends_{};
};

TEST(LogWriterTest, WritesTheLevelsItIsAskedForInOrder) {
  Pipe pipe;
  LogWriter log{pipe.writing_end(), LogLevel::kWarn};
  log.announce("listening", "\"port\":1");
  log.say(LogLevel::kInfo, "not this");
  log.say(LogLevel::kError, "this \"one\"");
  LogBatch batch{log};
  batch.add({.level = LogLevel::kInfo, .path = "/quiet"});
  batch.add({.level = LogLevel::kWarn, .path = "/loud"});
  batch.flush();
  ASSERT_TRUE(log.finish(10s));
  const auto text = pipe.text();
  EXPECT_NE(text.find(R"("message":"listening","port":1})"), std::string::npos) << text;
  EXPECT_LT(text.find("listening"), text.find(R"(this \"one\")"));
  EXPECT_LT(text.find(R"(this \"one\")"), text.find("/loud"));
  EXPECT_EQ(text.find("not this"), std::string::npos);
  EXPECT_EQ(text.find("/quiet"), std::string::npos);
}

TEST(LogWriterTest, NeitherBlocksNorGrowsWhenNobodyReads) {
  Pipe pipe;
  LogWriter log{pipe.writing_end(), LogLevel::kInfo};
  const std::string lines(1U << 20U, 'x');
  for (int i = 0; i < 16; ++i) log.write(lines);
  EXPECT_GE(log.dropped_bytes(), 8U << 20U);
  EXPECT_FALSE(log.finish(0s));
  while (!log.finish(0s)) (void)pipe.text();  // or its thread would never end
}

TEST(TraceIdTest, IsTakenFromAValidTraceparentOnly) {
  constexpr std::string_view kId = "0af7651916cd43dd8448eb211c80319c";
  EXPECT_EQ(trace_id("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), kId);
  EXPECT_EQ(trace_id("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"), kId);
  for (const auto* bad : {"", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                          "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                          "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                          "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                          "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                          "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}) {
    EXPECT_EQ(trace_id(bad), "") << bad;
  }
}

TEST(CorrelationIdTest, IsTheRequestIdOrElseTheTraceId) {
  const auto* parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  EXPECT_EQ(correlation_id("abc", parent), "abc");
  EXPECT_EQ(correlation_id("", parent), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(correlation_id("", ""), "");
  EXPECT_EQ(correlation_id(std::string(500, 'x'), "").size(), 128U);
}

}  // namespace
}  // namespace plimsoll::target::logging
