/* What becomes of an intent: verdict, order, report, fill. A strategy receives those of its own. */
#pragma once

#include <writ/abi/intent.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { WRIT_BOOK_MAIN = 1, WRIT_BOOK_SHADOW = 2 };

/* writ_verdict.reason: the stable, coarse word */
enum {
  WRIT_REASON_OK = 0,
  WRIT_REASON_INVALID = 1,
  WRIT_REASON_EXPIRED = 2,
  WRIT_REASON_HALTED = 3,        /* kill latch, pause, drawdown halt */
  WRIT_REASON_MARKET_STATE = 4,  /* stale, gap, out of sync, crossed, closed */
  WRIT_REASON_MARKET_LOCKED = 5, /* another strategy owns the market */
  WRIT_REASON_LOWER_PRIORITY = 6,
  WRIT_REASON_SELF_CROSS = 7,
  WRIT_REASON_RISK_VETO = 8,    /* a limit; `detail` says which */
  WRIT_REASON_PLUGIN_ERROR = 9, /* the call that made it failed */
  WRIT_REASON_RESTART = 10      /* the host died before it was judged */
};

/* writ_verdict.effect: what the intent would do to the worst-case loss */
enum { WRIT_EFFECT_ADDS = 1, WRIT_EFFECT_REDUCES = 2, WRIT_EFFECT_NEUTRAL = 3 };

/* writ_check.check and writ_verdict.detail */
enum {
  WRIT_CHECK_NONE = 0,
  WRIT_CHECK_VALIDITY = 1,
  WRIT_CHECK_TTL = 2,
  WRIT_CHECK_TARGET_ORDER = 3, /* the order to cancel or replace is not working */
  WRIT_CHECK_MARKET_STATE = 4,
  WRIT_CHECK_STALENESS = 5,
  WRIT_CHECK_DATA_GAP = 6,
  WRIT_CHECK_KILL = 7,
  WRIT_CHECK_PAUSE = 8,
  WRIT_CHECK_DRAWDOWN = 9,
  WRIT_CHECK_OWNERSHIP = 10,
  WRIT_CHECK_PRIORITY = 11,
  WRIT_CHECK_SELF_CROSS = 12,
  WRIT_CHECK_CASH = 13,
  WRIT_CHECK_POSITION = 14,
  WRIT_CHECK_EXPOSURE = 15,
  WRIT_CHECK_WORST_CASE = 16,
  WRIT_CHECK_DAILY_LOSS = 17,
  WRIT_CHECK_STRATEGY_BUDGET = 18,
  WRIT_CHECK_PRICE_BAND = 19,
  WRIT_CHECK_ORDER_RATE = 20,
  WRIT_CHECK_OPEN_ORDERS = 21,
  WRIT_CHECK_DUPLICATE = 22,
  WRIT_CHECK_GROUP = 23,
  WRIT_CHECK_REDUCE_ONLY = 24,
  WRIT_CHECK_ORDER_TO_TRADE = 25,
  WRIT_CHECK_CIRCUIT_BREAK = 26,
  WRIT_CHECK_PLUGIN = 27,
  WRIT_CHECK_RESTART = 28
};

enum {
  WRIT_CHECK_PASSED = 1,
  WRIT_CHECK_FAILED = 2,
  WRIT_CHECK_NOT_APPLIED = 3,
  WRIT_CHECK_REDUCED = 4 /* passed for a smaller quantity; `value` is that of the larger one */
};

/* writ_check.unit: how to print value and limit */
enum {
  WRIT_UNIT_NONE = 0,
  WRIT_UNIT_MONEY = 1,    /* at 1e-18 */
  WRIT_UNIT_PRICE = 2,    /* at 1e-9 */
  WRIT_UNIT_QUANTITY = 3, /* at 1e-9 */
  WRIT_UNIT_NS = 4,
  WRIT_UNIT_COUNT = 5,
  WRIT_UNIT_ID = 6,
  WRIT_UNIT_RATE = 7 /* at 1e-9 */
};

