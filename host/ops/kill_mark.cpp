#include "host/ops/kill_mark.hpp"

#include "host/ops/mark_file.hpp"

#include <utility>

namespace writ::ops {
namespace {

MarkFile file_in(const std::filesystem::path& journal_folder) {
  return {journal_folder, "killed.json"};
}

}  // namespace

base::Result<std::optional<KillMark>> read_kill_mark(const std::filesystem::path& journal_folder) {
  const auto file = file_in(journal_folder);
  const auto content = file.read();
  if (!content) return content.error();
  if (!*content) return std::nullopt;
  const auto* run = (*content)->if_contains("run");
  const auto* reason = (*content)->if_contains("reason");
  auto accounts = names_in(**content, "accounts");
  if (run == nullptr || !run->is_int64() || !accounts || reason == nullptr ||
      !reason->is_string()) {
    return file.corrupt();
  }
  KillMark mark;
  mark.run = static_cast<std::uint64_t>(run->as_int64());
  mark.reason = std::string(reason->as_string());
  mark.accounts = std::move(*accounts);
  return std::optional<KillMark>{std::move(mark)};
}

base::Result<void> write_kill_mark(const std::filesystem::path& journal_folder,
                                   const KillMark& mark) {
  boost::json::object content;
  content["run"] = static_cast<std::int64_t>(mark.run);
  put_names(content, "accounts", mark.accounts);
  content["reason"] = mark.reason;
  return file_in(journal_folder).write(content);
}

base::Result<void> remove_kill_mark(const std::filesystem::path& journal_folder) {
  return file_in(journal_folder).remove();
}

}  // namespace writ::ops
