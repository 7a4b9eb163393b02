/* The intent: what a strategy wants. It is journaled before anyone judges it. */
#pragma once

#include <writ/abi/market.h>

#ifdef __cplusplus
extern "C" {
#endif

/* writ_intent.kind */
enum {
  WRIT_INTENT_PLACE = 1,
  WRIT_INTENT_CANCEL = 2,     /* the order of target_intent */
  WRIT_INTENT_REPLACE = 3,    /* the order of target_intent, to this price and quantity */
  WRIT_INTENT_CANCEL_ALL = 4, /* this strategy's orders in the instrument */
  WRIT_INTENT_FLATTEN = 5,    /* close this strategy's position in the instrument */
  WRIT_INTENT_TARGET = 6,     /* reach a position of `quantity` (signed; of a runner win units) */
  WRIT_INTENT_NOOP = 7        /* a decision not to trade, with its reason */
};

enum { WRIT_ORDER_LIMIT = 1, WRIT_ORDER_MARKET = 2 };

/* time in force */
enum {
  WRIT_TIF_GTC = 1,
  WRIT_TIF_IOC = 2,
  WRIT_TIF_FOK = 3,
  WRIT_TIF_GTD = 4 /* until expire_ts */
};

enum { WRIT_URGENCY_MAKER = 1, WRIT_URGENCY_NEUTRAL = 2, WRIT_URGENCY_TAKER = 3 };

/* writ_intent.flags */
enum {
  WRIT_INTENT_POST_ONLY = 1u,
  WRIT_INTENT_REDUCE_ONLY = 2u,
  WRIT_INTENT_CLOSE_POSITION = 4u,
  WRIT_INTENT_WARMUP = 8u,            /* set by the host: recorded, never judged */
  WRIT_INTENT_OPAQUE_RATIONALE = 16u, /* the rationale is bytes, not JSON */
  WRIT_INTENT_BY_HOST = 32u, /* set by the host: made on the strategy's behalf, the tags say why */
  WRIT_INTENT_NO_REDUCTION = 64u /* all or nothing: vetoed rather than approved for less */
};

enum { WRIT_GROUP_NONE = 0, WRIT_GROUP_ALL_OR_NONE = 1, WRIT_GROUP_ALL_OR_NONE_UNWIND = 2 };

/* WRIT_RECORD_INTENT. A tail follows: tags_size bytes of a JSON array, rationale_size bytes of JSON
 * or opaque, then zeroes to a multiple of 8. The strategy fills what it wants; the host sets the
 * header, instance, seen_seq, snapshot_seq and the flags WARMUP and BY_HOST. */
typedef struct writ_intent {
  writ_record header;
  uint32_t instance;
  uint32_t instrument;
  uint32_t account; /* 0 = the instance's own */
  uint16_t kind;
  uint16_t side; /* WRIT_SIDE_*; NONE where the kind has none */
  uint16_t order_type;
  uint16_t time_in_force;
  uint16_t urgency;
  uint16_t group_policy;
  uint32_t flags;
  uint32_t group_size;
  int64_t price;          /* WRIT_NONE where the kind or type has none */
  int64_t quantity;       /* with REPLACE of the whole order, what was filled included */
  int64_t ttl_ns;         /* judged later than this after its snapshot: expired; 0 = no limit */
  int64_t expire_ts;      /* of the order, with WRIT_TIF_GTD; else WRIT_NONE */
  uint64_t target_intent; /* id as submit returned it; 0 = none */
  uint64_t group_id;
  writ_money expected_value;
  writ_money risk_cost;
  int64_t confidence; /* at 1e-9, 0..1 */
  uint64_t tag;       /* the author's; echoed in every later event about this intent */
  uint64_t seen_seq;
  uint64_t snapshot_seq; /* of the snapshot it was made on; 0 = made on none */
  uint32_t tags_size;
  uint32_t rationale_size;
} writ_intent;

#ifdef __cplusplus
}
#endif
