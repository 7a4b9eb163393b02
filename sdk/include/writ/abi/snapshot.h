/* The snapshot a strategy is evaluated on: the market, its position, its means. */
#pragma once

#include <writ/abi/record.h>

#ifdef __cplusplus
extern "C" {
#endif

/* writ_snapshot.flags */
enum {
  WRIT_SNAPSHOT_CAN_TRADE = 1u, /* book in sync and fresh, market open, account not halted */
  WRIT_SNAPSHOT_DRAWDOWN_HALT = 2u,
  WRIT_SNAPSHOT_STALE = 4u,
  WRIT_SNAPSHOT_IN_SYNC = 8u, /* the book holds a continuous image */
  WRIT_SNAPSHOT_WARMUP = 16u  /* history: what is submitted now is recorded, never judged */
};

enum { WRIT_TIER_NORMAL = 0, WRIT_TIER_DD10 = 1, WRIT_TIER_DD15 = 2, WRIT_TIER_HALT20 = 3 };

/* Version of the feature vector; a change of any definition raises it. */
#define WRIT_FEATURE_SCHEMA_VERSION 1u

/* writ_feature.feature of schema version 1, in order */
enum {
  WRIT_FEATURE_CROWDING = 0,           /* [0, 1]; 0 until warm */
  WRIT_FEATURE_TOXICITY = 1,           /* order-flow toxicity, [0, 1]; 0 until warm */
  WRIT_FEATURE_SPREAD_COMPRESSION = 2, /* 1 - spread / its slow average */
  WRIT_FEATURE_WARM = 3,               /* opp_warm: 1 once the three above are */
  WRIT_FEATURE_MID = 4,                /* price units */
  WRIT_FEATURE_MICROPRICE = 5,         /* mid weighted by the sizes at the top */
  WRIT_FEATURE_IMBALANCE = 6,          /* (bid - ask) / (bid + ask) quantity at the top, [-1, 1] */
  WRIT_FEATURE_SPREAD_BPS = 7,         /* of mid */
  WRIT_FEATURE_VOLATILITY = 8,         /* of the mid, price units per square root of a second */
  WRIT_FEATURE_COUNT = 9
};

typedef struct writ_feature {
  double value; /* 0 while unknown */
  uint32_t feature;
  uint32_t known; /* 0 = null: not yet defined at this point */
} writ_feature;

/* The latest value of a signal this strategy is wired to. */
typedef struct writ_signal_value {
  uint32_t instance; /* the publisher */
  uint32_t port;     /* id in this strategy's own signals_in */
  uint32_t instrument;
  uint32_t flags;
  int64_t ingest_ts;
  double value;
} writ_signal_value;

/* WRIT_RECORD_SNAPSHOT: feature_count writ_feature, then signal_count writ_signal_value follow. */
typedef struct writ_snapshot {
  writ_record header;
  uint32_t instance; /* the strategy evaluated */
  uint32_t instrument;
  uint32_t account;
  uint32_t flags;
  uint64_t as_of_seq; /* the input record that led here */
  int64_t bid_price;  /* WRIT_NONE = empty side */
  int64_t bid_quantity;
  int64_t ask_price;
  int64_t ask_quantity;
  int64_t position;         /* of this strategy in this instrument, signed; of a runner win units */
  int64_t account_position; /* of the account */
  writ_money cash_left;     /* quote asset, after reservations for open orders */
  writ_money budget_left;   /* what this strategy may still commit, reporting asset */
  writ_money net_exposure;  /* of the account, reporting asset */
  writ_money gross_exposure;
  writ_money equity;
  uint32_t tier;        /* WRIT_TIER_* */
  uint32_t open_orders; /* of this strategy in this instrument */
  uint32_t feature_schema;
  uint32_t feature_count;
  uint32_t signal_count;
  uint32_t reserved;
} writ_snapshot;

#ifdef __cplusplus
}
#endif
