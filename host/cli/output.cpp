#include "host/cli/output.hpp"

#include <writ/abi/scalar.h>

#include <boost/json/serialize.hpp>

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>

namespace writ::cli {

void print_json(const boost::json::value& value) {
  std::cout << boost::json::serialize(value) << "\n";
}

void print_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line += std::string(widths[i] + 2 - row[i].size(), ' ');
    }
    std::cout << line << "\n";
  }
}

void print_times(const std::string& heading,
                 const std::vector<std::pair<std::string, boost::json::object>>& times) {
  std::vector<std::vector<std::string>> rows = {
      {"  " + heading, "count", "p50 ns", "p99 ns", "p99.9 ns", "max ns"}};
  for (const auto& [name, values] : times) {
    auto& row = rows.emplace_back(std::vector<std::string>{"  " + name});
    for (const char* key : {"count", "p50_ns", "p99_ns", "p999_ns", "max_ns"}) {
      row.push_back(boost::json::serialize(values.at(key)));
    }
  }
  print_table(rows);
}

std::string time_text(std::int64_t ns) {
  if (ns == WRIT_NONE || ns == 0) return "-";
  constexpr std::int64_t kSecond = 1'000'000'000;
  std::int64_t seconds = ns / kSecond;
  std::int64_t rest = ns % kSecond;
  if (rest < 0) {
    rest += kSecond;
    --seconds;
  }
  const time_t whole = seconds;
  tm parts{};
  ::gmtime_r(&whole, &parts);
  std::array<char, 48> text{};
  const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  std::array<char, 16> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%09lld", static_cast<long long>(rest));
  return std::string(text.data(), length) + fraction.data();
}

std::string grouped(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text.push_back(',');
    text.push_back(digits[i]);
  }
  return text;
}

Progress::Progress() : visible_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (shown_) std::cerr << "\r\033[K" << std::flush;
}

void Progress::show(std::string_view line) {
  if (!visible_) return;
  std::cerr << "\r\033[K" << line << std::flush;
  shown_ = true;
}

}  // namespace writ::cli
