#pragma once

#include "host/journal/writer.hpp"
#include "host/storage/compare.hpp"
#include "host/storage/migration.hpp"
#include "tests/unit/storage/testing.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

namespace writ::storage::test {

namespace fs = std::filesystem;

/// A folder with a journal and databases, removed with the test.
class ProjectionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::temp_directory_path() /
            ("writ_projection_" + std::to_string(::getpid()) + "_" + info->name());
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  std::unique_ptr<journal::Writer> begin_journal(std::uint32_t number, const SampleRun& run) {
    journal::WriterOptions options;
    options.folder = root_ / "journal";
    options.ring_bytes = std::size_t{1} << 20U;
    options.segment_bytes = std::size_t{1} << 20U;
    options.reserve_bytes = std::size_t{64} << 10U;
    journal::RunIdentity identity;
    identity.run_number = RunNumber{number};
    std::uint8_t bytes[16];
    run.run_id_bytes(bytes);
    std::memcpy(identity.run_id.bytes.data(), bytes, sizeof bytes);
    auto writer = journal::Writer::create(files_, options, identity);
    EXPECT_TRUE(writer) << base::to_string(writer.error());
    return writer ? std::move(*writer) : nullptr;
  }
  static void append(journal::Writer& writer, const SampleRun& run, std::size_t index) {
    auto words = run.records()[index];
    auto& record = *reinterpret_cast<writ_record*>(words.data());
    const auto seq = writer.append(record);
    ASSERT_TRUE(seq) << "record " << index + 1 << ": " << base::to_string(seq.error());
    ASSERT_EQ(seq->raw(), index + 1);
  }
  fs::path write_journal(std::uint32_t number, const SampleRun& run) {
    auto writer = begin_journal(number, run);
    for (std::size_t i = 0; i < run.size(); ++i) append(*writer, run, i);
    EXPECT_TRUE(writer->close());
    return writer->run_folder();
  }
  std::unique_ptr<Database> open_database(const std::string& name) {
    auto database = Database::open(url_of(name));
    migrate(*database);
    return database;
  }
  std::string url_of(const std::string& name) const { return database_url(root_.string(), name); }
  static void expect_equal(Database& a, Database& b) {
    const auto compared = compare_content(a, b);
    ASSERT_TRUE(compared);
    for (const auto& table : *compared) {
      EXPECT_TRUE(table.equal()) << table.table << " " << table.rows_a << " " << table.rows_b;
    }
  }

  fs::path root_;
  journal::PosixStorage files_;
};

}  // namespace writ::storage::test
