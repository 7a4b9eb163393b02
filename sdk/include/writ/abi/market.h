/* Market records. `side` of a trade is the aggressor's; of a level, the resting order's.
 *
 * Of a runner, prices are decimal odds, quantities stakes, BUY is BACK and SELL is LAY. Every book
 * runs from its highest bid down and its lowest ask up; in odds the sides that do so are
 *   bids  available to back (ATB): resting lays, best = highest odds; a back takes from them;
 *   asks  available to lay (ATL): resting backs, best = lowest odds; a lay takes from them.
 * So a back that rests joins the asks and wants higher odds: the sides of an order are the other
 * way round than in any other market. */
#pragma once

#include <writ/abi/record.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { WRIT_SIDE_NONE = 0, WRIT_SIDE_BUY = 1, WRIT_SIDE_SELL = 2 };

typedef struct writ_level {
  int64_t price;
  int64_t quantity; /* absolute; 0 in a delta removes the level */
} writ_level;

/* WRIT_RECORD_BOOK_SNAPSHOT: a full image. Levels follow: bids from the best down, then asks from
 * the best up. */
typedef struct writ_book_snapshot {
  writ_record header;
  uint32_t instrument;
  uint32_t flags;
  uint64_t last_id;
  uint32_t bid_count;
  uint32_t ask_count;
} writ_book_snapshot;

/* writ_book_delta.flags: the venue's continuity rule */
enum {
  WRIT_DELTA_CONTIGUOUS = 1u, /* first_id = last_id of the one before + 1 */
  WRIT_DELTA_LINKED = 2u      /* prev_id = last_id of the one before */
};

/* WRIT_RECORD_BOOK_DELTA: bids then asks follow, each an absolute quantity. */
typedef struct writ_book_delta {
  writ_record header;
  uint32_t instrument;
  uint32_t flags;
  uint64_t first_id;
  uint64_t last_id;
  uint64_t prev_id; /* with WRIT_DELTA_LINKED */
  uint32_t bid_count;
  uint32_t ask_count;
} writ_book_delta;

/* WRIT_RECORD_BOOK_TOP: the venue's own best bid and ask; checks the book, never feeds it. */
typedef struct writ_book_top {
  writ_record header;
  uint32_t instrument;
  uint32_t flags;
  uint64_t update_id;
  int64_t bid_price; /* WRIT_NONE = empty side */
  int64_t bid_quantity;
  int64_t ask_price;
  int64_t ask_quantity;
} writ_book_top;

/* writ_trade.flags */
enum {
  WRIT_TRADE_AGGREGATE = 1u,   /* several fills of one aggressor; trade_id is the aggregate's */
  WRIT_TRADE_OUTSIDE_BOOK = 2u /* block, insurance fund, ADL: no queue moved */
};

/* WRIT_RECORD_TRADE, 64 bytes. */
typedef struct writ_trade {
  writ_record header;
  uint32_t instrument;
  uint16_t side;
  uint16_t flags;
  int64_t price;
  int64_t quantity;
  uint64_t trade_id;
} writ_trade;

/* WRIT_RECORD_MARK_PRICE */
typedef struct writ_mark_price {
  writ_record header;
  uint32_t instrument;
  uint32_t flags;
  int64_t mark;
  int64_t index;        /* WRIT_NONE = not given */
  int64_t funding_rate; /* current estimate, at 1e-9 */
  int64_t next_funding_ts;
} writ_mark_price;

/* WRIT_RECORD_BAR: a closed bar [open_ts, open_ts + interval_ns). */
typedef struct writ_bar {
  writ_record header;
  uint32_t instrument;
  uint32_t flags;
  int64_t open_ts;
  int64_t interval_ns;
  int64_t open;
  int64_t high;
  int64_t low;
  int64_t close;
  int64_t volume;
  uint64_t trade_count;
} writ_bar;

/* writ_market_status.status */
enum {
  WRIT_MARKET_OPEN = 1,
  WRIT_MARKET_SUSPENDED = 2,
  WRIT_MARKET_CLOSED = 3,
  WRIT_MARKET_CONNECTED = 4,   /* the feed came up: a new image follows */
  WRIT_MARKET_DISCONNECTED = 5 /* the feed is gone: what is known is stale */
};

/* WRIT_RECORD_MARKET_STATUS: what the venue or its connection said. */
typedef struct writ_market_status {
  writ_record header;
  uint32_t instrument; /* 0 = every instrument of the stream's source */
  uint32_t status;
  uint32_t in_play; /* betting: 1 after the off */
  uint32_t bet_delay_s;
} writ_market_status;

/* WRIT_RECORD_FUNDING: the rate as applied at its instant to positions then open. */
typedef struct writ_funding {
  writ_record header;
  uint32_t instrument;
  uint32_t flags;
  int64_t mark;
  int64_t rate; /* positive: longs pay shorts */
  int64_t interval_ns;
} writ_funding;

/* WRIT_RECORD_LIQUIDATION: a forced order of someone else, as published. */
typedef struct writ_liquidation {
  writ_record header;
  uint32_t instrument;
  uint16_t side;
  uint16_t flags;
  int64_t price;
  int64_t quantity;
} writ_liquidation;

/* writ_settlement.result */
enum {
  WRIT_SETTLED_PAYOUT = 1, /* each unit pays payout_numerator / payout_denominator */
  WRIT_SETTLED_WINNER = 2, /* a runner that won, with dead heat in places / tied */
  WRIT_SETTLED_LOSER = 3,
  WRIT_SETTLED_VOID = 4,    /* bets on it are returned */
  WRIT_SETTLED_REVERSED = 5 /* takes an earlier settlement back: append the opposite entries */
};

/* WRIT_RECORD_SETTLEMENT. PAYOUT is for what pays per unit, WINNER,
 * LOSER and VOID for runners. REVERSED takes the instrument's last settlement back. */
typedef struct writ_settlement {
  writ_record header;
  uint32_t instrument;
  uint32_t result;
  int64_t payout_numerator;
  int64_t payout_denominator;
  uint32_t places;        /* places left for the tie, 1 normally */
  uint32_t tied;          /* runners sharing them, 1 normally */
  int64_t starting_price; /* odds at 1e-9, WRIT_NONE = none */
} writ_settlement;

/* WRIT_RECORD_TICK_CHANGE: prices off the new tick are refused from here on. */
typedef struct writ_tick_change {
  writ_record header;
  uint32_t instrument;
  uint32_t flags;
  int64_t tick_before;
  int64_t tick;
} writ_tick_change;

/* writ_reduction.market: how the factor cuts odds */
enum {
  WRIT_REDUCTION_WIN = 1,  /* of the odds, to two decimals, never below 1.01; none under 2.5 % */
  WRIT_REDUCTION_PLACE = 2 /* of what the odds are above 1, always */
};

/* WRIT_RECORD_REDUCTION: a non-runner; the odds of bets matched before on the other runners of its
 * market are cut. Bets on itself are returned by a VOID settlement. */
typedef struct writ_reduction {
  writ_record header;
  uint32_t instrument; /* the removed runner */
  uint32_t market_group;
  int64_t factor; /* per cent, at 1e-9 */
  uint32_t market;
  uint32_t reserved;
} writ_reduction;

#ifdef __cplusplus
}
#endif
