#pragma once

#include "host/base/result.hpp"
#include "host/model/market_key.hpp"

#include <writ/abi/instrument.h>
#include <writ/abi/journal.h>
#include <writ/ids.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::model {

/// `venue/market` or `venue/market/selection`.
[[nodiscard]] std::string canonical_name(const writ_instrument& instrument);
/// The account's name; `name/shadow` for the shadow account beside it.
[[nodiscard]] std::string canonical_name(const writ_account& account);

/// The tables of a run: what the numbers in its records stand for. Fed by the records themselves; a
/// later record of the same number replaces the earlier one, in place. Same records, same table.
/// Pointers stay valid, and names too, while the table lives.
class InstrumentTable {
 public:
  /// Numbers above this are refused: they are places in a table.
  static constexpr std::uint32_t kNumberMax = 1U << 20U;

  /// Takes over an ASSET, ACCOUNT, INSTRUMENT, STREAM or INSTANCE record; ignores all others.
  /// Errors: kInvalid for number 0 or above kNumberMax (detail: the number), kExists if the name
  /// already stands for another number; only an instance's name may move on to a later one, which
  /// then has it. Nothing is changed by an error.
  base::Result<void> apply(const writ_record& record);

  /// nullptr for a number without a record.
  [[nodiscard]] const writ_instrument* instrument(std::uint32_t number) const noexcept;
  [[nodiscard]] const writ_asset* asset(std::uint32_t number) const noexcept;
  [[nodiscard]] const writ_account* account(std::uint32_t number) const noexcept;
  [[nodiscard]] const writ_instance* instance(std::uint32_t number) const noexcept;
  [[nodiscard]] const writ_stream* stream(std::uint32_t number) const noexcept;

  /// WRIT_BOOK_* of what happens on an account: MAIN unless it is a shadow account.
  [[nodiscard]] std::uint16_t book_of(std::uint32_t account) const noexcept;
  /// The account a shadow account stands beside; any other account itself.
  [[nodiscard]] std::uint32_t shadowed(std::uint32_t account) const noexcept;
  /// Whom what a person says of an account concerns: it and its shadow account. 0, which stands for
  /// all, is itself alone.
  [[nodiscard]] std::vector<std::uint32_t> with_shadow(std::uint32_t account) const;

  /// Canonical name of an instrument; empty for a number without a record.
  [[nodiscard]] std::string_view instrument_name(std::uint32_t number) const noexcept;
  /// The others' names, canonical for accounts; empty for a number without a record.
  [[nodiscard]] std::string_view asset_name(std::uint32_t number) const noexcept;
  [[nodiscard]] std::string_view account_name(std::uint32_t number) const noexcept;
  [[nodiscard]] std::string_view instance_name(std::uint32_t number) const noexcept;
  [[nodiscard]] std::string_view stream_source(std::uint32_t number) const noexcept;

  /// Number by name (canonical for instruments and accounts); nothing for an unknown one.
  [[nodiscard]] std::optional<std::uint32_t> find_instrument(std::string_view name) const;
  [[nodiscard]] std::optional<std::uint32_t> find_asset(std::string_view name) const;
  [[nodiscard]] std::optional<std::uint32_t> find_account(std::string_view name) const;
  [[nodiscard]] std::optional<std::uint32_t> find_instance(std::string_view name) const;

  /// All of a kind, by rising number.
  [[nodiscard]] std::vector<const writ_instrument*> instruments() const;
  /// Calls `visit(const writ_instrument&)` for each of them.
  template <class Visit>
  void for_each_instrument(Visit&& visit) const {
    for (const auto& row : instruments_.rows) {
      if (row == nullptr || row->words.empty()) continue;
      visit(reinterpret_cast<const writ_instrument&>(*row->words.data()));
    }
  }
  /// The same for those of the market of `one`, which is in the table.
  template <class Visit>
  void for_each_of_market(const writ_instrument& one, Visit&& visit) const {
    const auto at = markets_.find(market_key(one));
    if (at == markets_.end()) return;
    for (const std::uint32_t number : at->second) visit(*instrument(number));
  }
  [[nodiscard]] std::vector<const writ_asset*> assets() const;
  [[nodiscard]] std::vector<const writ_account*> accounts() const;
  [[nodiscard]] std::vector<const writ_instance*> instances() const;
  [[nodiscard]] std::vector<const writ_stream*> streams() const;
  /// All records of the table in an order in which it can be fed again: assets, accounts,
  /// instruments, streams, instances.
  [[nodiscard]] std::vector<const writ_record*> records() const;

 private:
  struct Row {
    std::vector<std::uint64_t> words;  // the record; empty = no such number
    std::string name;
  };
  /// Rows by number, the first is number 1; behind pointers, so that growing moves no record.
  struct Rows {
    std::vector<std::unique_ptr<Row>> rows;
    std::map<std::string, std::uint32_t, std::less<>> numbers;

    [[nodiscard]] const Row* row(std::uint32_t number) const noexcept;
    [[nodiscard]] const writ_record* record(std::uint32_t number) const noexcept;
    [[nodiscard]] std::string_view name(std::uint32_t number) const noexcept;
    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const;
    void list(std::vector<const writ_record*>& out) const;
  };
  static base::Result<void> put(Rows& rows, std::uint32_t number, std::string name,
                                const writ_record& record);

  base::Result<void> put_instrument(const writ_instrument& instrument);

  Rows assets_;
  Rows accounts_;
  Rows instruments_;
  Rows streams_;
  Rows instances_;
  std::map<std::uint64_t, std::vector<std::uint32_t>> markets_;  ///< rising numbers, by market key
};

}  // namespace writ::model
