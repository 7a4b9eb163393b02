// writ db archive: what archives hold, whether they are whole, and their frames.
#include "host/base/hex.hpp"
#include "host/base/input_error.hpp"
#include "host/cli/db_arguments.hpp"
#include "host/cli/db_command_list.hpp"
#include "host/cli/output.hpp"
#include "host/storage/archive.hpp"
#include "host/storage/canonical_dump.hpp"
#include "host/storage/frames.hpp"
#include "host/storage/table_rows.hpp"

#include <boost/json/array.hpp>

#include <filesystem>
#include <iostream>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace writ::cli {
namespace {

namespace json = boost::json;

[[noreturn]] void fail(const std::filesystem::path& file, const base::Error& error) {
  throw base::InputError::from(file.string(), error);
}

std::vector<std::filesystem::path> files_of(journal::Storage& storage,
                                            const std::filesystem::path& place) {
  const auto files = storage::archive_files(storage, place);
  if (!files) fail(place, files.error());
  if (files->empty()) throw base::InputError(place.string(), "holds no archives");
  return *files;
}

storage::ArchiveInfo info_of(journal::Storage& storage, const std::filesystem::path& file,
                             bool whole) {
  if (whole) {
    auto info = storage::verify_archive(storage, file);
    if (!info) fail(file, info.error());
    return std::move(*info);
  }
  const auto reader = storage::ArchiveReader::open(storage, file);
  if (!reader) fail(file, reader.error());
  return reader->info();
}

ExitStatus list_files(journal::Storage& storage, const std::filesystem::path& place, bool whole,
                      bool as_json) {
  std::uint64_t rows = 0;
  json::array list;
  for (const auto& file : files_of(storage, place)) {
    const auto info = info_of(storage, file, whole);
    rows += info.rows;
    list.push_back({{"file", file.string()},
                    {"table", info.table},
                    {"run_id", info.run_id},
                    {"source", info.source},
                    {"rows", info.rows},
                    {"sha256", base::to_hex(info.sha256)}});
    if (!as_json) {
      std::cout << file.string() << ": " << (whole ? "whole, " : "") << grouped(info.rows)
                << " rows of " << info.table << ", run " << info.run_id << ", " << info.source
                << "\n";
    }
  }
  if (as_json) print_json({{"rows", rows}, {"files", std::move(list)}});
  return ExitStatus::kOk;
}

std::string payload_hex(std::string_view payload) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(payload.data());
  return base::to_hex(std::span(bytes, payload.size()));
}

void print_frames(storage::FrameSource& frames) {
  while (true) {
    const auto next = frames.next();
    if (!next) fail(frames.where(), next.error());
    if (*next == nullptr) return;
    const storage::Frame& frame = **next;
    print_json({{"run_id", frame.run_id},
                {"source", frame.source},
                {"seq", frame.seq},
                {"event_ts", frame.event_ts},
                {"ingest_ts", frame.ingest_ts},
                {"topic", frame.topic},
                {"instrument", frame.instrument},
                {"payload", payload_hex(frame.payload)}});
  }
}

// One line of JSON for each frame, run by run in replay order.
ExitStatus print_files(journal::Storage& storage, const std::filesystem::path& place) {
  std::set<std::string> runs;
  for (const auto& file : files_of(storage, place)) {
    const auto info = info_of(storage, file, false);
    if (info.table == "raw_event") runs.insert(info.run_id);
  }
  for (const auto& run : runs) {
    std::string failed;
    const auto frames = storage::all_frames(storage, place, nullptr, run, &failed);
    if (!frames) throw base::InputError("", failed);
    print_frames(**frames);
  }
  return ExitStatus::kOk;
}

ExitStatus hash_run(journal::Storage& storage, const std::filesystem::path& place,
                    const Arguments& arguments) {
  const auto database = open_current(arguments.required("db"));
  const auto snapshot = storage::ReadSnapshot::begin(*database);
  if (!snapshot) throw base::InputError(database->url(), database->last_error());
  const auto run = storage::find_run_id(*database, arguments.required("run"));
  if (!run) throw base::InputError(database->url(), database->last_error());
  if (run->empty()) {
    throw base::InputError(database->url(), "holds no run " + arguments.text("run"));
  }
  std::string failed;
  const auto frames = storage::all_frames(storage, place, database.get(), *run, &failed);
  if (!frames) throw base::InputError("", failed);
  const auto hash = storage::replay_hash_of(**frames);
  if (!hash) fail((*frames)->where(), hash.error());
  if (arguments.json()) {
    print_json({{"run_id", *run}, {"replay_hash", *hash}});
  } else {
    std::cout << *hash << "\n";
  }
  return ExitStatus::kOk;
}

}  // namespace

ExitStatus read_archives(const Command& command, const Words& words) {
  Arguments arguments(command);
  arguments.plain(2, 2)
      .option("db", "FILE|URL", "of `hash`: the database that has the rest of the run")
      .option("run", "NUMBER|ID", "of `hash`: the run");
  if (!arguments.parse(words)) return ExitStatus::kOk;
  const std::string& what = arguments.words()[0];
  const std::filesystem::path place = arguments.words()[1];
  journal::PosixStorage storage;
  if (what == "list") return list_files(storage, place, false, arguments.json());
  if (what == "verify") return list_files(storage, place, true, arguments.json());
  if (what == "print") return print_files(storage, place);
  if (what == "hash") return hash_run(storage, place, arguments);
  throw base::InputError("", "db archive: \"" + what + "\" is not list, verify, print or hash");
}

}  // namespace writ::cli
