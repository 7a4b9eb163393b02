#include "host/venue/paper/paper_market.hpp"

#include "host/model/record_view.hpp"
#include "host/venue/paper/sides.hpp"

#include <algorithm>

namespace writ::venue::paper {

using market::Side;

PaperMarket::PaperMarket(const PaperOptions& options, const writ_instrument& instrument)
    : options_(options), instrument_(instrument), sync_(instrument.tick) {}

bool PaperMarket::is_open() const noexcept {
  return connected_ && trading_ == WRIT_MARKET_OPEN && instrument_.status == WRIT_INSTRUMENT_ACTIVE;
}

bool PaperMarket::has_book() const noexcept { return sync_.in_sync() && !sync_.book().crossed(); }

std::int64_t PaperMarket::available(Side side, const writ_level& level) const {
  const auto& consumed = consumed_[index_of(side)];
  const auto taken = consumed.find(level.price);
  return taken == consumed.end() ? level.quantity
                                 : std::max<std::int64_t>(level.quantity - taken->second, 0);
}

std::optional<std::int64_t> PaperMarket::best_available(Side side) const {
  if (!has_book()) return std::nullopt;
  std::optional<std::int64_t> best;
  sync_.book().for_each(side, [&](const writ_level& level) {
    if (available(side, level) > 0) best = level.price;
    return !best;
  });
  return best;
}

std::int64_t PaperMarket::displayed(std::uint16_t side, std::int64_t price) const {
  return sync_.book().quantity_at(own_side(side), price);
}

std::int64_t PaperMarket::whole_lots(std::int64_t quantity) const {
  return instrument_.lot > 0 ? quantity - quantity % instrument_.lot : quantity;
}

// --- what the market did -----------------------------------------------------------------------

void PaperMarket::on_image(const writ_book_snapshot& image, std::int64_t now, Outbox& out) {
  for (auto& consumed : consumed_) consumed.clear();
  take_steps(sync_.on_image(image), now, out);
}

void PaperMarket::on_change(const writ_book_delta& change, std::int64_t now, Outbox& out) {
  const market::SyncStep step = sync_.on_change(change);
  if (step.outcome == market::SyncOutcome::kApplied) {
    const auto bids = model::tail_array<writ_level>(change, change.bid_count);
    const auto asks =
        model::tail_array<writ_level>(change, change.ask_count, bids.size() * sizeof(writ_level));
    // An update of a level is news of it even where the quantity is the same.
    if (!consumed_[0].empty()) {
      for (const writ_level& level : bids) consumed_[0].erase(level.price);
    }
    if (!consumed_[1].empty()) {
      for (const writ_level& level : asks) consumed_[1].erase(level.price);
    }
  }
  take_steps(step, now, out);
}

void PaperMarket::take_steps(const market::SyncStep& step, std::int64_t now, Outbox& out) {
  if (step.outcome != market::SyncOutcome::kApplied) return;
  while (sync_.has_buffered()) {
    if (sync_.apply_buffered().outcome == market::SyncOutcome::kApplied) {
      for (auto& consumed : consumed_) consumed.clear();
    }
  }
  if (sync_.in_sync()) on_book_moved(now, out);
}

void PaperMarket::on_book_moved(std::int64_t now, Outbox& out) {
  if (resting_.empty()) return;
  const auto bid = best_available(Side::kBid);
  const auto ask = best_available(Side::kAsk);
  for (Resting& resting : resting_) {
    const writ_order& order = resting.order;
    const std::int64_t shown = displayed(order.side, order.price);
    if (shown != resting.displayed || resting.queue.front == kFrontUnknown) {
      on_level_change(options_.queue_model, resting.queue, resting.displayed, shown);
      resting.displayed = shown;
    }
    const auto& against = order.side == WRIT_SIDE_BUY ? ask : bid;
    if (against && reaches(order.side, order.price, *against)) {
      fill_resting(resting, left_of(order), now, out);
    }
  }
  drop_finished();
}

void PaperMarket::on_trade(const writ_trade& trade, std::int64_t now, Outbox& out) {
  if (resting_.empty() || (trade.flags & WRIT_TRADE_OUTSIDE_BOOK) != 0 || trade.quantity <= 0) {
    return;
  }
  // Of several own orders at the price the earlier one takes its share first.
  std::int64_t left[2] = {trade.quantity, trade.quantity};
  for (Resting& resting : resting_) {
    const writ_order& order = resting.order;
    if (is_through(order.side, order.price, trade.price)) {
      fill_resting(resting, left_of(order), now, out);
    } else if (order.price == trade.price && trade.side != WRIT_SIDE_NONE &&
               trade.side != order.side) {
      std::int64_t& volume = left[index_of(own_side(order.side))];
      const std::int64_t passed = on_trade_at_price(resting.queue, volume);
      const std::int64_t filled = std::min(left_of(order), whole_lots(passed));
      fill_resting(resting, filled, now, out);
      volume -= filled;
    }
  }
  drop_finished();
}

void PaperMarket::on_status(std::uint32_t status, std::int64_t now, Outbox& out) {
  switch (status) {
    case WRIT_MARKET_CONNECTED:
      connected_ = true;
      break;
    case WRIT_MARKET_DISCONNECTED:
      connected_ = false;
      sync_.disconnect();
      for (auto& consumed : consumed_) consumed.clear();
      break;
    default:
      trading_ = status;
      break;
  }
  if (status != WRIT_MARKET_CLOSED) return;
  for (const Resting& resting : resting_) {
    out.report(resting.order, WRIT_REPORT_CANCELLED, WRIT_REPORT_REASON_MARKET, now);
  }
  resting_.clear();
}

void PaperMarket::fill_resting(Resting& resting, std::int64_t quantity, std::int64_t now,
                               Outbox& out) {
  if (quantity <= 0) return;
  writ_order& order = resting.order;
  if (!out.fill(instrument_, order, order.price, quantity, WRIT_LIQUIDITY_MAKER, now)) return;
  order.filled += quantity;
}

void PaperMarket::drop_finished() {
  resting_.erase(std::remove_if(resting_.begin(), resting_.end(),
                                [](const Resting& r) { return left_of(r.order) <= 0; }),
                 resting_.end());
}

// --- saved state -------------------------------------------------------------------------------

void PaperMarket::save(base::ByteWriter& out) const {
  out.put(instrument_);
  sync_.save(out);
  out.put(static_cast<std::uint32_t>(connected_ ? 1 : 0));
  out.put(trading_);
  for (const auto& consumed : consumed_) {
    out.put(static_cast<std::uint64_t>(consumed.size()));
    for (const auto& [price, quantity] : consumed) {
      out.put(price);
      out.put(quantity);
    }
  }
  out.put(static_cast<std::uint64_t>(resting_.size()));
  for (const Resting& resting : resting_) {
    out.put(resting.order);
    out.put(resting.queue.front);
    out.put(resting.queue.cum_trade);
    out.put(resting.displayed);
  }
}

base::Result<void> PaperMarket::load(base::ByteReader& in) {
  instrument_ = in.get<writ_instrument>();
  sync_.set_tick(instrument_.tick);
  if (const auto loaded = sync_.load(in); !loaded) return loaded.error();
  connected_ = in.get<std::uint32_t>() != 0;
  trading_ = in.get<std::uint32_t>();
  for (auto& consumed : consumed_) {
    consumed.clear();
    for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
      const auto price = in.get<std::int64_t>();
      consumed[price] = in.get<std::int64_t>();
    }
  }
  resting_.clear();
  for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
    Resting resting;
    resting.order = in.get<writ_order>();
    resting.queue.front = in.get<std::int64_t>();
    resting.queue.cum_trade = in.get<std::int64_t>();
    resting.displayed = in.get<std::int64_t>();
    resting_.push_back(resting);
  }
  if (!in.ok()) return base::Error{base::Errc::kCorrupt, "load paper market"};
  return {};
}

}  // namespace writ::venue::paper
