#include "tests/bench/bare_backtest.hpp"

#include <algorithm>

namespace writ::bench {

BareBacktest::BareBacktest(const PlainObject& object)
    : on_top_(object.function<bench_quoter_on_top>("quoter_on_top")),
      on_end_(object.function<bench_quoter_on_end>("quoter_on_end")),
      free_(object.function<bench_quoter_free>("quoter_free")) {
  table_.context = this;
  table_.place = [](void* self, std::uint16_t side, std::int64_t price, std::int64_t quantity) {
    return static_cast<BareBacktest*>(self)->place(side, price, quantity);
  };
  table_.cancel = [](void* self, std::uint64_t intent) {
    static_cast<BareBacktest*>(self)->cancel(intent);
  };
  quoter_ = object.function<bench_quoter_make>("quoter_make")(&table_);
}

BareBacktest::~BareBacktest() { free_(quoter_); }

void BareBacktest::run(std::span<const L2Row> rows) {
  struct Top {
    std::int64_t bid, bid_quantity, ask, ask_quantity;
    bool operator==(const Top&) const = default;
  };
  const auto top = [this] {
    return Top{book_.bid(), book_.quantity(true, book_.bid()), book_.ask(),
               book_.quantity(false, book_.ask())};
  };
  // The first 40 changes are the image of the book.
  constexpr std::size_t kImage = 40;
  for (const auto& row : rows.first(kImage)) {
    book_.set(row.side == 'B', row.price_ticks, row.quantity_lots);
  }
  auto last = top();
  ts_ = rows.front().ts_ns;
  on_top_(quoter_, last.bid, last.ask, position_);
  for (const auto& row : rows.subspan(kImage)) {
    // What was decided arrives after every row of its time; answers come after that.
    if (row.ts_ns != ts_) {
      if (!arriving_.empty()) arrive();
      if (!answers_.empty()) answer();
      ts_ = row.ts_ns;
    }
    if (row.kind == 'T') {
      if (!resting_.empty()) trade(row);
      continue;
    }
    book_.set(row.side == 'B', row.price_ticks, row.quantity_lots);
    if (!resting_.empty()) book_moved(row);
    const auto now = top();
    if (now == last) continue;
    last = now;
    on_top_(quoter_, now.bid, now.ask, position_);
  }
  arrive();
  answer();
}

std::uint64_t BareBacktest::place(std::uint16_t side, std::int64_t price, std::int64_t quantity) {
  const Order order{next_intent_++, price, quantity, 0, side == WRIT_SIDE_BUY};
  ++intents_;
  record(kPlace, order, quantity);
  arriving_.push_back({kPlace, order});
  return order.intent;
}

void BareBacktest::cancel(std::uint64_t intent) {
  const Order order{intent, 0, 0, 0, false};
  ++intents_;
  record(kCancel, order, 0);
  arriving_.push_back({kCancel, order});
}

void BareBacktest::arrive() {
  for (auto& command : arriving_) {
    auto& order = command.order;
    if (command.kind == kPlace) {
      order.front = book_.quantity(order.bid, order.price);
      resting_.push_back(order);
      answers_.push_back({kAccepted, order});
      continue;
    }
    const auto found = std::find_if(resting_.begin(), resting_.end(), [&](const Order& resting) {
      return resting.intent == order.intent;
    });
    if (found == resting_.end()) {
      answers_.push_back({kTooLate, order});
    } else {
      answers_.push_back({kCancelled, *found});
      resting_.erase(found);
    }
  }
  arriving_.clear();
}

void BareBacktest::answer() {
  for (const auto& [kind, order] : answers_) {
    record(kind, order, order.left);
    if (kind == kFill) {
      ++fills_;
      position_ += order.bid ? order.left : -order.left;
      if (order.front == 0) on_end_(quoter_, order.intent);
    } else if (kind == kCancelled) {
      on_end_(quoter_, order.intent);
    }
  }
  answers_.clear();
}

void BareBacktest::trade(const L2Row& row) {
  const bool hits_bids = row.side == 'S';
  for (auto& order : resting_) {
    const bool through = order.bid ? row.price_ticks < order.price : row.price_ticks > order.price;
    if (through) {
      fill(order, order.left);
    } else if (order.price == row.price_ticks && order.bid == hits_bids) {
      const auto absorbed = std::min(order.front, row.quantity_lots);
      order.front -= absorbed;
      fill(order, std::min(order.left, row.quantity_lots - absorbed));
    }
  }
  drop_filled();
}

void BareBacktest::book_moved(const L2Row& row) {
  bool filled = false;
  for (auto& order : resting_) {
    if (order.price == row.price_ticks && order.bid == (row.side == 'B')) {
      order.front = std::min(order.front, row.quantity_lots);
    }
    const bool reached = order.bid ? book_.ask() <= order.price : book_.bid() >= order.price;
    if (!reached) continue;
    fill(order, order.left);
    filled = true;
  }
  if (filled) drop_filled();
}

void BareBacktest::fill(Order& order, std::int64_t quantity) {
  if (quantity <= 0) return;
  order.left -= quantity;
  auto told = order;
  told.front = order.left;  // of a fill: what is left open
  told.left = quantity;
  answers_.push_back({kFill, told});
}

void BareBacktest::drop_filled() {
  std::erase_if(resting_, [](const Order& order) { return order.left == 0; });
}

void BareBacktest::record(Kind kind, const Order& order, std::int64_t quantity) {
  ++entry_.seq;
  entry_.ts = ts_;
  entry_.intent = order.intent;
  entry_.price = order.price;
  entry_.quantity = quantity;
  entry_.kind = kind;
  entry_.side = order.bid ? WRIT_SIDE_BUY : WRIT_SIDE_SELL;
  journal_.append(&entry_, sizeof entry_);
}

}  // namespace writ::bench
