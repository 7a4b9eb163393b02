#include "host/ops/kill_switch.hpp"

#include "host/base/error.hpp"

#include <boost/json/string.hpp>

#include <string_view>
#include <utility>

namespace writ::ops {
namespace {

std::string text_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

}  // namespace

std::optional<boost::json::object> KillSwitch::answer(const boost::json::object& asked) {
  if (text_of(asked, "command") != "kill") return std::nullopt;
  return kill(text_of(asked, "account"), text_of(asked, "reason"));
}

boost::json::object KillSwitch::kill(const std::string& account, const std::string& reason) {
  boost::json::object answer;
  answer["ok"] = false;
  const auto known = setup_.accounts.find(account);
  if (!account.empty() && known == setup_.accounts.end()) {
    answer["error"] = "no account \"" + account + "\"";
    return answer;
  }
  const std::uint32_t number = account.empty() ? 0 : known->second;
  setup_.stop_gateways(number);
  {
    const std::lock_guard lock(mutex_);
    ordered_.push_back({number, reason});
  }
  attention_.raise();
  if (const auto marked = mark(account, reason); !marked) {
    answer["error"] = "killed, but a restart would not know: " + to_string(marked.error());
    return answer;
  }
  answer["ok"] = true;
  answer["account"] = account;
  answer["run"] = setup_.run;
  return answer;
}

base::Result<void> KillSwitch::mark(const std::string& account, const std::string& reason) const {
  const auto before = read_kill_mark(setup_.journal_folder);
  KillMark mark{setup_.run, {}, reason};
  const bool some = before && before->has_value() && !(*before)->accounts.empty();
  const bool all = before && before->has_value() && (*before)->accounts.empty();
  if (!account.empty() && !all) {
    if (some) mark.accounts = (*before)->accounts;
    mark.accounts.insert(account);
  }
  return write_kill_mark(setup_.journal_folder, mark);
}

std::optional<KillSwitch::Ordered> KillSwitch::take() {
  const std::lock_guard lock(mutex_);
  if (ordered_.empty()) return std::nullopt;
  auto first = std::move(ordered_.front());
  ordered_.pop_front();
  return first;
}

}  // namespace writ::ops
