#include "host/cli/trace.hpp"

#include "host/base/input_error.hpp"
#include "host/cli/numbering.hpp"
#include "host/journal/folder.hpp"
#include "host/journal/reader.hpp"
#include "host/model/catalogue.hpp"
#include "host/model/names.hpp"
#include "host/model/record_json.hpp"
#include "host/model/record_view.hpp"

#include <writ/decimal.hpp>
#include <writ/money_abi.hpp>

#include <boost/json/array.hpp>

#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

namespace writ::cli {
namespace {

namespace json = boost::json;

// What the wanted id belongs to.
struct Target {
  RunNumber run{0};
  std::uint64_t intent = 0;    // 0: an order the host did not make
  std::uint64_t order = 0;     // of such an order
  std::uint64_t snapshot = 0;  // seq, in the same run
};

base::InputError unreadable(const journal::Reader& reader, const base::Error& error) {
  return {"", reader.describe(error)};
}

journal::Reader open(journal::Storage& storage, const std::filesystem::path& folder) {
  auto reader = journal::Reader::open(storage, folder);
  if (!reader) throw base::InputError::from(folder.string(), reader.error());
  return std::move(*reader);
}

// Calls `visit(record)` for the records of a run from its first, until it says false.
template <class Visit>
void each_record(journal::Reader& reader, Visit&& visit) {
  for (;;) {
    const auto next = reader.next();
    if (!next) throw unreadable(reader, next.error());
    if (*next == nullptr || !visit(**next)) return;
  }
}

class Search {
 public:
  Search(journal::Storage& storage, std::filesystem::path folder)
      : storage_(storage), folder_(std::move(folder)) {}

  Target find(const std::string& id) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    const bool numeric = error == std::errc() && end == id.data() + id.size();
    return numeric ? find_record(number) : find_client_order(id);
  }

 private:
  Target find_record(std::uint64_t id) {
    const RunNumber run = run_of(IntentId{id});
    const auto folder = journal::run_folder(folder_, run);
    const auto exists = storage_.exists(folder);
    if (!exists || !*exists) unknown(std::to_string(id));
    auto reader = open(storage_, folder);
    if (const auto sought = reader.seek(seq_of(IntentId{id})); !sought) unknown(std::to_string(id));
    const auto next = reader.next();
    if (!next || *next == nullptr) unknown(std::to_string(id));
    const writ_record& record = **next;
    if (model::as<writ_intent>(record) != nullptr) return of_intent(id);
    if (const auto* verdict = model::as<writ_verdict>(record)) return of_intent(verdict->intent_id);
    if (const auto* order = model::as<writ_order>(record)) {
      return of_order(run, order->intent_id, order->order_id);
    }
    if (const auto* fill = model::as<writ_fill>(record)) {
      return of_order(run, fill->intent_id, fill->order_id);
    }
    throw base::InputError("", "record " + std::to_string(id) + " is a " +
                                   std::string(model::type_name(record.type)) +
                                   ": trace takes an intent, an order or a fill");
  }

  Target find_client_order(const std::string& client_order_id) {
    const auto runs = journal::list_runs(storage_, folder_);
    if (!runs) throw base::Failure(runs.error());
    for (auto run = runs->rbegin(); run != runs->rend(); ++run) {
      std::optional<Target> found;
      auto reader = open(storage_, run->folder);
      each_record(reader, [&](const writ_record& record) {
        const auto* order = model::as<writ_order>(record);
        if (order == nullptr || model::text_of(order->client_order_id) != client_order_id) {
          return true;
        }
        found = of_order(run->number, order->intent_id, order->order_id);
        return false;
      });
      if (found) return *found;
    }
    unknown(client_order_id);
  }

  Target of_order(RunNumber run, std::uint64_t intent, std::uint64_t order) {
    if (intent != 0) return of_intent(intent);
    Target target;
    target.run = run;
    target.order = order;
    return target;
  }

  Target of_intent(std::uint64_t id) {
    Target target;
    target.intent = id;
    target.run = run_of(IntentId{id});
    auto reader = open(storage_, journal::run_folder(folder_, target.run));
    if (const auto sought = reader.seek(seq_of(IntentId{id})); !sought) unknown(std::to_string(id));
    const auto next = reader.next();
    if (!next || *next == nullptr) unknown(std::to_string(id));
    if (const auto* intent = model::as<writ_intent>(**next)) target.snapshot = intent->snapshot_seq;
    return target;
  }

