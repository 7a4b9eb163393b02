// What the venue said of orders: reports and fills become ORDER records.
#include "host/base/assert.hpp"
#include "host/execution/client_order_id.hpp"
#include "host/execution/order_incident.hpp"
#include "host/execution/orders.hpp"
#include "host/execution/reservation.hpp"

#include <writ/money_abi.hpp>

#include <algorithm>
#include <string>

namespace writ::execution {
namespace {

/// Accepted, and never rests.
bool is_immediate(const writ_order& order) {
  return order.order_type == WRIT_ORDER_MARKET || order.time_in_force == WRIT_TIF_IOC ||
         order.time_in_force == WRIT_TIF_FOK;
}

std::optional<OrderEvent> event_of(const writ_report& report, const writ_order& order) {
  switch (report.kind) {
    case WRIT_REPORT_ACCEPTED:
    case WRIT_REPORT_FOUND:
      return is_immediate(order) ? OrderEvent::kAcknowledged : OrderEvent::kOpened;
    case WRIT_REPORT_EXTERNAL:
      return OrderEvent::kOpened;
    case WRIT_REPORT_REJECTED:
      return OrderEvent::kRejected;
    case WRIT_REPORT_CANCELLED:
      return OrderEvent::kCancelled;
    case WRIT_REPORT_EXPIRED:
      return OrderEvent::kExpired;
    case WRIT_REPORT_CANCEL_REJECTED:
      return OrderEvent::kCancelRejected;
    case WRIT_REPORT_REPLACED:
      return OrderEvent::kReplaced;
    case WRIT_REPORT_REPLACE_REJECTED:
      return OrderEvent::kReplaceRejected;
    case WRIT_REPORT_UNKNOWN:
      return OrderEvent::kUnanswered;
    case WRIT_REPORT_FAILED:
      return OrderEvent::kFailed;
    default:
      return std::nullopt;
  }
}

/// An order of the venue's own making, as its first report or fill shows it.
template <class Answer>
writ_order external_order(const Answer& answer, std::uint16_t side, std::int64_t price,
                          std::int64_t quantity, OrderId id) {
  auto order = model::make_record<writ_order>();
  order.order_id = id.raw();
  order.instrument = answer.instrument;
  order.account = answer.account;
  order.book = WRIT_BOOK_MAIN;
  order.side = side;
  order.order_type = WRIT_ORDER_LIMIT;
  order.time_in_force = WRIT_TIF_GTC;
  order.price = price;
  order.quantity = quantity;
  order.expire_ts = WRIT_NONE;
  std::copy(std::begin(answer.client_order_id), std::end(answer.client_order_id),
            std::begin(order.client_order_id));
  std::copy(std::begin(answer.venue_order_id), std::end(answer.venue_order_id),
            std::begin(order.venue_order_id));
  return order;
}

template <class Answer>
OrderIncident incident_about(std::uint16_t code, std::uint16_t severity, const Answer& answer) {
  OrderIncident incident{code, severity};
  incident.account = answer.account;
  incident.instrument = answer.instrument;
  incident.instance = answer.instance;
  incident.cause_seq = answer.header.seq;
  return incident;
}

template <class Answer>
std::string name_of(const Answer& answer) {
  const auto text = model::text_of(answer.client_order_id);
  return text.empty() ? "order " + std::to_string(answer.order_id) : std::string(text);
}

/// Takes over the venue's name of the order; false if it says nothing new.
bool take_venue_id(writ_order& order, std::string_view venue_order_id) {
  if (venue_order_id.empty() || model::text_of(order.venue_order_id) == venue_order_id) {
    return false;
  }
  return model::set_text(order.venue_order_id, venue_order_id);
}

bool same_but_for_the_header(const writ_order& a, const writ_order& b) {
  return model::text_of(a.venue_order_id) == model::text_of(b.venue_order_id) &&
         a.state == b.state && a.price == b.price && a.quantity == b.quantity &&
         a.reason == b.reason;
}

/// Said before what is known already.
bool is_overtaken(std::uint64_t venue_seq, std::uint64_t known) {
  return venue_seq != 0 && venue_seq < known;
}

/// Says on which terms the venue holds the order.
bool states_terms(const writ_report& report) {
  return report.kind == WRIT_REPORT_REPLACED || report.kind == WRIT_REPORT_REPLACE_REJECTED ||
         report.kind == WRIT_REPORT_FOUND || report.kind == WRIT_REPORT_EXTERNAL;
}

/// The venue no longer has what it was to cancel or amend: its end or its fills are under way, or
/// lost.
bool finds_nothing(const writ_report& report) {
  return report.reason == WRIT_REPORT_REASON_NOT_FOUND &&
         (report.kind == WRIT_REPORT_CANCEL_REJECTED ||
          report.kind == WRIT_REPORT_REPLACE_REJECTED);
}

std::int64_t stated_or(std::int64_t stated, std::int64_t known) {
  return stated != WRIT_NONE && stated > 0 ? stated : known;
}

}  // namespace

void Orders::apply(const writ_report& report) {
  Entry* entry = find_entry(report.order_id, model::text_of(report.client_order_id));
  if (entry == nullptr) return;
  const auto event = event_of(report, entry->record);
  if (!event) return;
  entry->waits_since = report.header.ingest_ts;
  entry->reported_filled = std::max(entry->reported_filled, report.filled);
  entry->name_seq = std::max(entry->name_seq, report.venue_seq);
  if (report.kind != WRIT_REPORT_UNKNOWN) {
    entry->lookups = 0;
    entry->looking_up = false;
  }
  if (next_state(OrderState{entry->record.state}, *event).move == Move::kRefuse ||
      finds_nothing(report)) {
    entry->doubted = true;
  }
  if (report.kind == WRIT_REPORT_CANCEL_REJECTED) entry->cancelling = false;
  if (states_terms(report) && !is_overtaken(report.venue_seq, entry->terms_seq)) {
    entry->terms_seq = std::max(entry->terms_seq, report.venue_seq);
    const std::int64_t price = stated_or(report.price, entry->record.price);
    const std::int64_t quantity = stated_or(report.quantity, entry->record.quantity);
    if (report.kind == WRIT_REPORT_REPLACED &&
        (price != entry->record.price || quantity != entry->record.quantity)) {
      // Not the amendment asked for, which may still come: these are the terms until then.
      if (entry->replacing) {
        entry->agreed_price = price;
        entry->agreed_quantity = quantity;
      }
    } else {
      entry->replacing = false;
    }
    // What was said before the contradiction does not end it: the next look-up does.
    if (report.kind != WRIT_REPORT_REPLACE_REJECTED &&
        !is_overtaken(report.venue_seq, entry->name_seq)) {
      entry->doubted = false;
    }
  }
  settle(*entry);
  await(*entry);
}

void Orders::halt_on_external(std::string_view client_order_id) {
  if (is_own_client_order_id(client_order_id)) {
    halt_ =
        "an order with this host's prefix that it did not make: " + std::string(client_order_id);
  } else if (options_.external == ExternalOrders::kHalt) {
    halt_ = "an order this host did not make: " + std::string(client_order_id);
  }
}

void Orders::follow_external(const writ_report& report, model::RecordSink& sink) {
  const auto client_id = model::text_of(report.client_order_id);
  writ_order order = external_order(report, WRIT_SIDE_NONE, report.price, report.quantity,
                                    sink.next_id<OrderId>());
  order.state = WRIT_ORDER_OPEN;
  if (is_own_client_order_id(client_id) && report.reason == WRIT_REPORT_REASON_RESTART) {
    append_incident(
        incident_about(WRIT_INCIDENT_ORDER_UNKNOWN, WRIT_SEVERITY_CRITICAL, report),
        "an order of this host's that it knows nothing of, cancelled: " + std::string(client_id),
        sink);
    order.order_id = sink.next_id<OrderId>().raw();
    order.command = WRIT_COMMAND_CANCEL;
  } else {
    halt_on_external(client_id);
  }
  put(order, report.header.seq, sink);
}

// The terms the order has after a report that states them.
void Orders::settle_terms(const writ_report& report, const Exchange& before, writ_order& order) {
  if (is_overtaken(report.venue_seq, before.terms_seq)) return;
  const std::int64_t known_quantity = order.quantity;
  const std::int64_t price = stated_or(report.price, order.price);
  const std::int64_t quantity = stated_or(report.quantity, order.quantity);
  const bool asked_for = price == order.price && quantity == order.quantity;
  if (report.kind == WRIT_REPORT_REPLACE_REJECTED) {
    if (!before.replacing) return;
    order.price = before.agreed_price;
    order.quantity = before.agreed_quantity;
    order.requested = before.agreed_requested;
  } else if (report.kind != WRIT_REPORT_REPLACED || !before.replacing || asked_for) {
    order.price = price;
    order.quantity = quantity;
    const bool never_amended = before.replacing && price == before.agreed_price &&
                               quantity == before.agreed_quantity && !asked_for;
    if (never_amended) order.requested = before.agreed_requested;
  }
  // Never less than was filled, whichever of the two sizes the fills belonged to.
  order.quantity = std::max(order.quantity, std::min(order.filled, known_quantity));
}

void Orders::on_report(const writ_report& report, model::RecordSink& sink) {
  const auto client_id = model::text_of(report.client_order_id);
  const Entry* entry = find_entry(report.order_id, client_id);
  if (entry == nullptr) {
    if (report.kind == WRIT_REPORT_EXTERNAL) return follow_external(report, sink);
    append_incident(incident_about(WRIT_INCIDENT_ORDER_UNKNOWN, WRIT_SEVERITY_WARN, report),
                    "report of an order that is not known here: " + name_of(report), sink);
    return;
  }

  const Exchange before = *entry;
  const writ_order& known = entry->record;
  writ_order order = known;
  order.command = WRIT_COMMAND_NONE;
  const auto event = event_of(report, order);
  if (!event) {
    append_incident(incident_about(WRIT_INCIDENT_BAD_MESSAGE, WRIT_SEVERITY_ERROR, report),
                    "report of unknown kind " + std::to_string(report.kind), sink);
    return;
  }
  const Transition step = next_state(OrderState{order.state}, *event);
  apply(report);
  if (step.move == Move::kRefuse) {
    // Alive though it was proven never to have been: it must not go on unseen.
    const bool resurrected = order.state == WRIT_ORDER_FAILED &&
                             (*event == OrderEvent::kOpened || *event == OrderEvent::kAcknowledged);
    append_incident(
        incident_about(WRIT_INCIDENT_BAD_MESSAGE,
                       resurrected ? WRIT_SEVERITY_CRITICAL : WRIT_SEVERITY_ERROR, report),
        name_of(report) + ": " + std::string(to_string(*event)) + " while " +
            std::string(to_string(OrderState{order.state})),
        sink);
    if (resurrected) {
      take_venue_id(order, model::text_of(report.venue_order_id));
      order.command = WRIT_COMMAND_CANCEL;
      put(order, report.header.seq, sink);
    }
    return;
  }

  order.state = static_cast<std::uint16_t>(step.state);
  if (!is_overtaken(report.venue_seq, before.name_seq)) {
    take_venue_id(order, model::text_of(report.venue_order_id));
  }
  if (is_final(step.state) && step.move == Move::kGo) order.reason = report.reason;
  if (states_terms(report)) {
    settle_terms(report, before, order);
    const bool waits = find_entry(report.order_id, client_id)->replacing;
    if (!waits && !is_final(step.state) && order.filled > 0 && order.filled >= order.quantity) {
      order.state = WRIT_ORDER_FILLED;  // an amendment left nothing open
    }
  }
  if (*event == OrderEvent::kUnanswered && !before.looking_up && !is_final(step.state)) {
    append_incident(incident_about(WRIT_INCIDENT_ORDER_UNKNOWN, WRIT_SEVERITY_WARN, report),
                    "no answer in time: " + name_of(report), sink);
    order.command = WRIT_COMMAND_LOOKUP;
  } else if (report.kind == WRIT_REPORT_FOUND && before.cancelling && is_working(order)) {
    order.command = WRIT_COMMAND_CANCEL;  // the one asked for did not get there
  }
  // That the venue took an amendment is news, though the record has its terms since it was sent.
  const bool amended =
      before.replacing && !find_entry(report.order_id, client_id)->replacing && is_working(order);
  if (!amended && same_but_for_the_header(known, order) && order.command == WRIT_COMMAND_NONE) {
    return;
  }
  put(order, report.header.seq, sink);
}

bool Orders::on_fill(const writ_fill& fill, model::RecordSink& sink) {
  const auto refuse = [&](std::uint16_t code, std::uint16_t severity, const std::string& text) {
    append_incident(incident_about(code, severity, fill), text, sink);
    return false;
  };
  const auto trade_text = model::text_of(fill.exchange_trade_id);
  const auto value = checked_notional(Price{fill.price}, Quantity{fill.quantity});
  if (trade_text.empty() || fill.quantity <= 0) {
    return refuse(WRIT_INCIDENT_BAD_MESSAGE, WRIT_SEVERITY_ERROR,
                  "fill without trade id or quantity: " + name_of(fill));
  }
  if (!value) {
    return refuse(WRIT_INCIDENT_ARITHMETIC, WRIT_SEVERITY_CRITICAL,
                  "fill out of range: " + name_of(fill));
  }

  const auto client_id = model::text_of(fill.client_order_id);
  const Entry* entry = find_entry(fill.order_id, client_id);
  writ_order order;
  std::int64_t whole = 0;
  if (entry != nullptr) {
    TradeId trade{};
    std::copy(trade_text.begin(), trade_text.end(), trade.begin());
    if (entry->trades.count(trade) != 0) {
      if (entry->looking_up) return false;  // a look-up tells of every fill once more
      return refuse(WRIT_INCIDENT_DUPLICATE_FILL, WRIT_SEVERITY_WARN,
                    "fill " + std::string(trade_text) + " again: " + name_of(fill));
    }
    order = entry->record;
    whole = entry->replacing ? std::max(order.quantity, entry->agreed_quantity) : order.quantity;
  } else if (is_own_client_order_id(client_id)) {
    return refuse(WRIT_INCIDENT_ORDER_UNKNOWN, WRIT_SEVERITY_CRITICAL,
                  "fill of an own order that is not remembered, not booked: " + name_of(fill));
  } else {
    order = external_order(fill, fill.side, fill.price, fill.quantity, sink.next_id<OrderId>());
    order.state = WRIT_ORDER_OPEN;
    whole = order.quantity;
  }

  const auto filled = checked_add(Quantity{order.filled}, Quantity{fill.quantity});
  const auto fill_value = checked_add(from_abi(order.fill_value), *value);
  if (!filled || !fill_value) {
    return refuse(WRIT_INCIDENT_ARITHMETIC, WRIT_SEVERITY_CRITICAL,
                  "fills out of range: " + name_of(fill));
  }
  const bool external = order.intent_id == 0;
  if (external) whole = std::max(whole, filled->raw);  // its size is known only from its fills
  const auto event = filled->raw >= whole ? OrderEvent::kFilledWhole : OrderEvent::kFilledPart;
  const Transition step = next_state(OrderState{order.state}, event);
  // The money has moved whatever the venue said before, so the fill counts all the same.
  if (!external && (step.move == Move::kRefuse || filled->raw > whole)) {
    append_incident(incident_about(WRIT_INCIDENT_BAD_MESSAGE, WRIT_SEVERITY_CRITICAL, fill),
                    "fill beyond the order, booked: " + name_of(fill) + " while " +
                        std::string(to_string(OrderState{order.state})),
                    sink);
  }
  order.command = WRIT_COMMAND_NONE;
  order.state = static_cast<std::uint16_t>(step.state);
  order.filled = filled->raw;
  order.fill_value = to_abi(*fill_value);
  if (order.state == WRIT_ORDER_FILLED) order.reason = WRIT_REPORT_REASON_NONE;
  if (order.side == WRIT_SIDE_NONE) order.side = fill.side;
  // While an amendment is under way the venue may still fill what it had agreed to before.
  if (order.filled > order.quantity)
    order.quantity = std::max(order.quantity, std::min(whole, filled->raw));
  if (entry == nullptr || !is_overtaken(fill.venue_seq, entry->name_seq)) {
    take_venue_id(order, model::text_of(fill.venue_order_id));
  }
  if (entry == nullptr) halt_on_external(client_id);
  apply(fill);
  put(order, fill.header.seq, sink);
  return true;
}

}  // namespace writ::execution
