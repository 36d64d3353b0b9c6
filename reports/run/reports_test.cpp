// Each report of each sample run, against the files in testdata/. UPDATE_GOLDEN=1 rewrites them;
// read the difference before you commit it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "reports/run/html.hpp"
#include "reports/run/junit.hpp"
#include "reports/run/result_json.hpp"
#include "reports/run/sample_runs.hpp"
#include "reports/run/text.hpp"

namespace plimsoll::reports::run {
namespace {

struct Golden {
  std::string file;
  std::function<std::string()> make;
};

class ReportsTest : public testing::TestWithParam<Golden> {};

TEST_P(ReportsTest, AreWhatTheGoldenFileSays) {
  const auto path = std::string(TESTDATA "/") + GetParam().file;
  const auto made = GetParam().make();
  if (const auto* update = std::getenv("UPDATE_GOLDEN"); update != nullptr && *update != '\0')
    std::ofstream(path, std::ios::binary) << made;
  std::ifstream in(path, std::ios::binary);
  ASSERT_TRUE(in) << path << " is missing; make it with UPDATE_GOLDEN=1";
  EXPECT_EQ(made, std::string(std::istreambuf_iterator<char>(in), {}));
}

std::vector<Golden> all_reports() {
  std::vector<Golden> goldens;
  const std::pair<const char*, Run (*)()> runs[] = {{"passed", passed_run},
                                                    {"failed", failed_run},
                                                    {"empty", empty_run},
                                                    {"hostile", hostile_run}};
  for (const auto& [name, run] : runs) {
    const auto file = std::string(name);
    goldens.push_back({file + ".txt", [run = run] { return to_text(run(), false); }});
    goldens.push_back({file + ".json", [run = run] { return to_json(run()); }});
    goldens.push_back({file + ".xml", [run = run] { return to_junit({run()}); }});
    goldens.push_back({file + ".html", [run = run] { return to_html(run()); }});
  }
  goldens.push_back({"failed.color.txt", [] { return to_text(failed_run(), true); }});
  goldens.push_back({"two.xml", [] { return to_junit({passed_run(), failed_run()}); }});
  return goldens;
}

std::string test_name(const testing::TestParamInfo<Golden>& info) {
  auto name = info.param.file;
  for (char& c : name) c = c == '.' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(Golden, ReportsTest, testing::ValuesIn(all_reports()), test_name);

}  // namespace
}  // namespace plimsoll::reports::run
