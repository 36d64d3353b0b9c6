#include "core/process/process.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <optional>

namespace plimsoll::process {
namespace asio = boost::asio;
using namespace std::chrono_literals;

// Runs a coroutine to its end on a loop of its own and returns what it returned.
template <typename T>
T run_coroutine(asio::io_context& io, asio::awaitable<T> coroutine) {
  std::optional<T> value;
  std::exception_ptr failure;
  asio::co_spawn(io, std::move(coroutine), [&](std::exception_ptr error, T result) {
    failure = error;
    value.emplace(std::move(result));
  });
  io.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*value);
}

Result<Output> run_shell(const std::string& script, std::chrono::milliseconds timeout = 10s) {
  asio::io_context io{1};
  return run_coroutine(io, run(io.get_executor(), {"/bin/sh", "-c", script}, timeout));
}

TEST(ProcessTest, BothStreamsAreKeptApartAndTheExitCodeIsTheProgramsOwn) {
  const auto output = run_shell("echo one; echo two >&2; printf 'no newline'; exit 7");
  ASSERT_TRUE(output);
  EXPECT_EQ(output->out, "one\nno newline\n");
  EXPECT_EQ(output->err, "two\n");
  EXPECT_EQ(output->exit.code, 7);
  EXPECT_EQ(output->exit.signal, 0);
}

TEST(ProcessTest, NoLineIsLostBetweenTheLastWriteAndTheExit) {
  const auto output = run_shell("i=0; while [ $i -lt 20000 ]; do echo line$i; i=$((i+1)); done");
  ASSERT_TRUE(output);
  EXPECT_EQ(std::count(output->out.begin(), output->out.end(), '\n'), 20000);
  EXPECT_TRUE(output->out.ends_with("line19999\n"));
}

TEST(ProcessTest, AKilledProgramCountsAs128PlusSignal) {
  const auto output = run_shell("kill -KILL $$");
  ASSERT_TRUE(output);
  EXPECT_EQ(output->exit.code, 137);
  EXPECT_EQ(output->exit.signal, SIGKILL);
}

TEST(ProcessTest, AGrandchildHoldingThePipeDoesNotKeepUsWaitingAndIsKilled) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // so that the orphan is ours to wait for
  const auto output = run_shell("sleep 600 & echo $!");
  ASSERT_TRUE(output);
  const pid_t grandchild = std::stoi(output->out);
  int status = 0;
  ASSERT_EQ(::waitpid(grandchild, &status, 0), grandchild);
  EXPECT_TRUE(WIFSIGNALED(status));
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

TEST(ProcessTest, AMissingProgramIsOneClearLine) {
  asio::io_context io{1};
  const auto output =
      run_coroutine(io, run(io.get_executor(), {"no-such-program-of-plimsoll"}, 1s));
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().category, ErrorCategory::kUnavailable);
  EXPECT_EQ(output.error().message,
            "cannot start no-such-program-of-plimsoll: No such file or directory");
}

TEST(ProcessTest, WhatTakesTooLongIsKilledAndSaid) {
  const auto output = run_shell("sleep 600", 50ms);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().category, ErrorCategory::kUnavailable);
  EXPECT_NE(output.error().message.find("not done after 50 ms"), std::string::npos);
}

TEST(ProcessTest, DestructionKillsAndReapsTheWholeGroup) {
  asio::io_context io{1};
  pid_t pid = 0;
  {
    auto child = Child::start(io.get_executor(), {"/bin/sh", "-c", "sleep 600 & wait"}, {});
    ASSERT_TRUE(child);
    pid = child->pid();
    EXPECT_EQ(::getpgid(pid), pid);
  }
  EXPECT_EQ(::waitpid(pid, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(ProcessTest, ItsStdinIsEmptySoThatNothingWaitsForAKeyboard) {
  const auto output = run_shell("cat; echo done");
  ASSERT_TRUE(output);
  EXPECT_EQ(output->out, "done\n");
}

}  // namespace plimsoll::process
