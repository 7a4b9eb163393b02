// writ db retention: raw frames leave the database for compressed archives.
#include "host/base/input_error.hpp"
#include "host/cli/db_arguments.hpp"
#include "host/cli/db_command_list.hpp"
#include "host/cli/output.hpp"
#include "host/storage/retention.hpp"

#include <boost/json/array.hpp>

#include <time.h>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <iostream>

namespace writ::cli {
namespace {

namespace json = boost::json;

constexpr std::int64_t kDayNs = 86'400'000'000'000;
constexpr std::uint64_t kDaysLeast = 7;
constexpr std::uint64_t kDaysMost = 30;

std::int64_t present_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

// Nanoseconds since 1970, or a date or time such as 2024-08-08 or 2024-08-08T12:34:56Z.
std::int64_t time_of(const std::string& text) {
  std::int64_t ns = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, ns);
  if (error == std::errc() && stopped == end) return ns;
  for (const char* format : {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"}) {
    tm parts{};
    const char* rest = ::strptime(text.c_str(), format, &parts);
    if (rest != nullptr && *rest == '\0') return ::timegm(&parts) * 1'000'000'000;
  }
  throw base::InputError("", "--now: \"" + text +
                                 "\" is no time such as 2024-08-08T12:34:56Z, 2024-08-08, "
                                 "nanoseconds since 1970, or newest");
}

std::int64_t now_of(const Arguments& arguments, storage::Database& database) {
  if (!arguments.has("now")) return present_ns();
  if (arguments.text("now") != "newest") return time_of(arguments.text("now"));
  const auto newest = storage::newest_event_ts(database);
  if (!newest) throw base::InputError(database.url(), database.last_error());
  return *newest;
}

std::uint64_t days_of(const Arguments& arguments) {
  static_cast<void>(arguments.required("keep-days"));
  const std::uint64_t days = *arguments.number("keep-days", 36'500);
  if ((days < kDaysLeast || days > kDaysMost) && !arguments.has("force")) {
    throw base::InputError("", "--keep-days " + std::to_string(days) +
                                   " is outside 7 to 30: say --force if you mean it");
  }
  return days;
}

std::filesystem::path archive_of(const Arguments& arguments, const std::string& url) {
  if (const auto folder = arguments.path("archive")) return *folder;
  const std::string path = url.rfind("sqlite:", 0) == 0 ? url.substr(7) : url;
  if (path.find("://") != path.npos) {
    throw base::InputError("", "db retention needs --archive for a database on a server");
  }
  return std::filesystem::path(path).parent_path() / "archive";
}

}  // namespace

ExitStatus retain_frames(const Command& command, const Words& words) {
  Arguments arguments(command);
  add_database_options(arguments);
  arguments.option("keep-days", "N", "days to keep, 7 to 30; frames with an earlier event time go")
      .option("archive", "DIR",
              "folder of the archives; by default `archive` beside an SQLite database")
      .option("now", "TIME",
              "count the days back from here: a date or time, or `newest` for the newest frame of "
              "the database; by default from the present")
      .flag("force", "allow other numbers of days");
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const std::uint64_t days = days_of(arguments);
  const std::string url = url_of(arguments);
  const auto database = open_current(url);
  storage::RetentionOptions options;
  options.archive = archive_of(arguments, url);
  options.now_ts = now_of(arguments, *database);
  options.before_ts = options.now_ts - static_cast<std::int64_t>(days) * kDayNs;

  journal::PosixStorage files;
  std::string failed;
  const auto archived = storage::retain(*database, files, options, &failed);
  if (!archived) {
    std::cerr << "writ: " << failed << "\n";
    return ExitStatus::kFailed;
  }
  std::uint64_t rows = 0;
  json::array list;
  for (const auto& part : *archived) {
    rows += part.rows;
    list.push_back({{"file", part.file.string()},
                    {"table", part.table},
                    {"run_id", part.run_id},
                    {"source", part.source},
                    {"rows", part.rows},
                    {"sha256", part.sha256}});
    if (!arguments.json()) {
      std::cout << part.file.string() << ": " << grouped(part.rows) << " rows of " << part.table
                << "\n";
    }
  }
  if (arguments.json()) {
    print_json({{"url", database->url()},
                {"before_ts", options.before_ts},
                {"rows", rows},
                {"files", std::move(list)}});
  } else {
    std::cout << grouped(rows) << " rows before " << time_text(options.before_ts) << " archived\n";
  }
  return ExitStatus::kOk;
}

}  // namespace writ::cli
