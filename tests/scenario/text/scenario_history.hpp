#pragma once

#include "host/journal/reader.hpp"
#include "tests/scenario/world.hpp"

#include <writ/abi/intent.h>
#include <writ/abi/journal.h>
#include <writ/abi/outcome.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace writ::test {

/// Every record of the runs of a scenario, read while they are written.
class ScenarioHistory {
 public:
  /// Goes on with the records of this run.
  void follow(journal::Storage& storage, const std::filesystem::path& run_folder);
  /// Takes what has been written since.
  void catch_up();

  [[nodiscard]] const std::vector<Words>& records() const noexcept { return records_; }
  /// The records of the present run up to the intent of this tag, which are then all there are.
  std::vector<Words> cut_after_intent(std::uint64_t tag);

  /// The last record of a type that satisfies; nullptr: none.
  template <model::Record T>
  [[nodiscard]] const T* last(const std::function<bool(const T&)>& satisfies) const {
    for (auto words = records_.rbegin(); words != records_.rend(); ++words) {
      const auto* record = model::as<T>(record_in(*words));
      if (record != nullptr && satisfies(*record)) return record;
    }
    return nullptr;
  }
  template <model::Record T>
  [[nodiscard]] std::size_t count(const std::function<bool(const T&)>& satisfies) const {
    std::size_t found = 0;
    for (const auto& words : records_) {
      const auto* record = model::as<T>(record_in(words));
      if (record != nullptr && satisfies(*record)) ++found;
    }
    return found;
  }

  /// By the tag of the intent, which stands for its name in the scenario.
  [[nodiscard]] const writ_verdict* verdict(std::uint64_t tag) const;
  /// Its last order as it is now.
  [[nodiscard]] const writ_order* order(std::uint64_t tag) const;
  /// That of the last intent the host made by itself.
  [[nodiscard]] const writ_order* order_by_host() const;

 private:
  std::vector<Words> records_;
  std::size_t run_begin_ = 0;  // of the present run
  std::optional<journal::Reader> reader_;
};

}  // namespace writ::test
