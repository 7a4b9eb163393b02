#include "host/ops/order_requests.hpp"

#include "host/engine/operator_instance.hpp"
#include "host/model/names.hpp"
#include "host/model/record_json.hpp"
#include "host/model/record_view.hpp"

#include <writ/decimal.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace writ::ops {
namespace {

namespace json = boost::json;

/// Why a request is refused.
struct Refusal {
  std::string why;
};

/// One request of a person on its way to an intent. Throws Refusal.
class OrderRequest {
 public:
  OrderRequest(const engine::Run& run, const ControlRequest& request)
      : run_(run), request_(request), tables_(run.pipeline().tables()) {}

  [[nodiscard]] writ_intent place() const {
    auto intent = blank(WRIT_INTENT_PLACE);
    intent.account = account();
    intent.instrument = instrument();
    intent.side = word(model::kSideWords, "side");
    intent.quantity = decimal("quantity");
    const bool priced = has("price");
    if (priced) intent.price = decimal("price");
    intent.order_type = has("type") ? word(model::kOrderTypeWords, "type")
                        : priced    ? static_cast<std::uint16_t>(WRIT_ORDER_LIMIT)
                                    : static_cast<std::uint16_t>(WRIT_ORDER_MARKET);
    intent.time_in_force = has("tif") ? word(model::kTimeInForceWords, "tif")
                           : priced   ? static_cast<std::uint16_t>(WRIT_TIF_GTC)
                                      : static_cast<std::uint16_t>(WRIT_TIF_IOC);
    if (const auto* ns = request_.asked().if_contains("expires_ns"); ns && ns->is_int64()) {
      intent.expire_ts = run_.summary().last_ts + ns->as_int64();
    }
    if (flag("post_only")) intent.flags |= WRIT_INTENT_POST_ONLY;
    if (flag("reduce_only")) intent.flags |= WRIT_INTENT_REDUCE_ONLY;
    return intent;
  }

  [[nodiscard]] writ_intent cancel() const { return about_order(WRIT_INTENT_CANCEL); }

  [[nodiscard]] writ_intent replace() const {
    auto intent = about_order(WRIT_INTENT_REPLACE);
    const auto& order = target();
    intent.order_type = WRIT_ORDER_LIMIT;
    intent.price = has("price") ? decimal("price") : order.price;
    intent.quantity = has("quantity") ? decimal("quantity") : order.quantity;
    return intent;
  }

  /// One for each account and instrument of the scope with working orders.
  [[nodiscard]] std::vector<writ_intent> cancel_all() const {
    execution::OrderScope scope;
    if (has("account")) scope.account = account();
    if (has("instrument")) scope.instrument = instrument();
    std::set<std::pair<std::uint32_t, std::uint32_t>> where;
    run_.pipeline().orders().for_each_working(scope, [&where](const writ_order& order) {
      where.emplace(order.account, order.instrument);
    });
    std::vector<writ_intent> intents;
    for (const auto& [account, instrument] : where) {
      auto intent = blank(WRIT_INTENT_CANCEL_ALL);
      intent.account = account;
      intent.instrument = instrument;
      intents.push_back(intent);
    }
    return intents;
  }

 private:
  [[nodiscard]] writ_intent blank(std::uint16_t kind) const {
    writ_intent intent{};
    intent.header.size = sizeof intent;
    intent.header.type = WRIT_RECORD_INTENT_INPUT;
    intent.kind = kind;
    intent.instance = *tables_.find_instance(engine::kOperatorName);
    intent.price = WRIT_NONE;
    intent.expire_ts = WRIT_NONE;
    return intent;
  }

  [[nodiscard]] writ_intent about_order(std::uint16_t kind) const {
    const auto& order = target();
    auto intent = blank(kind);
    intent.account = order.account;
    intent.instrument = order.instrument;
    intent.side = order.side;
    intent.target_intent = order.intent_id;
    return intent;
  }

