#include "host/venue/paper/outbox.hpp"

#include "host/base/assert.hpp"
#include "host/execution/answer.hpp"
#include "host/model/record_view.hpp"
#include "host/venue/paper/fees.hpp"

#include <writ/money.hpp>
#include <writ/money_abi.hpp>

#include <algorithm>
#include <string>

namespace writ::venue::paper {
namespace {

std::int64_t due_of(const std::variant<writ_report, writ_fill>& answer) {
  return std::visit([](const auto& record) { return record.header.ingest_ts; }, answer);
}

}  // namespace

std::string Outbox::next_order_id() { return id_prefix_ + "P" + std::to_string(++orders_); }

void Outbox::stamp(writ_record& answer, std::int64_t at, std::int64_t due) {
  last_due_ = std::max(last_due_, due);
  answer.event_ts = at;
  answer.ingest_ts = last_due_;
}

void Outbox::report(const writ_order& order, std::uint16_t kind, std::uint16_t reason,
                    std::int64_t at) {
  put_report(order, kind, reason, at, at + latency_.report_ns(at));
}

void Outbox::report_lost(const writ_order& order, std::int64_t at) {
  const std::uint16_t kind = order.command == WRIT_COMMAND_SEND     ? WRIT_REPORT_REJECTED
                             : order.command == WRIT_COMMAND_CANCEL ? WRIT_REPORT_CANCEL_REJECTED
                                                                    : WRIT_REPORT_REPLACE_REJECTED;
  put_report(order, kind, WRIT_REPORT_REASON_OTHER, at, at);
}

void Outbox::put_report(const writ_order& order, std::uint16_t kind, std::uint16_t reason,
                        std::int64_t at, std::int64_t due) {
  auto report = execution::answer_to<writ_report>(order);
  stamp(report.header, at, due);
  report.kind = kind;
  report.reason = reason;
  report.price = order.price;
  report.quantity = order.quantity;
  report.filled = order.filled;
  report.venue_seq = ++answers_;
  waiting_.emplace_back(report);
}

bool Outbox::fill(const writ_instrument& instrument, const writ_order& order, std::int64_t price,
                  std::int64_t quantity, std::uint16_t liquidity, std::int64_t at) {
  const auto fee = fee_of(instrument, Price{price}, Quantity{quantity}, liquidity);
  if (!fee || !checked_notional(Price{price}, Quantity{quantity})) return false;

  auto fill = execution::answer_to<writ_fill>(order);
  stamp(fill.header, at, at + latency_.report_ns(at));
  fill.side = order.side;
  fill.liquidity = liquidity;
  fill.price = price;
  fill.quantity = quantity;
  fill.fee = to_abi(*fee);
  fill.fee_asset = fee_asset_of(instrument);
  fill.fee_asset_quantity = to_abi(*fee);
  fill.venue_seq = ++answers_;
  const bool fits =
      model::set_text(fill.exchange_trade_id, id_prefix_ + "T" + std::to_string(++trades_));
  WRIT_ASSERT(fits);
  waiting_.emplace_back(fill);
  return true;
}

std::optional<std::int64_t> Outbox::next_due() const {
  if (waiting_.empty()) return std::nullopt;
  return due_of(waiting_.front());
}

const writ_record* Outbox::take(std::int64_t until) {
  if (waiting_.empty() || due_of(waiting_.front()) > until) return nullptr;
  taken_ = waiting_.front();
  waiting_.pop_front();
  return std::visit([](const auto& record) { return &record.header; }, taken_);
}

void Outbox::save(base::ByteWriter& out) const {
  out.put(orders_);
  out.put(trades_);
  out.put(answers_);
  out.put(last_due_);
  out.put(static_cast<std::uint64_t>(waiting_.size()));
  for (const Answer& answer : waiting_) {
    std::visit(
        [&out](const auto& record) {
          out.put(record.header.type);
          out.put(record);
        },
        answer);
  }
}

base::Result<void> Outbox::load(base::ByteReader& in) {
  orders_ = in.get<std::uint64_t>();
  trades_ = in.get<std::uint64_t>();
  answers_ = in.get<std::uint64_t>();
  last_due_ = in.get<std::int64_t>();
  waiting_.clear();
  for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
    const auto type = in.get<std::uint16_t>();
    if (type == WRIT_RECORD_REPORT) {
      waiting_.emplace_back(in.get<writ_report>());
    } else if (type == WRIT_RECORD_FILL) {
      waiting_.emplace_back(in.get<writ_fill>());
    } else {
      return base::Error{base::Errc::kCorrupt, "load paper reports"};
    }
  }
  if (!in.ok()) return base::Error{base::Errc::kCorrupt, "load paper reports"};
  return {};
}

}  // namespace writ::venue::paper
