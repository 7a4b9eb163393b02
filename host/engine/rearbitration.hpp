#pragma once

#include "host/base/result.hpp"
#include "host/engine/setup.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/journal/storage.hpp"
#include "host/model/instrument_table.hpp"

#include <writ/abi/outcome.h>
#include <writ/money.hpp>

#include <compare>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace writ::engine {

/// An intent's verdict on record and that under other rules; their checks follow each.
struct Rejudgement {
  const writ_intent& intent;
  std::uint64_t intent_id = 0;
  const writ_verdict& recorded;
  const writ_verdict& other;

  /// Another decision: approved or not, why, for how much.
  [[nodiscard]] bool decides_otherwise() const noexcept;
};

/// What a run came to, on record or under other rules.
struct RunOutcome {
  std::uint64_t approved = 0;
  std::uint64_t vetoed = 0;
  std::uint64_t fills = 0;
  struct Whose {
    std::uint32_t instance = 0;  ///< 0: the account itself
    std::uint16_t book = 0;      ///< WRIT_BOOK_*
    std::uint32_t asset = 0;
    friend auto operator<=>(const Whose&, const Whose&) = default;
  };
  std::map<Whose, Money> results;         ///< sum of all PNL rows, marks included
  std::map<std::uint32_t, Money> equity;  ///< by account, at its last portfolio record

  void add(const writ_record& record);
};

struct Rearbitrated {
  std::uint64_t intents = 0;    ///< judged on record
  std::uint64_t identical = 0;  ///< verdicts equal byte for byte, every check's numbers included
  std::uint64_t otherwise = 0;  ///< other decisions; the rest decides the same by other numbers
  std::uint64_t not_made = 0;   ///< intents of the host itself that were not called for
  RunOutcome recorded;
  RunOutcome other;
};

struct RearbitrationSetup {
  CoreOptions core;  ///< the run's own, with the other rule book as `arbiter`
  /// Called for each intent judged again, in order; the records live during the call. May be empty.
  std::function<void(const Rejudgement&, const model::InstrumentTable&)> rejudged;
};

/// Judges the intents of a run on record under another rule book, from its first checkpoint on:
/// what was asked for stays as it is, what follows is made anew, the simulated venue's answers
/// included. An answer that is the recorded one comes when it came there. `gateway` is a fresh
/// simulated venue of the run's options. With the run's own rules every verdict is the recorded
/// one. Strategies are not called: what they would have asked for under other outcomes is not
/// known. Errors: kNotFound if the run has no checkpoint, kUnsupported if its venue was a real one,
/// or as Reader.
[[nodiscard]] base::Result<Rearbitrated> rearbitrate_run(journal::Storage& storage,
                                                         const std::filesystem::path& run_folder,
                                                         const RearbitrationSetup& setup,
                                                         execution::OrderGateway& gateway);

}  // namespace writ::engine