  // By our id, the client order id, or the intent that made it.
  [[nodiscard]] const writ_order& target() const {
    const auto id = request_.text("order");
    const auto& orders = run_.pipeline().orders();
    const auto* order = orders.find_by_client_id(id);
    if (order == nullptr && !id.empty() && id.size() < 20 &&
        std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isdigit(c) != 0; })) {
      const auto number = std::stoull(id);
      order = orders.find(OrderId{number});
      if (order == nullptr) order = orders.order_of_intent(IntentId{number});
    }
    if (order == nullptr) throw Refusal{"no order \"" + id + "\""};
    if (order->intent_id == 0) throw Refusal{"order " + id + " was not made by this host"};
    return *order;
  }

  [[nodiscard]] std::uint32_t account() const {
    const auto name = request_.text("account");
    auto accounts = tables_.accounts();
    std::erase_if(accounts, [](const auto* one) { return one->book == WRIT_BOOK_SHADOW; });
    if (name.empty() && accounts.size() == 1) return accounts.front()->account;
    if (name.empty()) throw Refusal{"there are several accounts: --account says which"};
    const auto number = tables_.find_account(name);
    if (!number) throw Refusal{"no account \"" + name + "\""};
    return *number;
  }

  [[nodiscard]] std::uint32_t instrument() const {
    const auto name = request_.text("instrument");
    const auto number = tables_.find_instrument(name);
    if (!number) throw Refusal{"no instrument \"" + name + "\""};
    return *number;
  }

  [[nodiscard]] std::uint16_t word(const model::Words& words, std::string_view name) const {
    auto text = request_.text(name);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const auto value = words.value(text);
    if (!value || *value == 0) {
      throw Refusal{"\"" + request_.text(name) + "\" is no " + std::string(name)};
    }
    return static_cast<std::uint16_t>(*value);
  }

  [[nodiscard]] std::int64_t decimal(std::string_view name) const {
    const auto text = request_.text(name);
    const auto parsed = parse_nano(text);
    if (parsed.error != DecimalError::kNone || parsed.value == WRIT_NONE) {
      throw Refusal{"\"" + text + "\" is no " + std::string(name)};
    }
    return parsed.value;
  }

  [[nodiscard]] bool has(std::string_view name) const { return !request_.text(name).empty(); }
  [[nodiscard]] bool flag(std::string_view name) const {
    const auto* value = request_.asked().if_contains(name);
    return value != nullptr && value->is_bool() && value->get_bool();
  }

  const engine::Run& run_;
  const ControlRequest& request_;
  const model::InstrumentTable& tables_;
};

json::object as_json(const engine::Run& run, const writ_record& record) {
  return model::record_to_json(record, run.pipeline().tables());
}

/// Submits one and says what came of it; throws Refusal if it could not be put on record.
json::object submit(engine::Run& run, const writ_intent& intent, const std::string& reason) {
  const std::string tags = R"(["operator"])";
  json::object why;
  why["reason"] = reason;
  const std::string rationale = reason.empty() ? std::string() : json::serialize(why);
  writ_intent fixed = intent;
  fixed.tags_size = static_cast<std::uint32_t>(tags.size());
  fixed.rationale_size = static_cast<std::uint32_t>(rationale.size());
  model::RecordBuffer buffer;
  auto& record = buffer.begin(fixed)
                     .append(tags.data(), tags.size())
                     .append(rationale.data(), rationale.size())
                     .finish();
  const auto outcome = run.submit(reinterpret_cast<const writ_intent&>(record));
  if (outcome.intent_id == 0 || outcome.verdict.empty()) {
    throw Refusal{"not judged: the run is halting"};
  }
  const auto& verdict = *model::as<writ_verdict>(model::record_in(outcome.verdict));
  json::object answer;
  answer["intent_id"] = std::to_string(outcome.intent_id);
  answer["approved"] = verdict.approved != 0;
  answer["verdict"] = as_json(run, verdict.header);
  auto& orders = answer["orders"].emplace_array();
  for (const auto& order : outcome.orders) orders.push_back(as_json(run, order.header));
  return answer;
}

}  // namespace

bool is_order_request(std::string_view command) {
  return command == "order_place" || command == "order_cancel" || command == "order_replace" ||
         command == "order_cancel_all";
}

void carry_out_order(engine::Run& run, ControlRequest& request) {
  const OrderRequest asked(run, request);
  const auto command = request.text("command");
  const auto reason = request.text("reason");
  try {
    if (command != "order_cancel_all") {
      const auto intent = command == "order_place"    ? asked.place()
                          : command == "order_cancel" ? asked.cancel()
                                                      : asked.replace();
      return request.reply(submit(run, intent, reason));
    }
    json::object answer;
    auto& intents = answer["intents"].emplace_array();
    bool approved = true;
    std::size_t orders = 0;
    for (const auto& intent : asked.cancel_all()) {
      intents.emplace_back(submit(run, intent, reason));
      const auto& made = intents.back().get_object();
      approved = approved && made.at("approved").as_bool();
      orders += made.at("orders").as_array().size();
    }
    answer["approved"] = approved;
    answer["cancelled"] = orders;
    request.reply(std::move(answer));
  } catch (const Refusal& refusal) {
    request.refuse(refusal.why);
  }
}

}  // namespace writ::ops
