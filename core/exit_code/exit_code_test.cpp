#include "core/exit_code/exit_code.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace plimsoll {
namespace {

TEST(ExitCodeTest, PrecedenceIsTheDocumentedOne) {
  const std::vector<int> gravest_first = {130, 70, 2, 4, 6, 5, 1, 3, 0};
  for (std::size_t i = 0; i < gravest_first.size(); ++i) {
    for (std::size_t j = i; j < gravest_first.size(); ++j) {
      const auto a = static_cast<ExitCode>(gravest_first[i]);
      const auto b = static_cast<ExitCode>(gravest_first[j]);
      EXPECT_EQ(number(graver(a, b)), gravest_first[i]);
      EXPECT_EQ(number(graver(b, a)), gravest_first[i]);
    }
  }
}

TEST(ExitCodeTest, TerminationOutranksEverythingButInterruption) {
  EXPECT_EQ(graver(ExitCode::kTerminated, ExitCode::kInternal), ExitCode::kTerminated);
}

TEST(ExitCodeTest, ErrorsLeadToTheirExitCode) {
  const std::pair<Error, int> rows[] = {
      {invalid_input(""), 2}, {unavailable(""), 4}, {refused(""), 4},        {timed_out(""), 5},
      {inconclusive(""), 3},  {cancelled(""), 130}, {internal_error(""), 70}};
  for (const auto& [error, code] : rows) EXPECT_EQ(number(exit_code(error)), code);
}

// An exit code is a value like any other, not half an error.
TEST(ExitCodeTest, AResultTakesAnExitCode) {
  const Result<ExitCode> result = ExitCode::kFailed;
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, ExitCode::kFailed);
}

}  // namespace
}  // namespace plimsoll
