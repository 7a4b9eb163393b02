#include "host/cli/recorded_run.hpp"

#include "host/base/hex.hpp"
#include "host/base/input_error.hpp"
#include "host/journal/reader.hpp"
#include "host/model/record_view.hpp"

#include <boost/json/parse.hpp>

#include <utility>

namespace writ::cli {

RecordedRun read_run(journal::Storage& storage, const std::filesystem::path& folder) {
  auto reader = journal::Reader::open(storage, folder);
  if (!reader) throw base::InputError::from(folder.string(), reader.error());
  RecordedRun run;
  run.folder = folder;
  run.identity = reader->identity();
  bool begun = false;  // past the tables of the start
  for (;;) {
    const auto next = reader->next();
    if (!next) throw base::InputError("", reader->describe(next.error()));
    if (*next == nullptr) break;
    const writ_record& record = **next;
    static_cast<void>(run.all_tables.apply(record));
    if (!begun) static_cast<void>(run.tables.apply(record));
    run.hashes.add(record, run.all_tables);
    if (const auto* started = model::as<writ_run_started>(record)) {
      const auto text = model::tail_text(*started, started->manifest_size);
      boost::json::error_code error;
      auto manifest = boost::json::parse({text.data(), text.size()}, error);
      if (!error && manifest.is_object()) run.manifest = std::move(manifest.get_object());
    } else if (const auto* config = model::as<writ_config_change>(record)) {
      run.configs.emplace_back(model::tail_text(*config, config->text_size));
    } else if (const auto* instance = model::as<writ_instance>(record)) {
      run.objects[std::string(model::text_of(instance->plugin))].insert(
          base::to_hex(instance->object_hash));
    } else if (record.type == WRIT_RECORD_CHECKPOINT) {
      begun = true;
    }
  }
  if (run.configs.empty()) throw base::InputError(folder.string(), "no configuration on record");
  return run;
}

std::optional<std::filesystem::path> kept_latencies(const RecordedRun& run) {
  const auto* hash = run.manifest.if_contains("latency_hash");
  if (hash == nullptr || !hash->is_string()) return std::nullopt;
  return run.folder.parent_path() / "objects" / std::string(hash->get_string());
}

}  // namespace writ::cli
