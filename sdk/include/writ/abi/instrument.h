/* What is traded, in what, for whom: the tables of a run, as records. */
#pragma once

#include <writ/abi/record.h>

#ifdef __cplusplus
extern "C" {
#endif

/* writ_instrument.kind: which payoff */
enum {
  WRIT_KIND_SPOT = 1,
  WRIT_KIND_PERP = 2,   /* linear perpetual: (mark - entry) x quantity, no principal exchanged */
  WRIT_KIND_BINARY = 3, /* YES or NO token: pays 1 or 0; the other token is `complement` */
  WRIT_KIND_RUNNER = 4  /* one selection of a betting market, see below */
};

/* A runner: price = decimal odds, quantity = the backer's stake, BUY = back, SELL = lay, in every
 * intent, order, report and fill; market.h says which side of its book is which. A back of s at o
 * costs s and holds s x o win units, each worth 1 if the runner wins; a lay is the sale of them.
 * Positions and executed trades count win units. */

/* writ_instrument.ladder: which prices are valid */
enum {
  WRIT_LADDER_TICK = 1,    /* multiples of `tick` */
  WRIT_LADDER_CLASSIC = 2, /* Betfair's 350 prices */
  WRIT_LADDER_FINEST = 3,
  WRIT_LADDER_LINE = 4
};

/* writ_instrument.status */
enum {
  WRIT_INSTRUMENT_ACTIVE = 1,
  WRIT_INSTRUMENT_SUSPENDED = 2,
  WRIT_INSTRUMENT_CLOSED = 3,
  WRIT_INSTRUMENT_SETTLED = 4
};

/* writ_instrument.flags */
enum {
  WRIT_INSTRUMENT_TICK_INFERRED =
      1u, /* tick and lot were found from recorded prices, not stated by the venue */
  WRIT_INSTRUMENT_FEE_IN_RECEIVED = 2u /* the venue charges the fee in the asset received */
};

/* rounding of fees */
enum {
  WRIT_ROUND_HALF_EVEN = 1,
  WRIT_ROUND_HALF_AWAY = 2,
  WRIT_ROUND_FLOOR = 3,
  WRIT_ROUND_CEIL = 4,
  WRIT_ROUND_TRUNC = 5
};

/* WRIT_RECORD_ASSET: a currency or coin. Names are NUL-terminated UTF-8. */
typedef struct writ_asset {
  writ_record header;
  uint32_t asset; /* from 1 */
  uint32_t decimals;
  char name[16];
} writ_asset;

/* WRIT_RECORD_ACCOUNT. A shadow account stands beside another one, bears its name and is filled
 * apart: what its strategies do is only watched. */
typedef struct writ_account {
  writ_record header;
  uint32_t account; /* from 1 */
  uint32_t reporting_asset;
  uint32_t shadow_of; /* the account it stands beside, 0 = it is no shadow account */
  uint16_t book;      /* WRIT_BOOK_*, of everything that happens on it */
  uint16_t reserved;
  char name[32];
} writ_account;

/* WRIT_RECORD_INSTRUMENT: sent to each plugin for its instruments before the first event, and again
 * when it changes. Its canonical name is venue/market or venue/market/selection. */
typedef struct writ_instrument {
  writ_record header;
  uint32_t instrument; /* from 1, meaningful within one journal */
  uint32_t kind;
  uint32_t complement;   /* the other token of a binary market, 0 = none */
  uint32_t market_group; /* equal for all instruments of one market, 0 = none */
  uint32_t base_asset;
  uint32_t quote_asset;
  uint32_t settle_asset;
  uint32_t status;
  uint32_t flags;
  uint32_t ladder;
  int64_t tick;
  int64_t lot;
  int64_t price_min; /* WRIT_NONE = no bound, for these four */
  int64_t price_max;
  int64_t quantity_min;
  int64_t quantity_max;
  writ_money notional_min; /* 0 = no bound */
  writ_money notional_max; /* 0 = no bound */
  int64_t quantity_unit; /* units of the underlying in one of quantity, at 1e-9; 1000000000 = one */
  int64_t maker_fee;     /* rate at 1e-9; negative = rebate; 0 for a runner */
  int64_t taker_fee;     /* of a runner: commission, discount taken off, on what an account won in
                            its market, charged once when that is settled; a bet has no fee */
  uint32_t fee_decimals; /* a fee is rounded to so many decimals */
  uint32_t fee_rounding;
  uint32_t winners; /* of a runner: how many of its market win, 1 = a win market, more = a place
                       market; 0 = nobody says, any number may */
  uint32_t runners; /* how many its market has, those that are no instrument here too; 0 = nobody
                       says, there may be others */
  int64_t each_way_divisor; /* at 1e-9; 0 = no each-way market. Of one, each bet is also a second of
                               the same stake at 1 + (odds - 1) / divisor, won by being placed: no
                               order goes there. */
  int64_t start_ts;         /* scheduled start or listing, WRIT_NONE = unknown */
  int64_t expiry_ts;        /* WRIT_NONE = perpetual */
  char venue[24];
  char market[88];
  char selection[88];
  char symbol[40];
  char base[16];
  char quote[16];
  char settle[16];
} writ_instrument;

/* WRIT_RECORD_STREAM: what a header's `stream` stands for. */
typedef struct writ_stream {
  writ_record header;
  uint32_t stream;     /* from 1 */
  uint32_t instrument; /* 0 = the whole source */
  char source[32];     /* e.g. "binance_spot_ws", "simulated" */
} writ_stream;

#ifdef __cplusplus
}
#endif
