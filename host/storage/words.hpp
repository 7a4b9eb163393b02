#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace writ::storage {

// Where the database's documents spell a thing otherwise than model/names.hpp, or need more than a
// word. "" for a number that has no word: the CHECK of its column refuses the row, which is kept in
// projection_reject.

/// run.run_mode; a replay runs as BACKTEST, run_kind says what it is.
[[nodiscard]] std::string_view mode_word(std::uint32_t mode) noexcept;
/// BUY, SELL, or nothing.
[[nodiscard]] std::string_view side_word(std::uint16_t side) noexcept;
/// Unset is Neutral.
[[nodiscard]] std::string_view urgency_word(std::uint16_t urgency) noexcept;
/// ops_event.kind: the documents name STALE_STATE, RISK_HALT, EXEC_ERROR and KILL_SWITCH.
[[nodiscard]] std::string_view incident_word(std::uint16_t code) noexcept;
/// ledger_event.event_type: the words of the cash book and of the result book differ.
[[nodiscard]] std::string_view entry_word(std::uint16_t ledger, std::uint16_t kind) noexcept;
/// A text as a JSON string, quotes included.
[[nodiscard]] std::string quoted(std::string_view text);
/// A JSON text every backend keeps as a value: {"text": itself} where it holds what PostgreSQL's
/// JSONB does not, an escaped NUL, surrogate, or a number past its range.
[[nodiscard]] std::string queryable_json(std::string_view json);
/// Decimals of a number of this unit: 18, 9 or 0.
[[nodiscard]] int unit_scale(std::uint32_t unit) noexcept;

/// Whether no further transition is expected.
[[nodiscard]] bool is_final(std::uint16_t order_state) noexcept;
/// Whether the venue has the order, or had it.
[[nodiscard]] bool is_acknowledged(std::uint16_t order_state) noexcept;

}  // namespace writ::storage
