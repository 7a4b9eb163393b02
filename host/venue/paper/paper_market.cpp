#include "host/venue/paper/paper_market.hpp"

#include "host/base/assert.hpp"
#include "host/model/record_view.hpp"
#include "host/venue/paper/filters.hpp"
#include "host/venue/paper/self_trade.hpp"

#include <algorithm>
#include <span>
#include <string>

namespace writ::venue::paper {
namespace {

using market::Side;

/// The side of the book an order rests on, and the one it takes from.
Side own_side(std::uint16_t side) { return side == WRIT_SIDE_BUY ? Side::kBid : Side::kAsk; }
Side opposite_side(std::uint16_t side) { return side == WRIT_SIDE_BUY ? Side::kAsk : Side::kBid; }

std::size_t index_of(Side side) { return side == Side::kBid ? 0 : 1; }

/// Whether an order of this side and limit trades at `price`; a market order at any.
bool reaches(std::uint16_t side, std::int64_t limit, std::int64_t price) {
  if (limit == WRIT_NONE) return true;
  return side == WRIT_SIDE_BUY ? price <= limit : price >= limit;
}

/// Whether a resting order's limit lies beyond `price`, so that trading there went through it.
bool is_through(std::uint16_t side, std::int64_t limit, std::int64_t price) {
  return side == WRIT_SIDE_BUY ? price < limit : price > limit;
}

/// Whether `a` is a better price than `b` to take from that side.
bool is_better(Side side, std::int64_t a, std::int64_t b) {
  return side == Side::kAsk ? a < b : a > b;
}

std::int64_t left_of(const writ_order& order) { return order.quantity - order.filled; }

bool may_rest(const writ_order& order) {
  return order.order_type != WRIT_ORDER_MARKET &&
         (order.time_in_force == WRIT_TIF_GTC || order.time_in_force == WRIT_TIF_GTD);
}

}  // namespace

PaperMarket::PaperMarket(const PaperOptions& options, const writ_instrument& instrument)
    : options_(options), instrument_(instrument) {}

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
  const auto levels = sync_.book().best_last(side);
  for (std::size_t i = levels.size(); i-- > 0;) {
    if (available(side, levels[i]) > 0) return levels[i].price;
  }
  return std::nullopt;
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

// --- what we ask of it -------------------------------------------------------------------------

void PaperMarket::submit(writ_order order, std::int64_t now, Outbox& out) {
  order.filled = 0;
  if (!is_open()) {
    return out.report(order, WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_MARKET, now);
  }
  if (!passes_filters(instrument_, order)) {
    return out.report(order, WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_FILTER, now);
  }
  if ((order.flags & WRIT_INTENT_POST_ONLY) != 0 && would_take(order)) {
    return out.report(order, WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_POST_ONLY, now);
  }
  const bool fits =
      model::set_text(order.venue_order_id, "P" + std::to_string(out.next_order_number()));
  WRIT_ASSERT(fits);
  out.report(order, WRIT_REPORT_ACCEPTED, WRIT_REPORT_REASON_NONE, now);
  enter(order, now, out);
}

void PaperMarket::cancel(const writ_order& order, std::int64_t now, Outbox& out) {
  const auto resting = find(order.order_id);
  if (resting == resting_.end()) {
    return out.report(order, WRIT_REPORT_CANCEL_REJECTED, WRIT_REPORT_REASON_NOT_FOUND, now);
  }
  out.report(resting->order, WRIT_REPORT_CANCELLED, WRIT_REPORT_REASON_USER, now);
  resting_.erase(resting);
}

void PaperMarket::replace(const writ_order& order, std::int64_t now, Outbox& out) {
  const auto resting = find(order.order_id);
  if (resting == resting_.end()) {
    return out.report(order, WRIT_REPORT_REPLACE_REJECTED, WRIT_REPORT_REASON_NOT_FOUND, now);
  }
  const auto reject = [&](std::uint16_t reason) {
    out.report(resting->order, WRIT_REPORT_REPLACE_REJECTED, reason, now);
  };
  writ_order amended = resting->order;
  amended.price = order.price;
  amended.quantity = order.quantity;
  if (!is_open()) return reject(WRIT_REPORT_REASON_MARKET);
  if (!passes_filters(instrument_, amended)) return reject(WRIT_REPORT_REASON_FILTER);
  if ((amended.flags & WRIT_INTENT_POST_ONLY) != 0 && would_take(amended)) {
    return reject(WRIT_REPORT_REASON_POST_ONLY);
  }

  const bool keeps_its_place =
      amended.price == resting->order.price && amended.quantity <= resting->order.quantity;
  // Filled beyond the new quantity in the meantime: nothing is left open.
  amended.quantity = std::max(amended.quantity, amended.filled);
  out.report(amended, WRIT_REPORT_REPLACED, WRIT_REPORT_REASON_NONE, now);
  if (left_of(amended) == 0) {
    resting_.erase(resting);
  } else if (keeps_its_place) {
    resting->order = amended;
  } else {
    resting_.erase(resting);
    enter(amended, now, out);
  }
}

void PaperMarket::expire(std::int64_t now, Outbox& out) {
  const auto is_due = [now](const Resting& resting) {
    return resting.order.time_in_force == WRIT_TIF_GTD && resting.order.expire_ts <= now;
  };
  for (const Resting& resting : resting_) {
    if (!is_due(resting)) continue;
    out.report(resting.order, WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_EXPIRY, now);
  }
  resting_.erase(std::remove_if(resting_.begin(), resting_.end(), is_due), resting_.end());
}

std::optional<std::int64_t> PaperMarket::next_expiry() const {
  std::optional<std::int64_t> earliest;
  for (const Resting& resting : resting_) {
    if (resting.order.time_in_force != WRIT_TIF_GTD) continue;
    if (!earliest || resting.order.expire_ts < *earliest) earliest = resting.order.expire_ts;
  }
  return earliest;
}

std::vector<PaperMarket::Resting>::iterator PaperMarket::find(std::uint64_t order_id) {
  return std::find_if(resting_.begin(), resting_.end(), [order_id](const Resting& resting) {
    return resting.order.order_id == order_id;
  });
}

bool PaperMarket::would_take(const writ_order& order) const {
  const auto best = best_available(opposite_side(order.side));
  if (best && reaches(order.side, order.price, *best)) return true;
  return std::any_of(resting_.begin(), resting_.end(), [&order](const Resting& resting) {
    return resting.order.account == order.account && resting.order.side != order.side &&
           reaches(order.side, order.price, resting.order.price);
  });
}

std::vector<PaperMarket::Step> PaperMarket::plan(const writ_order& order) const {
  const Side side = opposite_side(order.side);
  // Own orders it could meet, best price first, then in time priority.
  std::vector<std::size_t> own;
  for (std::size_t i = 0; i < resting_.size(); ++i) {
    const writ_order& other = resting_[i].order;
    if (other.account == order.account && other.side != order.side &&
        reaches(order.side, order.price, other.price)) {
      own.push_back(i);
    }
  }
  std::stable_sort(own.begin(), own.end(), [this, side](std::size_t a, std::size_t b) {
    return is_better(side, resting_[a].order.price, resting_[b].order.price);
  });

  std::vector<Step> steps;
  std::int64_t left = left_of(order);
  const auto meet = [&](std::size_t at) {
    const std::int64_t price = resting_[at].order.price;
    steps.push_back({Step::Kind::kOwnOrder, price, 0, at});
    left = prevent_self_trade(options_.self_trade, left, left_of(resting_[at].order)).taker_left;
  };
  const auto take = [&](std::int64_t price, std::int64_t quantity) {
    const std::int64_t taken = whole_lots(std::min(left, quantity));
    if (taken <= 0) return std::int64_t{0};
    steps.push_back({Step::Kind::kTake, price, taken, 0});
    left -= taken;
    return taken;
  };

  std::size_t next_own = 0;
  const auto levels = has_book() ? sync_.book().best_last(side) : std::span<const writ_level>{};
  for (std::size_t i = levels.size(); i-- > 0 && left > 0;) {
    const writ_level& level = levels[i];
    if (!reaches(order.side, order.price, level.price)) break;
    while (left > 0 && next_own < own.size() &&
           is_better(side, resting_[own[next_own]].order.price, level.price)) {
      meet(own[next_own++]);
    }
    std::int64_t here = available(side, level);
    std::int64_t taken_here = 0;
    while (left > 0 && next_own < own.size() &&
           resting_[own[next_own]].order.price == level.price) {
      // What stands in front of our own order trades first.
      const std::int64_t ahead = std::min(here, resting_[own[next_own]].queue.front - taken_here);
      const std::int64_t taken = take(level.price, ahead);
      here -= taken;
      taken_here += taken;
      if (left > 0) meet(own[next_own++]);
    }
    if (left > 0) take(level.price, here);
  }
  while (left > 0 && next_own < own.size()) meet(own[next_own++]);
  return steps;
}

void PaperMarket::enter(writ_order order, std::int64_t now, Outbox& out) {
  const Side side = opposite_side(order.side);
  const std::vector<Step> steps = plan(order);
  if (order.time_in_force == WRIT_TIF_FOK && order.order_type != WRIT_ORDER_MARKET) {
    std::int64_t fillable = 0;
    for (const Step& step : steps) fillable += step.quantity;
    if (fillable < left_of(order)) {
      return out.report(order, WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_NO_LIQUIDITY, now);
    }
  }

  for (const Step& step : steps) {
    if (step.kind == Step::Kind::kTake) {
      if (!out.fill(instrument_, order, step.price, step.quantity, WRIT_LIQUIDITY_TAKER, now)) {
        break;  // worth more than money can hold: no such trade
      }
      order.filled += step.quantity;
      consumed_[index_of(side)][step.price] += step.quantity;
      continue;
    }
    writ_order& maker = resting_[step.own].order;
    const Prevented rest = prevent_self_trade(options_.self_trade, left_of(order), left_of(maker));
    const auto shrink = [&](writ_order& shrunk, std::int64_t left) {
      if (left == left_of(shrunk)) return;
      if (left == 0) {
        out.report(shrunk, WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_SELF_TRADE, now);
        shrunk.quantity = shrunk.filled;
      } else {
        shrunk.quantity = shrunk.filled + left;
        out.report(shrunk, WRIT_REPORT_REPLACED, WRIT_REPORT_REASON_SELF_TRADE, now);
      }
    };
    shrink(maker, rest.maker_left);
    shrink(order, rest.taker_left);
  }
  drop_finished();
  if (left_of(order) <= 0) return;

  if (!may_rest(order)) {
    out.report(order, WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_NO_LIQUIDITY, now);
  } else {
    rest(order);
  }
}

void PaperMarket::rest(const writ_order& order) {
  const bool known = sync_.in_sync();
  const std::int64_t shown = known ? displayed(order.side, order.price) : 0;
  resting_.push_back({order, join_queue(known ? shown : kFrontUnknown), shown});
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
