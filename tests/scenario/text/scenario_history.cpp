#include "tests/scenario/text/scenario_history.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace writ::test {

void ScenarioHistory::follow(journal::Storage& storage, const std::filesystem::path& run_folder) {
  auto reader = journal::Reader::open(storage, run_folder);
  if (!reader) {
    ADD_FAILURE() << to_string(reader.error());
    return;
  }
  reader_.emplace(std::move(*reader));
  run_begin_ = records_.size();
}

void ScenarioHistory::catch_up() {
  while (reader_) {
    const auto next = reader_->next();
    if (!next) {
      ADD_FAILURE() << reader_->describe(next.error());
      reader_.reset();
      return;
    }
    if (*next == nullptr) return;
    records_.push_back(words_of(**next));
  }
}

std::vector<Words> ScenarioHistory::cut_after_intent(std::uint64_t tag) {
  const auto intent = find(records_, run_begin_, [tag](const writ_record& record) {
    const auto* typed = model::as<writ_intent>(record);
    return typed != nullptr && typed->tag == tag;
  });
  EXPECT_LT(intent, records_.size()) << "the intent is not on record in this run";
  records_.resize(std::min(intent + 1, records_.size()));
  return {records_.begin() + static_cast<std::ptrdiff_t>(run_begin_), records_.end()};
}

const writ_verdict* ScenarioHistory::verdict(std::uint64_t tag) const {
  return last<writ_verdict>([tag](const auto& verdict) { return verdict.tag == tag; });
}

const writ_order* ScenarioHistory::order(std::uint64_t tag) const {
  return last<writ_order>([tag](const auto& order) { return order.tag == tag; });
}

const writ_order* ScenarioHistory::order_by_host() const {
  const auto* intent =
      last<writ_intent>([](const auto& made) { return (made.flags & WRIT_INTENT_BY_HOST) != 0; });
  if (intent == nullptr) return nullptr;
  return last<writ_order>([intent](const auto& order) {
    return (order.intent_id & kSeqMask) == intent->header.seq && order.instance == intent->instance;
  });
}

}  // namespace writ::test
