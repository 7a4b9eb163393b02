#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::cli {

/// One JSON value and a newline on standard output.
void print_json(const boost::json::value& value);

/// Rows in columns as wide as they need; the first row is the heading.
void print_table(const std::vector<std::vector<std::string>>& rows);

/// Times of calls or stages, as JSON has them (`count, p50_ns, p99_ns, p999_ns, max_ns`), with
/// their names, as a table.
void print_times(const std::string& heading,
                 const std::vector<std::pair<std::string, boost::json::object>>& times);

/// A time as `2024-08-08 12:34:56.789012345`, UTC; `-` for none.
[[nodiscard]] std::string time_text(std::int64_t ns);

/// 1234567 as `1,234,567`.
[[nodiscard]] std::string grouped(std::uint64_t number);

/// A line of progress on standard error, if that is a terminal: each call replaces the one before.
class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Whether anybody would see it, so that its cost can be spared.
  [[nodiscard]] bool visible() const noexcept { return visible_; }
  void show(std::string_view line);

 private:
  bool visible_ = false;
  bool shown_ = false;
};

}  // namespace writ::cli