  [[noreturn]] void unknown(const std::string& id) const {
    throw base::InputError("", "no record " + id + " in " + folder_.string());
  }

  journal::Storage& storage_;
  std::filesystem::path folder_;
};

std::string id_text(RunNumber run, const writ_record& record) {
  return std::to_string(record_id<IntentId>(run, Seq{record.seq}).raw());
}

// How far a value is from its limit, in the check's unit.
std::string distance_text(const writ_check& check) {
  const Int128 value = from_abi(check.value).raw;
  const Int128 limit = from_abi(check.limit).raw;
  const Int128 distance = value > limit ? value - limit : limit - value;
  switch (check.unit) {
    case WRIT_UNIT_MONEY:
      return DecimalText(distance, 18).str();
    case WRIT_UNIT_PRICE:
    case WRIT_UNIT_QUANTITY:
    case WRIT_UNIT_RATE:
      return DecimalText(distance, 9).str();
    default:
      return DecimalText(distance, 0).str();
  }
}

// Collects the chain while the records pass.
class Chain {
 public:
  explicit Chain(const Target& target) : target_(target) {
    if (target.order != 0) orders_.insert(target.order);
  }

  void take(RunNumber run, const writ_record& record) {
    static_cast<void>(tables_.apply(record));
    if (run == target_.run) take_decision(run, record);
    take_outcome(run, record);
  }
  void begin_run() { tables_ = {}; }

  [[nodiscard]] json::object result() && {
    json::object result;
    result["intent"] = std::move(intent_);
    result["snapshot"] = std::move(snapshot_);
    result["features"] = std::move(features_);
    result["signals"] = std::move(signals_);
    result["rationale"] = std::move(rationale_);
    result["verdict"] = std::move(verdict_);
    auto& orders = result["orders"].emplace_array();
    for (auto& [id, order] : order_json_) orders.push_back(std::move(order));
    result["fills"] = std::move(fills_);
    result["executed_trades"] = std::move(trades_);
    result["ledger"] = std::move(ledger_);
    result["pnl"] = pnl();
    return result;
  }

 private:
  json::object as_json(RunNumber run, const writ_record& record) const {
    auto object = model::record_to_json(record, tables_);
    object["id"] = id_text(run, record);
    return object;
  }

  void take_decision(RunNumber run, const writ_record& record) {
    if (const auto* snapshot = model::as<writ_snapshot>(record)) {
      if (record.seq == target_.snapshot) take_snapshot(run, *snapshot);
    } else if (const auto* intent = model::as<writ_intent>(record)) {
      if (target_.intent != record_id<IntentId>(run, Seq{record.seq}).raw()) return;
      auto object = as_json(run, intent->header);
      if (auto* why = object.if_contains("rationale")) rationale_ = *why;
      object.erase("rationale");
      intent_ = std::move(object);
    }
  }

  void take_snapshot(RunNumber run, const writ_snapshot& snapshot) {
    auto object = as_json(run, snapshot.header);
    if (const auto* features = object.if_contains("features")) features_ = *features;
    if (const auto* list = object.if_contains("signals")) signals_ = *list;
    object.erase("features");
    object.erase("signals");
    snapshot_ = std::move(object);
  }

  // Whatever run it happened in.
  void take_outcome(RunNumber run, const writ_record& record) {
    if (const auto* verdict = model::as<writ_verdict>(record)) {
      if (target_.intent != 0 && verdict->intent_id == target_.intent) take_verdict(run, *verdict);
    } else if (const auto* order = model::as<writ_order>(record)) {
      take_order(run, *order);
    } else if (const auto* report = model::as<writ_report>(record)) {
      if (orders_.count(report->order_id) == 0) return;
      order_json_[report->order_id]["reports"].as_array().push_back(as_json(run, record));
    } else if (const auto* fill = model::as<writ_fill>(record)) {
      if (orders_.count(fill->order_id) == 0) return;
      fill_ids_.insert(record_id<FillId>(run, Seq{record.seq}).raw());
      fills_.push_back(as_json(run, record));
    } else if (const auto* trade = model::as<writ_executed_trade>(record)) {
      if (fill_ids_.count(trade->fill_id) > 0) trades_.push_back(as_json(run, record));
    } else if (const auto* entry = model::as<writ_ledger>(record)) {
      if (entry->ref_kind != WRIT_REF_FILL || fill_ids_.count(entry->ref) == 0) return;
      ledger_.push_back(as_json(run, record));
      if (entry->ledger != WRIT_LEDGER_PNL) return;
      auto& sums = pnl_[std::string(tables_.asset_name(entry->asset))];
      const Money amount = from_abi(entry->amount);
      if (entry->kind == WRIT_ENTRY_REALIZED) sums.realized += amount;
      if (entry->kind == WRIT_ENTRY_FEE) sums.fees -= amount;
    }
  }

