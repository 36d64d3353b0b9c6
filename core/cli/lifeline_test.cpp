#include "core/cli/lifeline.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>

namespace plimsoll::cli {
namespace {

using namespace std::chrono_literals;

class LifelineTest : public testing::Test {
 protected:
  LifelineTest() {
    EXPECT_EQ(::pipe(pipe_.data()), 0);
    std::ofstream{file_} << "beat";
  }
  ~LifelineTest() override {
    ::close(pipe_[0]);
    if (pipe_[1] >= 0) ::close(pipe_[1]);
    std::remove(file_.c_str());
  }
  void close_input() {
    ::close(pipe_[1]);
    pipe_[1] = -1;
  }
  Lifeline lifeline(const LifelineOptions& options) { return {interrupts_, options, pipe_[0]}; }
  static Lifeline::Clock::time_point now() { return Lifeline::Clock::now(); }

  Interrupts interrupts_;
  std::array<int, 2> pipe_{};
  const std::string file_ = testing::TempDir() + "heartbeat-" + std::to_string(::getpid());
};

TEST_F(LifelineTest, ASignalEndsItWithItsCode) {
  auto watch = lifeline({});
  ::raise(SIGTERM);
  const auto ending = watch.wait_until(now() + 1h);
  ASSERT_TRUE(ending);
  EXPECT_EQ(ending->code, ExitCode::kTerminated);
}

TEST_F(LifelineTest, StandardInputThatClosesEndsItWithoutAnError) {
  auto watch = lifeline({true, "", {}});
  ASSERT_TRUE(watch.check());
  ASSERT_EQ(::write(pipe_[1], "hello\n", 6), 6);
  EXPECT_FALSE(watch.wait_until(now())) << "what is written does not matter";
  close_input();
  const auto ending = watch.wait_until(now() + 1h);
  ASSERT_TRUE(ending);
  EXPECT_EQ(ending->code, std::nullopt);
  EXPECT_EQ(ending->reason, "standard input was closed");
}

TEST_F(LifelineTest, StandardInputDoesNotMatterUnlessAskedFor) {
  auto watch = lifeline({});
  close_input();
  ASSERT_TRUE(watch.check());
  EXPECT_FALSE(watch.wait_until(now()));
}

TEST_F(LifelineTest, StandardInputThatIsClosedAtTheStartIsRefused) {
  close_input();
  const auto checked = lifeline({true, "", {}}).check();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().category, ErrorCategory::kInvalidInput);
  EXPECT_NE(checked.error().message.find("kubectl exec -i"), std::string::npos);
}

TEST_F(LifelineTest, AHeartbeatThatNeverCameEndsItWithExitCodeFive) {
  auto watch = lifeline({false, file_ + ".gone", {}});
  const auto ending = watch.wait_until(now() + 1h);
  ASSERT_TRUE(ending);
  EXPECT_EQ(ending->code, ExitCode::kAborted);
  EXPECT_NE(ending->reason.find(file_ + ".gone"), std::string::npos);
}

TEST_F(LifelineTest, AHeartbeatThatComesKeepsItAlive) {
  auto watch = lifeline({false, file_, 1h});
  ASSERT_TRUE(watch.check());
  EXPECT_FALSE(watch.wait_until(now()));
}

TEST_F(LifelineTest, TouchingTheFileIsABeat) {
  // No age at all: only a change since the last look keeps it alive.
  auto watch = lifeline({false, file_, 0ns});
  EXPECT_FALSE(watch.wait_until(now()));  // its first sight of the file
  const std::array<timespec, 2> times{timespec{1'000'000'000, 0}, timespec{1'000'000'000, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, file_.c_str(), times.data(), 0), 0);
  EXPECT_FALSE(watch.wait_until(now()));
  EXPECT_TRUE(watch.wait_until(now() + 1h));
}

TEST_F(LifelineTest, AHeartbeatThatIsNotThereAtTheStartIsRefused) {
  const auto checked = lifeline({false, file_ + ".gone", {}}).check();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().category, ErrorCategory::kInvalidInput);
  EXPECT_FALSE(lifeline({false, file_, 500ms}).check());
}

}  // namespace
}  // namespace plimsoll::cli
