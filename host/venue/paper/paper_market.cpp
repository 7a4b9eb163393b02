#include "host/venue/paper/paper_market.hpp"

#include "host/model/record_view.hpp"
#include "host/venue/paper/sides.hpp"

#include <algorithm>
#include <limits>
#include <span>

namespace writ::venue::paper {

using market::Side;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
// Reductions in per cent, at 1e-9: from here on unmatched lays on the other runners are cancelled.
// Source: Betfair, reduction factors of non-runners.
constexpr std::int64_t kWinCancelsLays = 2'500'000'000;
constexpr std::int64_t kPlaceCancelsLays = 4'000'000'000;

struct Changes {
  std::span<const writ_level> bids;
  std::span<const writ_level> asks;
};

Changes changes_of(const writ_book_delta& change) {
  const auto bids = model::tail_array<writ_level>(change, change.bid_count);
  return {bids, model::tail_array<writ_level>(change, change.ask_count,
                                              bids.size() * sizeof(writ_level))};
}

bool is_about(const writ_book_delta& change, Side side, std::int64_t price) {
  const auto changes = changes_of(change);
  const auto& levels = side == Side::kBid ? changes.bids : changes.asks;
  return std::any_of(levels.begin(), levels.end(),
                     [price](const writ_level& level) { return level.price == price; });
}

}  // namespace

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
  if (consumed_[index_of(side)].empty()) {
    const writ_level* best = sync_.book().best(side);
    return best == nullptr ? std::nullopt : std::optional(best->price);
  }
  std::optional<std::int64_t> best;
  sync_.book().for_each(side, [&](const writ_level& level) {
    if (available(side, level) > 0) best = level.price;
    return !best;
  });
  return best;
}

Side PaperMarket::side_of(const writ_order& order) const {
  return resting_side(instrument_, order.side);
}

std::int64_t PaperMarket::displayed(const writ_order& order) const {
  return sync_.book().quantity_at(side_of(order), order.price);
}

std::int64_t PaperMarket::tradable(const writ_order& order) const {
  const std::int64_t left = left_of(order);
  const bool reduces = (order.flags & WRIT_INTENT_REDUCE_ONLY) != 0;
  if (!reduces || instrument_.kind != WRIT_KIND_PERP) return left;
  const auto closable = [&](std::uint32_t instance) {
    const auto held = positions_.find({order.account, instance});
    const std::int64_t position = held == positions_.end() ? 0 : held->second;
    return order.side == WRIT_SIDE_BUY ? -position : position;
  };
  const std::int64_t most = std::max(closable(0), closable(order.instance));
  return std::clamp<std::int64_t>(most, 0, left);
}

std::int64_t PaperMarket::whole_lots(std::int64_t quantity) const {
  return instrument_.lot > 0 ? quantity - quantity % instrument_.lot : quantity;
}

// --- what the market did -----------------------------------------------------------------------

void PaperMarket::on_instrument(const writ_instrument& instrument, std::int64_t now, Outbox& out) {
  if (instrument.tick != instrument_.tick) sync_.set_tick(instrument.tick);
  instrument_ = instrument;
  if (instrument.status >= WRIT_INSTRUMENT_CLOSED) end_all(now, out);
}

void PaperMarket::on_image(const writ_book_snapshot& image, std::int64_t now, Outbox& out) {
  for (auto& consumed : consumed_) consumed.clear();
  take_steps(sync_.on_image(image), nullptr, now, out);
}

void PaperMarket::on_change(const writ_book_delta& change, std::int64_t now, Outbox& out) {
  const market::SyncStep step = sync_.on_change(change);
  if (step.outcome == market::SyncOutcome::kApplied) {
    const auto [bids, asks] = changes_of(change);
    // An update of a level is news of it even where the quantity is the same.
    if (!consumed_[0].empty()) {
      for (const writ_level& level : bids) consumed_[0].erase(level.price);
    }
    if (!consumed_[1].empty()) {
      for (const writ_level& level : asks) consumed_[1].erase(level.price);
    }
  }
  take_steps(step, &change, now, out);
}