typedef struct writ_check {
  uint16_t check;
  uint16_t result;
  uint32_t unit;
  writ_money value; /* what was found */
  writ_money limit; /* what was allowed */
} writ_check;

/* WRIT_RECORD_VERDICT: exactly one for each judged intent and book. check_count writ_check follow.
 */
typedef struct writ_verdict {
  writ_record header;
  uint64_t intent_id;
  uint64_t tag;
  uint32_t instance;
  uint32_t instrument;
  uint32_t account;
  uint16_t book;
  uint16_t approved; /* 0 or 1 */
  uint16_t reason;
  uint16_t detail; /* the check that failed, or that cut an approved quantity; WRIT_CHECK_NONE */
  uint16_t effect;
  uint16_t reserved;
  uint32_t owner; /* instance that holds the market at this moment, 0 = nobody */
  uint32_t check_count;
  int64_t price; /* as approved; WRIT_NONE if vetoed or without a price */
  int64_t quantity;
} writ_verdict;

/* writ_order.state */
enum {
  WRIT_ORDER_NEW = 1, /* decided and recorded; the gateway sends it once it is durable */
  WRIT_ORDER_ACK = 2,
  WRIT_ORDER_OPEN = 3,
  WRIT_ORDER_PARTIAL = 4,
  WRIT_ORDER_FILLED = 5,
  WRIT_ORDER_CANCELLED = 6,
  WRIT_ORDER_EXPIRED = 7,
  WRIT_ORDER_REJECTED = 8,
  WRIT_ORDER_UNKNOWN = 9, /* the venue did not answer: looked up, never assumed */
  WRIT_ORDER_FAILED = 10
};

/* writ_order.command: what the gateway is to do because of this record */
enum {
  WRIT_COMMAND_NONE = 0,
  WRIT_COMMAND_SEND = 1,
  WRIT_COMMAND_CANCEL = 2,
  WRIT_COMMAND_REPLACE = 3,
  WRIT_COMMAND_LOOKUP = 4 /* ask the venue what it knows of the order; the answer is a report */
};

/* WRIT_RECORD_ORDER: an order as it is after one transition. order_id is the id of its first
 * record. */
typedef struct writ_order {
  writ_record header;
  uint64_t order_id;
  uint64_t intent_id; /* that created it; 0 = made by the venue or by people there */
  uint64_t verdict_id;
  uint64_t cause_seq; /* record that led to this transition */
  uint64_t tag;
  uint32_t instance;
  uint32_t instrument;
  uint32_t account;
  uint16_t book;
  uint16_t side;
  uint16_t order_type;
  uint16_t time_in_force;
  uint16_t state;
  uint16_t command;
  uint32_t flags;  /* WRIT_INTENT_POST_ONLY and the like */
  uint32_t reason; /* WRIT_REPORT_REASON_*, why it ended */
  uint32_t leg;
  uint32_t attempt;
  int64_t price; /* WRIT_NONE for a market order */
  int64_t quantity;
  int64_t filled;
  int64_t expire_ts;
  writ_money requested;   /* cash the order can consume: 0 when it only closes */
  writ_money cash_before; /* of the quote asset, free before this order */
  writ_money fill_value;  /* sum of price x quantity over its fills */
  char client_order_id[40];
  char venue_order_id[80]; /* "" until known */
} writ_order;

/* writ_report.kind */
enum {
  WRIT_REPORT_ACCEPTED = 1,
  WRIT_REPORT_REJECTED = 2,
  WRIT_REPORT_CANCELLED = 3,
  WRIT_REPORT_EXPIRED = 4,
  WRIT_REPORT_CANCEL_REJECTED = 5,
  WRIT_REPORT_REPLACED = 6,
  WRIT_REPORT_REPLACE_REJECTED = 7,
  WRIT_REPORT_UNKNOWN = 8,   /* no answer in time */
  WRIT_REPORT_FAILED = 9,    /* proven never accepted */
  WRIT_REPORT_EXTERNAL = 10, /* an order this host did not make */
  WRIT_REPORT_FOUND = 11     /* a lookup's answer: the venue has it, with these terms */
};

