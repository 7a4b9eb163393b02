#include "host/ops/ledger_request.hpp"

#include "host/base/input_error.hpp"
#include "host/model/record_view.hpp"

#include <writ/decimal.hpp>
#include <writ/money_abi.hpp>

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace writ::ops {
namespace {

using Members = std::map<std::string, std::string>;

class LedgerRequest : public ::testing::Test {
 protected:
  LedgerRequest() {
    auto asset = model::make_record<writ_asset>();
    asset.asset = 1;
    (void)model::set_text(asset.name, "USDT");
    (void)tables_.apply(asset.header);
    auto account = model::make_record<writ_account>();
    account.account = 2;
    account.book = WRIT_BOOK_MAIN;
    account.reporting_asset = 1;
    (void)model::set_text(account.name, "main");
    (void)tables_.apply(account.header);
    auto instrument = model::make_record<writ_instrument>();
    instrument.instrument = 3;
    instrument.kind = WRIT_KIND_SPOT;
    instrument.base_asset = instrument.quote_asset = 1;
    (void)model::set_text(instrument.venue, "sim");
    (void)model::set_text(instrument.market, "BTCUSDT");
    (void)tables_.apply(instrument.header);
    auto instance = model::make_record<writ_instance>();
    instance.instance = 4;
    (void)model::set_text(instance.name, "mm");
    (void)tables_.apply(instance.header);
  }

  /// What the request asks for; the members of every well-formed one are there already.
  writ_adjustment asked(const char* command, const Members& members) const {
    boost::json::object object{{"command", command}, {"account", "main"}, {"reason", "a test"}};
    for (const auto& [name, text] : members) object[name] = text;
    return adjustment_of(ControlRequest(std::move(object), [] {}), tables_);
  }
  std::string refusal(const char* command, const Members& members) const {
    try {
      (void)asked(command, members);
    } catch (const base::InputError& error) {
      return error.what();
    }
    return "";
  }

  model::InstrumentTable tables_;
};

TEST_F(LedgerRequest, TransferNamesAccountAssetAndAmount) {
  const auto transfer = asked("ledger_transfer", {{"asset", "USDT"}, {"amount", "-2.5"}});
  EXPECT_EQ(transfer.kind, WRIT_ADJUST_TRANSFER);
  EXPECT_EQ(transfer.account, 2U);
  EXPECT_EQ(transfer.asset, 1U);
  EXPECT_EQ(from_abi(transfer.amount), parse_money("-2.5").value);
}

TEST_F(LedgerRequest, AdjustIsOfABalanceOrOfAPosition) {
  const auto cash = asked(
      "ledger_adjust",
      {{"asset", "USDT"}, {"amount", "1"}, {"instrument", "sim/BTCUSDT"}, {"instance", "mm"}});
  EXPECT_EQ(cash.kind, WRIT_ADJUST_CASH);
  EXPECT_EQ(cash.instrument, 3U);
  EXPECT_EQ(cash.instance, 4U);
  const auto position =
      asked("ledger_adjust", {{"instrument", "sim/BTCUSDT"}, {"quantity", "-3"}, {"price", "7"}});
  EXPECT_EQ(position.kind, WRIT_ADJUST_POSITION);
  EXPECT_EQ(position.quantity, -3'000'000'000);
  EXPECT_EQ(position.price, 7'000'000'000);
  EXPECT_EQ(asked("ledger_adjust", {{"instrument", "sim/BTCUSDT"}, {"quantity", "1"}}).price,
            WRIT_NONE);
}

TEST_F(LedgerRequest, RefusesWhatItCannotBook) {
  const Members money = {{"asset", "USDT"}, {"amount", "1"}};
  const auto with = [&money](const char* name, const char* text) {
    Members members = money;
    members[name] = text;
    return members;
  };
  EXPECT_NE(refusal("ledger_transfer", with("reason", "")).find("reason"), std::string::npos);
  EXPECT_NE(refusal("ledger_transfer", with("account", "x")).find("\"x\""), std::string::npos);
  EXPECT_NE(refusal("ledger_transfer", with("asset", "EUR")).find("\"EUR\""), std::string::npos);
  EXPECT_NE(refusal("ledger_transfer", with("amount", "1,5")).find("\"1,5\""), std::string::npos);
  EXPECT_NE(refusal("ledger_transfer", with("amount", "0")).find("zero"), std::string::npos);
  EXPECT_NE(refusal("ledger_transfer", {}).find("--amount"), std::string::npos);
  EXPECT_NE(refusal("ledger_adjust", {}).find("--quantity"), std::string::npos);
  EXPECT_NE(refusal("ledger_adjust", with("quantity", "1")).find("either"), std::string::npos);
  EXPECT_NE(refusal("ledger_adjust", with("instance", "mm")).find("--instrument"),
            std::string::npos);
  EXPECT_NE(refusal("ledger_adjust", {{"quantity", "1"}}).find("instrument"), std::string::npos);
}

}  // namespace
}  // namespace writ::ops
