#include "host/cli/run_folders.hpp"

#include "host/base/input_error.hpp"
#include "host/config/config.hpp"
#include "host/journal/folder.hpp"

#include <charconv>
#include <system_error>

namespace writ::cli {

namespace fs = std::filesystem;

void add_run_options(Arguments& arguments) {
  arguments.option("journal", "DIR", "folder of the runs");
  arguments.option("config", "FILE", "configuration whose journal it is");
}

std::optional<fs::path> journal_folder(const Arguments& arguments) {
  if (const auto folder = arguments.path("journal")) return folder;
  if (const auto file = arguments.path("config"))
    return config::load_config(*file).config.journal.dir;
  return std::nullopt;
}

fs::path required_journal_folder(const Arguments& arguments) {
  const auto folder = journal_folder(arguments);
  if (!folder) throw base::InputError("", "which journal? give --journal DIR or --config FILE");
  return *folder;
}

fs::path find_run(const std::string& run, const Arguments& arguments) {
  std::error_code error;
  // Without the slash at the end: the journal is the folder above.
  if (fs::is_directory(run, error)) {
    const fs::path folder = fs::absolute(run).lexically_normal();
    return folder.has_filename() ? folder : folder.parent_path();
  }
  std::uint32_t number = 0;
  const auto [end, bad] = std::from_chars(run.data(), run.data() + run.size(), number);
  if (bad != std::errc() || end != run.data() + run.size()) {
    throw base::InputError("", "\"" + run + "\" is neither a run's folder nor a number");
  }
  const fs::path folder =
      journal::run_folder(required_journal_folder(arguments), RunNumber{number});
  if (!fs::is_directory(folder, error)) throw base::InputError(folder.string(), "no such run");
  return folder;
}

fs::path last_run(journal::Storage& storage, const fs::path& folder) {
  const auto runs = journal::list_runs(storage, folder);
  if (!runs) throw base::InputError(folder.string(), to_string(runs.error()));
  if (runs->empty()) throw base::InputError(folder.string(), "no run there");
  return runs->back().folder;
}

}  // namespace writ::cli