void PaperMarket::take_steps(const market::SyncStep& step, const writ_book_delta* change,
                             std::int64_t now, Outbox& out) {
  if (step.outcome != market::SyncOutcome::kApplied) return;
  while (sync_.has_buffered()) {
    change = nullptr;
    if (sync_.apply_buffered().outcome == market::SyncOutcome::kApplied) {
      for (auto& consumed : consumed_) consumed.clear();
    }
  }
  if (sync_.in_sync()) on_book_moved(change, now, out);
}

void PaperMarket::on_book_moved(const writ_book_delta* change, std::int64_t now, Outbox& out) {
  if (resting_.empty()) return;
  const auto bid = best_available(Side::kBid);
  const auto ask = best_available(Side::kAsk);
  bool filled = false;
  for (Resting& resting : resting_) {
    const writ_order& order = resting.order;
    const Side side = side_of(order);
    const bool is_touched = change == nullptr || is_about(*change, side, order.price);
    const std::int64_t shown = is_touched ? displayed(order) : resting.displayed;
    if (shown != resting.displayed || resting.queue.front == kFrontUnknown) {
      on_level_change(options_.queue_model, resting.queue, resting.displayed, shown);
      resting.displayed = shown;
    }
    const auto& against = side == Side::kBid ? ask : bid;
    if (against && reaches(side, order.price, *against)) {
      fill_resting(resting, tradable(order), now, out);
      filled = true;
    }
  }
  if (filled) drop_finished(now, out);
}

void PaperMarket::on_trade(const writ_trade& trade, std::int64_t now, Outbox& out) {
  if (resting_.empty() || (trade.flags & WRIT_TRADE_OUTSIDE_BOOK) != 0 || trade.quantity <= 0) {
    return;
  }
  // Of several own orders at the price the earlier one takes its share first.
  std::int64_t left[2] = {trade.quantity, trade.quantity};
  for (Resting& resting : resting_) {
    const writ_order& order = resting.order;
    const Side side = side_of(order);
    if (is_through(side, order.price, trade.price)) {
      fill_resting(resting, tradable(order), now, out);
    } else if (order.price == trade.price && trade.side != WRIT_SIDE_NONE &&
               trade.side != order.side) {
      std::int64_t& volume = left[index_of(side)];
      const std::int64_t passed = on_trade_at_price(resting.queue, volume);
      const std::int64_t filled = std::min(tradable(order), whole_lots(passed));
      fill_resting(resting, filled, now, out);
      volume -= filled;
    }
  }
  drop_finished(now, out);
}

void PaperMarket::on_status(const writ_market_status& status, std::int64_t now, Outbox& out) {
  switch (status.status) {
    case WRIT_MARKET_CONNECTED:
      connected_ = true;
      return;
    case WRIT_MARKET_DISCONNECTED:
      connected_ = false;
      sync_.disconnect();
      for (auto& consumed : consumed_) consumed.clear();
      return;
    default:
      break;
  }
  const bool turned = status.in_play != 0 && !in_play_;
  trading_ = status.status;
  in_play_ = status.in_play != 0;
  bet_delay_ns_ =
      status.bet_delay_s != 0 ? std::int64_t{status.bet_delay_s} * kSecond : options_.bet_delay_ns;
  if (turned || trading_ == WRIT_MARKET_CLOSED) end_all(now, out);
}

void PaperMarket::on_settlement(std::int64_t now, Outbox& out) {
  positions_.clear();
  end_all(now, out);
}

void PaperMarket::on_adjustment(const writ_adjustment& adjustment, std::int64_t now, Outbox& out) {
  move_position(adjustment.account, adjustment.instance, adjustment.quantity);
  drop_finished(now, out);
}

void PaperMarket::on_reduction(const writ_reduction& reduction, std::int64_t now, Outbox& out) {
  if (reduction.instrument == instrument_.instrument) return end_all(now, out);
  const bool place = reduction.market == WRIT_REDUCTION_PLACE;
  if (reduction.factor < (place ? kPlaceCancelsLays : kWinCancelsLays)) return;
  end_orders(WRIT_REPORT_CANCELLED, WRIT_REPORT_REASON_MARKET, now, out,
             [](const writ_order& order) { return order.side == WRIT_SIDE_SELL; });
}

