#pragma once

#include "host/base/input_error.hpp"
#include "host/feed/import.hpp"
#include "tests/unit/market/market_records.hpp"

#include <gtest/gtest.h>
#include <zip.h>
#include <zlib.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace writ::test {

/// A folder of files made for one test, removed after it.
class InputFiles {
 public:
  InputFiles() {
    std::string pattern = (std::filesystem::temp_directory_path() / "writ_feed_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~InputFiles() { std::filesystem::remove_all(folder_); }
  InputFiles(const InputFiles&) = delete;
  InputFiles& operator=(const InputFiles&) = delete;

  std::filesystem::path plain(const std::string& name, std::string_view text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  std::filesystem::path gzip(const std::string& name, std::string_view text) {
    const auto path = folder_ / name;
    const gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
    return path;
  }
  std::filesystem::path zip(const std::string& name, const std::vector<std::string>& texts) {
    const auto path = folder_ / name;
    int code = 0;
    zip_t* archive = zip_open(path.c_str(), ZIP_CREATE, &code);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      zip_source_t* source = zip_source_buffer(archive, texts[i].data(), texts[i].size(), 0);
      zip_file_add(archive, (std::to_string(i) + ".csv").c_str(), source, 0);
    }
    zip_close(archive);
    return path;
  }
  /// The first `size` bytes of a file.
  void cut(const std::filesystem::path& path, std::uintmax_t size) {
    std::filesystem::resize_file(path, size);
  }

 private:
  std::filesystem::path folder_;
};

/// The records of an import, in order.
struct Imported {
  feed::ImportReport report;
  std::vector<OwnedRecord> records;

  [[nodiscard]] feed::RecordConsumer consumer() {
    return [this](const writ_record& record) { records.emplace_back(record); };
  }
  /// The n-th record of a type, from 0; nullptr if there are fewer.
  template <model::Record T>
  [[nodiscard]] const T* get(std::size_t n = 0) const {
    for (const OwnedRecord& record : records) {
      const T* found = model::as<T>(record.get());
      if (found != nullptr && n-- == 0) return found;
    }
    return nullptr;
  }
};

/// Expects the import to throw an InputError at this line (0: of the whole file) that says `what`,
/// and to have handed out nothing.
template <class Import>
void expect_refused(Import import, std::int64_t line, const std::string& what) {
  Imported imported;
  try {
    import(imported);
    ADD_FAILURE() << "accepted, expected: " << what;
  } catch (const base::InputError& error) {
    EXPECT_EQ(error.line(), line) << error.what();
    EXPECT_NE(std::string(error.what()).find(what), std::string::npos) << error.what();
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
  }
  EXPECT_TRUE(imported.records.empty());
}

}  // namespace writ::test
