#include "host/journal/folder.hpp"

#include "host/journal/segment.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>
#include <utility>

namespace writ::journal {
namespace {

using base::Errc;
using base::Error;
using base::Result;

constexpr std::string_view kRunPrefix = "run-";
constexpr std::uint32_t kRunNumberMax = (1U << 24U) - 1;

std::string six_digits(std::uint32_t number) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%06u", number);
  return text.data();
}

}  // namespace

std::optional<RunNumber> run_number_of(const std::filesystem::path& run_folder) {
  const std::string filename = run_folder.filename().string();
  std::string_view name = filename;
  if (!name.starts_with(kRunPrefix)) return std::nullopt;
  name.remove_prefix(kRunPrefix.size());
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool whole = error == std::errc{} && end == name.data() + name.size();
  if (!whole || name.size() < 6 || number == 0 || number > kRunNumberMax) return std::nullopt;
  return RunNumber{number};
}

namespace {

/// Every folder named as a run, whatever is in it.
Result<std::vector<RunEntry>> numbered_folders(Storage& storage,
                                               const std::filesystem::path& folder) {
  std::vector<RunEntry> runs;
  const auto there = storage.exists(folder);
  if (!there) return there.error();
  if (!*there) return runs;
  const auto names = storage.list(folder);
  if (!names) return names.error();
  for (const std::string& name : *names) {
    if (const auto number = run_number_of(name)) runs.push_back({*number, folder / name, false});
  }
  std::sort(runs.begin(), runs.end(),
            [](const RunEntry& a, const RunEntry& b) { return a.number < b.number; });
  return runs;
}

}  // namespace

Result<std::shared_ptr<FolderLock>> FolderLock::take(Storage& storage,
                                                     const std::filesystem::path& folder) {
  if (auto made = storage.make_folders(folder); !made) return made.error();
  auto lock = storage.lock(folder / "lock");
  if (!lock) return lock.error();
  return std::shared_ptr<FolderLock>(new FolderLock(folder, std::move(*lock)));
}

std::filesystem::path run_folder(const std::filesystem::path& folder, RunNumber run) {
  return folder / (std::string(kRunPrefix) + six_digits(run.raw()));
}

std::string segment_name(std::uint32_t number) { return "seg-" + six_digits(number) + ".wj"; }

Result<std::vector<RunEntry>> list_runs(Storage& storage, const std::filesystem::path& folder) {
  auto numbered = numbered_folders(storage, folder);
  if (!numbered) return numbered.error();
  std::vector<RunEntry> runs;
  for (RunEntry& run : *numbered) {
    const auto open = storage.exists(run.folder / kTailName);
    if (!open) return open.error();
    const auto segments = list_segments(storage, run.folder);
    if (!segments && segments.error().code() == Errc::kNotFound) continue;  // not a folder
    if (!segments) return segments.error();
    run.open = *open;
    if (run.open || !segments->empty()) runs.push_back(std::move(run));
  }
  return runs;
}

Result<RunNumber> next_run_number(Storage& storage, const std::filesystem::path& folder,
                                  std::uint32_t base) {
  const auto numbered = numbered_folders(storage, folder);
  if (!numbered) return numbered.error();
  const std::uint32_t last = numbered->empty() ? 0 : numbered->back().number.raw();
  const std::uint32_t before = std::max(last, base);
  if (before >= kRunNumberMax) return Error(Errc::kOverflow, "run number", before);
  return RunNumber{before + 1};
}

}  // namespace writ::journal
