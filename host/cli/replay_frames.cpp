// The raw frames of a run: writ replay --frames, and --hash of a database.
#include "host/cli/replay_frames.hpp"

#include "host/base/hex.hpp"
#include "host/base/input_error.hpp"
#include "host/cli/db_arguments.hpp"
#include "host/cli/output.hpp"
#include "host/cli/run_folders.hpp"
#include "host/storage/canonical_dump.hpp"
#include "host/storage/journal_frames.hpp"
#include "host/storage/raw_frame.hpp"
#include "host/storage/table_rows.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <iostream>
#include <span>
#include <string>

namespace writ::cli {
namespace {

std::string hex_of(std::string_view bytes) {
  return base::to_hex(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

// One frame a line as it comes: a run holds more than fits into memory.
void print(storage::FrameSource& frames, const Arguments& arguments) {
  const bool json = arguments.json();
  bool any = false;
  std::cout << (json ? "[" : "seq source stream_type event_ts schema_ver payload\n");
  while (true) {
    const auto next = frames.next();
    if (!next) throw base::InputError::from(frames.where(), next.error());
    if (*next == nullptr) break;
    const storage::Frame& frame = **next;
    if (arguments.has("source") && frame.source != arguments.text("source")) continue;
    if (json) {
      const boost::json::object line = {{"seq", frame.seq},
                                        {"source", frame.source},
                                        {"stream_type", frame.topic},
                                        {"event_ts", frame.event_ts},
                                        {"schema_ver", storage::kFrameSchemaVersion},
                                        {"payload", hex_of(frame.payload)}};
      std::cout << (any ? ",\n" : "\n") << boost::json::serialize(line);
      any = true;
    } else {
      std::cout << frame.seq << ' ' << frame.source << ' ' << frame.topic << ' ' << frame.event_ts
                << ' ' << storage::kFrameSchemaVersion << ' ' << hex_of(frame.payload) << '\n';
    }
  }
  if (json) std::cout << (any ? "\n]\n" : "]\n");
}

// The run of the first plain word.
std::string stored_run(storage::Database& database, const Arguments& arguments) {
  const std::string& word = arguments.words()[0];
  auto found = storage::find_run_id(database, word);
  if (!found) throw base::InputError(database.url(), database.last_error());
  if (found->empty()) throw base::InputError(database.url(), "holds no run " + word);
  return std::move(*found);
}

// Calls `use` with the frames of a run, all of one state of the database.
template <class Use>
void with_stored_frames(const Arguments& arguments, const Use& use) {
  const auto database = open_current(arguments.text("db"));
  const auto snapshot = storage::ReadSnapshot::begin(*database);
  if (!snapshot) throw base::InputError(database->url(), database->last_error());
  const std::string run_id = stored_run(*database, arguments);
  const auto frames = storage::stored_frames(*database, run_id);
  if (!frames) throw base::InputError(database->url(), database->last_error());
  use(**frames, run_id);
}

}  // namespace

ExitStatus print_frames(journal::Storage& files, const Arguments& arguments) {
  if (arguments.has("db")) {
    with_stored_frames(arguments, [&](storage::FrameSource& frames, const std::string&) {
      print(frames, arguments);
    });
    return ExitStatus::kOk;
  }
  const auto folder = find_run(arguments.words()[0], arguments);
  const auto frames = storage::journal_frames(files, folder);
  if (!frames) throw base::InputError::from(folder.string(), frames.error());
  print(**frames, arguments);
  return ExitStatus::kOk;
}

ExitStatus print_database_hash(const Arguments& arguments) {
  with_stored_frames(arguments, [&](storage::FrameSource& frames, const std::string& run_id) {
    const auto hash = storage::replay_hash_of(frames);
    if (!hash) throw base::InputError::from(frames.where(), hash.error());
    if (arguments.json()) {
      print_json({{"run_id", run_id}, {"replay_hash", *hash}});
    } else {
      std::cout << "replay   " << *hash << "\n";
    }
  });
  return ExitStatus::kOk;
}

}  // namespace writ::cli
