#include "host/research/trial_table.hpp"

#include <gtest/gtest.h>

namespace writ::research {
namespace {

TEST(TrialTable, CsvNamesNestedValuesAndLeavesWhatIsMissingEmpty) {
  TrialRows::Rows rows;
  rows[1] = {{"trial", 1},
             {"fees", {{"USDT", "0.1"}}},
             {"parameters", {{"mm", {{"gamma", "0.2"}, {"levels", 3}}}}},
             {"ended", "end_of_data"}};
  rows[2] = {{"trial", 2},
             {"parameters", {{"mm", {{"gamma", "0.3"}}}}},
             {"refused", "mm: \"no\", it said"}};
  EXPECT_EQ(csv_table(rows),
            "trial,parameters.mm.gamma,parameters.mm.levels,ended,fees.USDT,refused\n"
            "1,0.2,3,end_of_data,0.1,\n"
            "2,0.3,,,,\"mm: \"\"no\"\", it said\"\n");
}

TEST(TrialTable, JsonLinesAreCanonical) {
  TrialRows::Rows rows;
  rows[1] = {{"trial", 1}, {"b", "x"}, {"a", {{"d", 1}, {"c", true}}}};
  EXPECT_EQ(json_lines(rows), "{\"a\":{\"c\":true,\"d\":1},\"b\":\"x\",\"trial\":1}\n");
}

}  // namespace
}  // namespace writ::research