  void take_verdict(RunNumber run, const writ_verdict& verdict) {
    verdict_run_ = run;
    verdict_seq_ = verdict.header.seq;
    auto object = as_json(run, verdict.header);
    const auto* checks = reinterpret_cast<const writ_check*>(&verdict + 1);
    for (std::uint32_t i = 0; i < verdict.check_count; ++i) {
      if (checks[i].result != WRIT_CHECK_FAILED) continue;
      auto failed = object.at("checks").at(i).as_object();
      if (checks[i].unit != WRIT_UNIT_NONE) failed["by"] = distance_text(checks[i]);
      object["failed"] = std::move(failed);
      break;
    }
    verdict_ = std::move(object);
  }

  // Made by the intent, or changed by its verdict: a cancel or a replacement.
  void take_order(RunNumber run, const writ_order& order) {
    const bool made = target_.intent != 0 && order.intent_id == target_.intent;
    const bool changed =
        verdict_seq_ != 0 && run == verdict_run_ && order.cause_seq == verdict_seq_;
    const bool followed = orders_.count(order.order_id) > 0;
    if (!made && !changed && !followed) return;
    orders_.insert(order.order_id);
    auto found = order_json_.find(order.order_id);
    if (found == order_json_.end()) {
      found = order_json_.emplace(order.order_id, json::object()).first;
      found->second["order_id"] = std::to_string(order.order_id);
      found->second["client_order_id"] = model::text_of(order.client_order_id);
      found->second["side"] = model::kSideWords.text(order.side);
      found->second["state"] = nullptr;
      found->second["transitions"].emplace_array();
      found->second["reports"].emplace_array();
    }
    found->second["state"] = model::kOrderStateWords.text(order.state);
    found->second["transitions"].as_array().push_back(as_json(run, order.header));
  }

  [[nodiscard]] json::object pnl() const {
    json::object result;
    for (const auto& [asset, sums] : pnl_) {
      result[asset] = {{"realized", to_string(sums.realized)},
                       {"fees", to_string(sums.fees)},
                       {"net", to_string(sums.realized - sums.fees)}};
    }
    return result;
  }

  struct Sums {
    Money realized;
    Money fees;
  };

  Target target_;
  model::InstrumentTable tables_;
  RunNumber verdict_run_{0};
  std::uint64_t verdict_seq_ = 0;
  std::set<std::uint64_t> orders_;
  std::set<std::uint64_t> fill_ids_;
  std::map<std::string, Sums> pnl_;

  json::value intent_;
  json::value snapshot_;
  json::value features_ = json::object();
  json::value signals_ = json::array();
  json::value rationale_;
  json::value verdict_;
  std::map<std::uint64_t, json::object> order_json_;
  json::array fills_;
  json::array trades_;
  json::array ledger_;
};

}  // namespace

json::object trace(journal::Storage& storage, const std::filesystem::path& run_folder,
                   const std::string& id) {
  const auto folder = std::filesystem::absolute(run_folder).lexically_normal().parent_path();
  const Target target = Search(storage, folder).find(id);
  Chain chain(target);
  const auto runs = journal::list_runs(storage, folder);
  if (!runs) throw base::Failure(runs.error());
  for (const auto& run : *runs) {
    if (run.number < target.run) continue;
    auto reader = open(storage, run.folder);
    chain.begin_run();
    each_record(reader, [&](const writ_record& record) {
      chain.take(run.number, record);
      return true;
    });
  }
  auto result = std::move(chain).result();
  result["run"] = target.run.raw();
  return result;
}

}  // namespace writ::cli
