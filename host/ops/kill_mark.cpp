#include "host/ops/kill_mark.hpp"

#include "host/base/file.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <unistd.h>

#include <cerrno>

namespace writ::ops {
namespace {

namespace json = boost::json;

std::filesystem::path file_of(const std::filesystem::path& journal_folder) {
  return journal_folder / "killed.json";
}

}  // namespace

base::Result<std::optional<KillMark>> read_kill_mark(const std::filesystem::path& journal_folder) {
  const auto content = base::read_file(file_of(journal_folder));
  if (!content && content.error().code() == base::Errc::kNotFound) return std::nullopt;
  if (!content) return content.error();
  const base::Error corrupt{base::Errc::kCorrupt, "killed.json"};
  json::error_code error;
  const auto value = json::parse(*content, error);
  const auto* object = error ? nullptr : value.if_object();
  const auto* run = object == nullptr ? nullptr : object->if_contains("run");
  const auto* accounts = object == nullptr ? nullptr : object->if_contains("accounts");
  const auto* reason = object == nullptr ? nullptr : object->if_contains("reason");
  if (run == nullptr || !run->is_int64() || accounts == nullptr || !accounts->is_array() ||
      reason == nullptr || !reason->is_string()) {
    return corrupt;
  }
  KillMark mark;
  mark.run = static_cast<std::uint64_t>(run->as_int64());
  mark.reason = std::string(reason->as_string());
  for (const auto& account : accounts->as_array()) {
    if (!account.is_string()) return corrupt;
    mark.accounts.emplace(account.as_string());
  }
  return std::optional<KillMark>{std::move(mark)};
}

base::Result<void> write_kill_mark(const std::filesystem::path& journal_folder,
                                   const KillMark& mark) {
  json::object object;
  object["run"] = static_cast<std::int64_t>(mark.run);
  auto& accounts = object["accounts"].emplace_array();
  for (const auto& account : mark.accounts) accounts.emplace_back(account);
  object["reason"] = mark.reason;
  return base::write_file_atomically(file_of(journal_folder), json::serialize(object) + "\n");
}

base::Result<void> remove_kill_mark(const std::filesystem::path& journal_folder) {
  if (::unlink(file_of(journal_folder).c_str()) != 0 && errno != ENOENT) {
    return base::error_from_errno(errno, "remove killed.json");
  }
  return base::sync_folder(journal_folder);
}

}  // namespace writ::ops
