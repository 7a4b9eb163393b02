// Orders arriving at one simulated market: submitted, cancelled, amended, matched.
#include "host/base/assert.hpp"
#include "host/model/record_view.hpp"
#include "host/venue/paper/filters.hpp"
#include "host/venue/paper/paper_market.hpp"
#include "host/venue/paper/self_trade.hpp"
#include "host/venue/paper/sides.hpp"

#include <algorithm>
#include <span>
#include <string>

namespace writ::venue::paper {

using market::Side;

void PaperMarket::submit(writ_order order, std::int64_t now, Outbox& out) {
  order.filled = 0;
  if (!is_open()) {
    return out.report(order, WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_MARKET, now);
  }
  if (!passes_filters(instrument_, order)) {
    return out.report(order, WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_FILTER, now);
  }
  if (tradable(order) <= 0) {
    return out.report(order, WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_REDUCE_ONLY, now);
  }
  if ((order.flags & WRIT_INTENT_POST_ONLY) != 0 && would_take(order)) {
    return out.report(order, WRIT_REPORT_REJECTED, WRIT_REPORT_REASON_POST_ONLY, now);
  }
  const bool fits = model::set_text(order.venue_order_id, out.next_order_id());
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

  const bool keeps_its_place = only_shrinks(amended);
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

void PaperMarket::look_up(const writ_order& order, std::int64_t now, Outbox& out) {
  const auto resting = find(order.order_id);
  if (resting == resting_.end()) return;  // its end is on the way: nothing is lost here
  out.report(resting->order, WRIT_REPORT_FOUND, WRIT_REPORT_REASON_NONE, now);
}

bool PaperMarket::only_shrinks(const writ_order& order) const {
  return std::any_of(resting_.begin(), resting_.end(), [&order](const Resting& resting) {
    return resting.order.order_id == order.order_id && order.price == resting.order.price &&
           order.quantity <= resting.order.quantity;
  });
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
  const Side rests = side_of(order);
  const auto best = best_available(opposite(rests));
  if (best && reaches(rests, order.price, *best)) return true;
  return std::any_of(resting_.begin(), resting_.end(), [&order, rests](const Resting& resting) {
    return resting.order.account == order.account && resting.order.side != order.side &&
           reaches(rests, order.price, resting.order.price);
  });
}

std::vector<PaperMarket::Step> PaperMarket::plan(const writ_order& order) const {
  const Side rests = side_of(order);
  const Side side = opposite(rests);
  // Own orders it could meet, best price first, then in time priority.
  std::vector<std::size_t> own;
  for (std::size_t i = 0; i < resting_.size(); ++i) {
    const writ_order& other = resting_[i].order;
    if (other.account == order.account && other.side != order.side &&
        reaches(rests, order.price, other.price)) {
      own.push_back(i);
    }
  }
  std::stable_sort(own.begin(), own.end(), [this, side](std::size_t a, std::size_t b) {
    return is_better(side, resting_[a].order.price, resting_[b].order.price);
  });

  std::vector<Step> steps;
  std::int64_t left = tradable(order);
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
  const auto trade_at = [&](const writ_level& level) {
    if (!reaches(rests, order.price, level.price)) return false;
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
    return left > 0;
  };
  if (has_book() && left > 0) sync_.book().for_each(side, trade_at);
  while (left > 0 && next_own < own.size()) meet(own[next_own++]);
  return steps;
}

void PaperMarket::enter(writ_order order, std::int64_t now, Outbox& out) {
  const Side side = opposite(side_of(order));
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
      if (!fill(order, step.price, step.quantity, WRIT_LIQUIDITY_TAKER, now, out)) break;
      consumed_[index_of(side)][step.price] += step.quantity;
      continue;
    }
    writ_order& maker = resting_[step.own].order;
    const std::int64_t open = tradable(order);
    const Prevented rest = prevent_self_trade(options_.self_trade, open, left_of(maker));
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
    const std::int64_t prevented = open - rest.taker_left;
    shrink(order, rest.taker_left == 0 ? 0 : left_of(order) - prevented);
  }
  drop_finished(now, out);
  if (left_of(order) <= 0) return;

  if (tradable(order) <= 0) {
    out.report(order, WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_REDUCE_ONLY, now);
  } else if (!may_rest(order)) {
    out.report(order, WRIT_REPORT_EXPIRED, WRIT_REPORT_REASON_NO_LIQUIDITY, now);
  } else {
    rest(order);
  }
}

void PaperMarket::rest(const writ_order& order) {
  const bool known = sync_.in_sync();
  const std::int64_t shown = known ? displayed(order) : 0;
  resting_.push_back({order, join_queue(known ? shown : kFrontUnknown), shown});
}

}  // namespace writ::venue::paper
