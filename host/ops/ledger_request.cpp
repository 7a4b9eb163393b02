#include "host/ops/ledger_request.hpp"

#include "host/base/input_error.hpp"
#include "host/model/record_view.hpp"

#include <writ/decimal.hpp>
#include <writ/money_abi.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace writ::ops {
namespace {

// The number of what a member names.
std::uint32_t number_of(
    const ControlRequest& request, const char* what, const model::InstrumentTable& tables,
    std::optional<std::uint32_t> (model::InstrumentTable::*find)(std::string_view) const) {
  const std::string name = request.text(what);
  if (name.empty()) throw base::InputError("", std::string(what) + " is missing");
  const auto number = (tables.*find)(name);
  if (!number) throw base::InputError("", "no " + std::string(what) + " \"" + name + "\"");
  return *number;
}

template <class Parsed>
auto value_of(const ControlRequest& request, const char* what, Parsed (*parse)(std::string_view)) {
  const std::string text = request.text(what);
  const auto parsed = parse(text);
  if (!parsed) throw base::InputError("", std::string(what) + " is no decimal: \"" + text + "\"");
  return parsed.value;
}

}  // namespace

writ_adjustment adjustment_of(const ControlRequest& request, const model::InstrumentTable& tables) {
  using Tables = model::InstrumentTable;
  auto adjustment = model::make_record<writ_adjustment>();
  adjustment.price = WRIT_NONE;
  if (request.text("reason").empty()) throw base::InputError("", "this needs a reason");
  adjustment.account = number_of(request, "account", tables, &Tables::find_account);
  const bool transfer = request.text("command") == "ledger_transfer";
  const bool position = !transfer && !request.text("quantity").empty();
  if (position == !request.text("amount").empty()) {
    throw base::InputError("", transfer ? "a transfer needs --asset and --amount"
                                        : "either --asset and --amount, or --instrument and "
                                          "--quantity");
  }
  if (!transfer && !request.text("instance").empty()) {
    adjustment.instance = number_of(request, "instance", tables, &Tables::find_instance);
  }
  if (!transfer && (position || !request.text("instrument").empty())) {
    adjustment.instrument = number_of(request, "instrument", tables, &Tables::find_instrument);
  }
  if (position) {
    adjustment.kind = WRIT_ADJUST_POSITION;
    adjustment.quantity = value_of(request, "quantity", parse_quantity).raw;
    if (!request.text("price").empty()) {
      adjustment.price = value_of(request, "price", parse_price).raw;
    }
    if (adjustment.quantity == 0) throw base::InputError("", "the quantity is zero");
    return adjustment;
  }
  adjustment.kind = transfer ? WRIT_ADJUST_TRANSFER : WRIT_ADJUST_CASH;
  adjustment.asset = number_of(request, "asset", tables, &Tables::find_asset);
  const Money amount = value_of(request, "amount", parse_money);
  if (amount == Money{}) throw base::InputError("", "the amount is zero");
  if (adjustment.instance != 0 && adjustment.instrument == 0) {
    throw base::InputError("", "a result of an instance needs the --instrument it is booked in");
  }
  adjustment.amount = to_abi(amount);
  return adjustment;
}

}  // namespace writ::ops
