#include "host/research/trial_rows.hpp"

#include "host/base/input_error.hpp"
#include "host/research/trial_table.hpp"
#include "tests/support/faulty_storage.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace writ::research {
namespace {

const std::filesystem::path kPath = "/sweep/rows.jsonl";
const std::filesystem::path kPart = "/sweep/rows.jsonl.part";

std::unique_ptr<test::FaultyStorage> new_storage() {
  auto storage = std::make_unique<test::FaultyStorage>();
  storage->make_folders("/sweep").value();
  return storage;
}

boost::json::object row(const std::string& pnl) { return {{"pnl", pnl}}; }

std::string text_of(const test::FaultyStorage& storage, const std::filesystem::path& path) {
  const auto bytes = storage.content(path);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void set_text(test::FaultyStorage& storage, const std::filesystem::path& path,
              const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  storage.set_content(path, {bytes.begin(), bytes.end()});
}

std::string refusal_of(test::FaultyStorage& storage, const std::string& identity,
                       std::size_t trials) {
  try {
    TrialRows rows(storage, kPath, identity, trials);
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "";
}

TEST(TrialRows, AreWrittenInTheOrderOfTrialsWhateverCameFirst) {
  std::string results[2];
  for (const bool backwards : {false, true}) {
    const auto storage = new_storage();
    TrialRows rows(*storage, kPath, "s", 3);
    for (std::size_t i = 1; i <= 3; ++i) {
      const std::size_t trial = backwards ? 4 - i : i;
      rows.add(trial, row(std::to_string(trial)));
    }
    ASSERT_TRUE(rows.complete());
    rows.finish(json_lines);
    results[backwards ? 1 : 0] = text_of(*storage, kPath);
    EXPECT_FALSE(*storage->exists(kPart));
  }
  EXPECT_EQ(
      results[0],
      "{\"pnl\":\"1\",\"trial\":1}\n{\"pnl\":\"2\",\"trial\":2}\n{\"pnl\":\"3\",\"trial\":3}\n");
  EXPECT_EQ(results[0], results[1]);
}

TEST(TrialRows, OfASweepThatDiedAreFoundAgain) {
  const auto storage = new_storage();
  std::unique_ptr<test::FaultyStorage> left;
  {
    TrialRows rows(*storage, kPath, "s", 3);
    EXPECT_FALSE(rows.goes_on());
    rows.add(2, row("x"));
    left = storage->after_process_death();
  }
  TrialRows rows(*left, kPath, "s", 3);
  EXPECT_TRUE(rows.goes_on());
  EXPECT_TRUE(rows.has(2));
  EXPECT_FALSE(rows.has(1));
  EXPECT_EQ(rows.count(), 1U);
  rows.add(1, row("a"));
  rows.add(3, row("c"));
  rows.finish(json_lines);
  EXPECT_EQ(
      text_of(*left, kPath),
      "{\"pnl\":\"a\",\"trial\":1}\n{\"pnl\":\"x\",\"trial\":2}\n{\"pnl\":\"c\",\"trial\":3}\n");
}

TEST(TrialRows, AddedOnesSurviveAPowerCut) {
  base::RandomStream random(7, "power");
  for (int i = 0; i < 200; ++i) {
    const auto storage = new_storage();
    TrialRows rows(*storage, kPath, "s", 2);
    rows.add(1, row("x"));
    const auto left = storage->after_power_cut(random);
    TrialRows again(*left, kPath, "s", 2);
    ASSERT_TRUE(again.has(1)) << i;
  }
}

TEST(TrialRows, APartialOneIsDroppedAtEveryLength) {
  const auto storage = new_storage();
  {
    TrialRows rows(*storage, kPath, "s", 2);
    rows.add(1, row("x"));
    rows.add(2, row("y"));
  }
  const auto whole = text_of(*storage, kPart);
  const auto second = whole.find("{\"pnl\":\"y\"");
  for (std::size_t length = second; length < whole.size(); ++length) {
    const auto torn = new_storage();
    TrialRows(*torn, kPath, "s", 2);
    set_text(*torn, kPart, whole.substr(0, length));
    {
      TrialRows rows(*torn, kPath, "s", 2);
      EXPECT_TRUE(rows.has(1));
      EXPECT_FALSE(rows.has(2)) << length;
      rows.add(2, row("y"));
    }
    EXPECT_EQ(text_of(*torn, kPart), whole) << length;
  }
}

TEST(TrialRows, OfAnotherSweepAreRefused) {
  const auto storage = new_storage();
  { TrialRows rows(*storage, kPath, "s", 2); }
  EXPECT_NE(refusal_of(*storage, "t", 2).find("another sweep"), std::string::npos);
  EXPECT_NE(refusal_of(*storage, "s", 3).find("another sweep"), std::string::npos);
  EXPECT_EQ(refusal_of(*storage, "s", 2), "");
}

TEST(TrialRows, DamageIsNamedWithItsOffset) {
  const auto storage = new_storage();
  { TrialRows rows(*storage, kPath, "s", 2); }
  const auto heading = text_of(*storage, kPart);
  for (const std::string line :
       {"{\"trial\":0}\n", "{\"trial\":3}\n", "{\"pnl\":\"1\"}\n", "rubbish\n"}) {
    set_text(*storage, kPart, heading + line);
    EXPECT_EQ(
        refusal_of(*storage, "s", 2),
        kPart.string() + ": offset " + std::to_string(heading.size()) + ": is no row of a trial");
  }
}

TEST(TrialRows, OfASweepThatEndedAreNotOverwritten) {
  const auto storage = new_storage();
  {
    TrialRows rows(*storage, kPath, "s", 1);
    rows.add(1, row("x"));
    rows.finish(json_lines);
  }
  EXPECT_NE(refusal_of(*storage, "s", 1).find("is there already"), std::string::npos);
}

TEST(TrialRows, AFullDiskIsAFailureAndCountsNothing) {
  const auto storage = new_storage();
  TrialRows rows(*storage, kPath, "s", 2);
  storage->set_capacity(storage->used());
  EXPECT_THROW(rows.add(1, row("x")), base::Failure);
  EXPECT_FALSE(rows.has(1));
  storage->set_capacity(UINT64_MAX);
  EXPECT_THROW(rows.add(2, row("y")), base::Failure);  // nobody knows what is on disk
}

TEST(TrialRows, ComeFromManyThreads) {
  constexpr std::size_t kEach = 50;
  const auto storage = new_storage();
  TrialRows rows(*storage, kPath, "s", 4 * kEach);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&rows, t] {
      for (std::size_t i = 0; i < kEach; ++i) rows.add(1 + i * 4 + t, row(std::to_string(i)));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(rows.complete());
}

}  // namespace
}  // namespace writ::research
