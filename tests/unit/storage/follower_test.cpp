#include "host/storage/follower.hpp"

#include "host/base/input_error.hpp"
#include "tests/unit/storage/projection_fixture.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace writ::storage::test {
namespace {

class FollowerTest : public ProjectionTest {
 protected:
  std::unique_ptr<Follower> follower(const std::string& name) {
    return std::make_unique<Follower>(url_of(name), files_, root_ / "journal");
  }
  // Until there is nothing more to read.
  static Followed catch_up(Follower& follower) {
    while (true) {
      const auto followed = follower.advance();
      EXPECT_TRUE(followed) << follower.trouble();
      if (!followed || followed->current) return followed ? *followed : Followed{};
    }
  }
  void expect_rebuilt(const std::string& name) {
    const auto wanted = open_database("wanted of " + name);
    ASSERT_TRUE(rebuild(*wanted, files_, root_ / "journal"));
    expect_equal(*open_database(name), *wanted);
  }
};

SampleRun whole_run(std::uint64_t number) {
  SampleRun run(number);
  run.whole();
  return run;
}

TEST_F(FollowerTest, WaitsForAFirstRun) {
  const auto one = follower("a.db");
  const auto nothing = catch_up(*one);
  EXPECT_EQ(nothing.run.raw(), 0u);
  EXPECT_FALSE(nothing.closed);
  write_journal(1, whole_run(1));
  EXPECT_EQ(catch_up(*one).run.raw(), 1u);
}

TEST_F(FollowerTest, FollowsARunThatGrows) {
  const SampleRun run = whole_run(1);
  const auto writer = begin_journal(1, run);
  const auto one = follower("a.db");
  for (std::size_t i = 0; i < run.size(); ++i) {
    append(*writer, run, i);
    if (i % 10 != 9) continue;
    ASSERT_TRUE(writer->wait_durable(Seq{i + 1}));
    const auto reached = catch_up(*one);
    EXPECT_EQ(reached.progress.journal_seq, i + 1);
    EXPECT_FALSE(reached.closed);
  }
  ASSERT_TRUE(writer->close());
  EXPECT_TRUE(catch_up(*one).closed);
  expect_rebuilt("a.db");
}

TEST_F(FollowerTest, BringsEarlierRunsUpAndMovesOnToTheNext) {
  write_journal(1, whole_run(1));
  write_journal(2, whole_run(2));
  const auto one = follower("a.db");
  EXPECT_EQ(catch_up(*one).run.raw(), 2u);
  write_journal(3, whole_run(3));
  const auto reached = catch_up(*one);
  EXPECT_EQ(reached.run.raw(), 3u);
  EXPECT_TRUE(reached.closed);
  expect_rebuilt("a.db");
}

TEST_F(FollowerTest, GoesOnFromTheCheckpoint) {
  const SampleRun run = whole_run(1);
  const auto writer = begin_journal(1, run);
  for (std::size_t i = 0; i < 20; ++i) append(*writer, run, i);
  ASSERT_TRUE(writer->wait_durable(Seq{20}));
  catch_up(*follower("a.db"));
  for (std::size_t i = 20; i < run.size(); ++i) append(*writer, run, i);
  ASSERT_TRUE(writer->close());
  EXPECT_TRUE(catch_up(*follower("a.db")).closed);
  expect_rebuilt("a.db");
}

TEST_F(FollowerTest, SecondOneIsRefused) {
  const auto first = follower("a.db");
  try {
    follower("a.db");
    FAIL() << "not refused";
  } catch (const base::InputError& error) {
    EXPECT_NE(std::string(error.what()).find("another projection writes into this database"),
              std::string::npos)
        << error.what();
  }
  follower("b.db");
}

TEST_F(FollowerTest, TheNextOneTakesOver) {
  follower("a.db").reset();
  follower("a.db");
}

TEST_F(FollowerTest, DamageIsFinalAndNamed) {
  const auto folder = write_journal(1, whole_run(1));
  const auto segment = folder / journal::segment_name(1);
  fs::resize_file(segment, fs::file_size(segment) / 2);
  const auto one = follower("a.db");
  base::Result<Followed> followed = one->advance();
  for (int i = 0; i < 10 && followed; ++i) followed = one->advance();
  ASSERT_FALSE(followed);
  EXPECT_NE(one->trouble().find(folder.string()), std::string::npos) << one->trouble();
}

TEST_F(FollowerTest, TwoProjectionsOfARunDoNotDoubleIt) {
  const auto folder = write_journal(1, whole_run(1));
  const auto a = open_database("a.db");
  const auto b = open_database("a.db");
  auto one = Projection::open(*a, files_, folder);
  auto other = Projection::open(*b, files_, folder);
  ASSERT_TRUE(one->advance(10));
  const auto refused = other->advance(10);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), base::Errc::kMismatch);
  EXPECT_NE(other->describe(refused.error()).find("another projection writes run"),
            std::string::npos);
  // It goes on from where the first one was.
  ASSERT_TRUE(other->catch_up());
  EXPECT_FALSE(one->advance(10));
  EXPECT_TRUE(one->catch_up());
  expect_rebuilt("a.db");
  EXPECT_EQ(row(*a, "SELECT count(*) FROM projection_reject"), "0");
}

}  // namespace
}  // namespace writ::storage::test