bool PaperMarket::fill(writ_order& order, std::int64_t price, std::int64_t quantity,
                       std::uint16_t liquidity, std::int64_t now, Outbox& out) {
  if (!out.fill(instrument_, order, price, quantity, liquidity, now)) return false;
  order.filled += quantity;
  move_position(order.account, order.instance, order.side == WRIT_SIDE_BUY ? quantity : -quantity);
  return true;
}

void PaperMarket::move_position(std::uint32_t account, std::uint32_t instance,
                                std::int64_t change) {
  if (instrument_.kind != WRIT_KIND_PERP) return;
  const auto move = [change](std::int64_t& position) {
    if (!__builtin_add_overflow(position, change, &position)) return;
    position = change < 0 ? -std::numeric_limits<std::int64_t>::max()
                          : std::numeric_limits<std::int64_t>::max();
  };
  move(positions_[{account, 0}]);
  if (instance != 0) move(positions_[{account, instance}]);
}

void PaperMarket::fill_resting(Resting& resting, std::int64_t quantity, std::int64_t now,
                               Outbox& out) {
  if (quantity <= 0) return;
  (void)fill(resting.order, resting.order.price, quantity, WRIT_LIQUIDITY_MAKER, now, out);
}

template <class Ends>
void PaperMarket::end_orders(std::uint16_t kind, std::uint16_t reason, std::int64_t now,
                             Outbox& out, Ends ends) {
  for (const Resting& resting : resting_) {
    if (ends(resting.order)) out.report(resting.order, kind, reason, now);
  }
  std::erase_if(resting_, [&](const Resting& resting) { return ends(resting.order); });
}

void PaperMarket::end_all(std::int64_t now, Outbox& out) {
  end_orders(WRIT_REPORT_CANCELLED, WRIT_REPORT_REASON_MARKET, now, out,
             [](const writ_order&) { return true; });
}

void PaperMarket::expire(std::int64_t now, Outbox& out) {
  end_orders(WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_EXPIRY, now, out,
             [now](const writ_order& order) {
               return order.time_in_force == WRIT_TIF_GTD && order.expire_ts <= now;
             });
}

void PaperMarket::drop_finished(std::int64_t now, Outbox& out) {
  const bool all_go_on = std::all_of(resting_.begin(), resting_.end(), [this](const Resting& each) {
    return tradable(each.order) > 0;
  });
  if (all_go_on) return;
  std::erase_if(resting_, [](const Resting& resting) { return left_of(resting.order) <= 0; });
  end_orders(WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_REDUCE_ONLY, now, out,
             [this](const writ_order& order) { return tradable(order) <= 0; });
}

PaperMarket PaperMarket::without_orders() const {
  auto market = *this;
  for (auto& consumed : market.consumed_) consumed.clear();
  market.positions_.clear();
  market.resting_.clear();
  return market;
}

// --- saved state -------------------------------------------------------------------------------

void PaperMarket::save(base::ByteWriter& out) const {
  out.put(instrument_);
  sync_.save(out);
  out.put(static_cast<std::uint32_t>(connected_ ? 1 : 0));
  out.put(static_cast<std::uint32_t>(in_play_ ? 1 : 0));
  out.put(bet_delay_ns_);
  out.put(trading_);
  out.put(static_cast<std::uint64_t>(positions_.size()));
  for (const auto& [holder, position] : positions_) {
    out.put(holder.first);
    out.put(holder.second);
    out.put(position);
  }
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
  in_play_ = in.get<std::uint32_t>() != 0;
  bet_delay_ns_ = in.get<std::int64_t>();
  trading_ = in.get<std::uint32_t>();
  positions_.clear();
  for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
    const auto account = in.get<std::uint32_t>();
    const auto instance = in.get<std::uint32_t>();
    positions_[{account, instance}] = in.get<std::int64_t>();
  }
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