/* why */
enum {
  WRIT_REPORT_REASON_NONE = 0,
  WRIT_REPORT_REASON_POST_ONLY = 1,    /* would have taken */
  WRIT_REPORT_REASON_NO_LIQUIDITY = 2, /* the rest of an IOC, all of a FOK */
  WRIT_REPORT_REASON_FILTER = 3,       /* tick, lot, notional, band of the venue */
  WRIT_REPORT_REASON_BALANCE = 4,
  WRIT_REPORT_REASON_SELF_TRADE = 5,
  WRIT_REPORT_REASON_NOT_FOUND = 6,
  WRIT_REPORT_REASON_MARKET = 7, /* closed or suspended */
  WRIT_REPORT_REASON_RATE_LIMIT = 8,
  WRIT_REPORT_REASON_TIMEOUT = 9,
  WRIT_REPORT_REASON_USER = 10,
  WRIT_REPORT_REASON_REDUCE_ONLY = 11,
  WRIT_REPORT_REASON_EXPIRY = 12,
  WRIT_REPORT_REASON_RESTART = 13,
  WRIT_REPORT_REASON_OTHER = 14
};

/* WRIT_RECORD_REPORT: what the venue said of an order, other than fills. text_size bytes of the
 * venue's own words follow, then zeroes to a multiple of 8. */
typedef struct writ_report {
  writ_record header;
  uint64_t order_id; /* ours; 0 = not known here */
  uint64_t intent_id;
  uint64_t tag;
  uint32_t instance;
  uint32_t instrument;
  uint32_t account;
  uint16_t kind;
  uint16_t reason;
  int64_t price; /* the order as the venue has it */
  int64_t quantity;
  int64_t filled;     /* cumulative */
  uint64_t venue_seq; /* the venue's own order of its reports, 0 = none */
  uint32_t text_size;
  uint32_t book;
  char client_order_id[40];
  char venue_order_id[80];
} writ_report;

enum { WRIT_LIQUIDITY_NONE = 0, WRIT_LIQUIDITY_MAKER = 1, WRIT_LIQUIDITY_TAKER = 2 };

/* WRIT_RECORD_FILL */
typedef struct writ_fill {
  writ_record header;
  uint64_t order_id;
  uint64_t intent_id;
  uint64_t tag;
  uint32_t instance;
  uint32_t instrument;
  uint32_t account;
  uint16_t side;
  uint16_t liquidity;
  int64_t price;
  int64_t quantity;
  writ_money fee; /* in the quote or settle asset, at the mark of the fill; negative = rebate */
  writ_money fee_asset_quantity; /* as the venue charged it, in fee_asset */
  uint32_t fee_asset;
  uint32_t book;
  uint64_t venue_seq;
  char client_order_id[40];
  char venue_order_id[80];
  char exchange_trade_id[40]; /* the venue's; unique with the order */
} writ_fill;

/* WRIT_RECORD_TIMER: a timer of this instance is due. */
typedef struct writ_timer {
  writ_record header;
  uint32_t instance;
  uint32_t reserved;
  uint64_t timer; /* the author's id */
  int64_t due_ts;
} writ_timer;

/* writ_parameter_record.type and writ_parameter.type */
enum {
  WRIT_PARAMETER_INTEGER = 1,
  WRIT_PARAMETER_DECIMAL = 2, /* int64 at 1e-9 */
  WRIT_PARAMETER_BOOLEAN = 3,
  WRIT_PARAMETER_TEXT = 4,
  WRIT_PARAMETER_DURATION = 5 /* ns */
};

/* WRIT_RECORD_PARAMETER: a live parameter changed. text_size bytes follow for TEXT. */
typedef struct writ_parameter_change {
  writ_record header;
  uint32_t instance;
  uint32_t parameter;
  uint32_t type;
  uint32_t text_size;
  int64_t value;
} writ_parameter_change;

#ifdef __cplusplus
}
#endif
