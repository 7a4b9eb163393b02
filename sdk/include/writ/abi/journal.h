/* Records a plugin never receives, but every reader of a journal does. */
#pragma once

#include <writ/abi/instrument.h>
#include <writ/abi/outcome.h>
#include <writ/abi/signal.h>
#include <writ/abi/snapshot.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { WRIT_MODE_BACKTEST = 1, WRIT_MODE_PAPER = 2, WRIT_MODE_LIVE = 3, WRIT_MODE_REPLAY = 4 };

/* WRIT_RECORD_RUN_STARTED: first record of a run. manifest_size bytes of canonical JSON follow
 * (versions, plugin and config hashes, CPU class, seed, data hash), then zeroes to 8. */
typedef struct writ_run_started {
  writ_record header;
  uint64_t run_number; /* ids of this run are run_number * 2^40 + seq */
  uint64_t continues;  /* run whose state this one took over, 0 = none */
  uint32_t mode;
  uint32_t manifest_size;
  uint8_t run_id[16]; /* UUID, big-endian */
  uint8_t config_hash[32];
} writ_run_started;

/* writ_run_stopped.reason */
enum {
  WRIT_STOP_END_OF_DATA = 1,
  WRIT_STOP_OPERATOR = 2,
  WRIT_STOP_DURATION = 3,
  WRIT_STOP_HALT = 4,
  WRIT_STOP_KILL = 5,
  WRIT_STOP_FOUND_DEAD = 6 /* written by the next start for a run that had no end */
};

/* WRIT_RECORD_RUN_STOPPED */
typedef struct writ_run_stopped {
  writ_record header;
  uint64_t run_number; /* the run that ended */
  uint32_t reason;
  uint32_t reserved;
} writ_run_stopped;

/* writ_instance.state */
enum { WRIT_INSTANCE_RUNNING = 1, WRIT_INSTANCE_STOPPED = 2, WRIT_INSTANCE_REMOVED = 3 };

/* WRIT_RECORD_INSTANCE: a plugin instance and what it was made of. parameters_size bytes of
 * canonical JSON follow. */
typedef struct writ_instance {
  writ_record header;
  uint32_t instance; /* from 1 */
  uint32_t kind;     /* WRIT_PLUGIN_STRATEGY or _SIGNAL; 0 = the operator */
  uint32_t account;
  uint32_t state;
  char name[48];
  char plugin[64];
  char version[24];
  uint8_t object_hash[32]; /* SHA-256 of the .so */
  uint32_t parameters_size;
  uint32_t reserved;
} writ_instance;

/* WRIT_RECORD_CONFIG: the configuration from here on. text_size bytes of its canonical JSON. */
typedef struct writ_config_change {
  writ_record header;
  uint8_t config_hash[32];
  uint32_t text_size;
  uint32_t reserved;
} writ_config_change;

/* writ_reload.step */
enum {
  WRIT_RELOAD_PREPARED = 1,    /* made beside the old one; the next CONFIG puts it into effect */
  WRIT_RELOAD_SWAPPED = 2,     /* took the old one's place, at the INSTANCE record before */
  WRIT_RELOAD_GIVEN_UP = 3,    /* failed before it did: the old one never paused */
  WRIT_RELOAD_ROLLED_BACK = 4, /* failed soon after: the old one is back, with its state */
  WRIT_RELOAD_UNLOADED = 5,    /* the build that left is out of the process */
  WRIT_RELOAD_STILL_LOADED = 6 /* it is not: its library stays mapped */
};

/* WRIT_RECORD_RELOAD: how far an instance's replacement by another build or configuration is. */
typedef struct writ_reload {
  writ_record header;
  uint32_t instance;
  uint32_t step;
  uint8_t old_hash[32];    /* SHA-256 of the .so that goes; zeroes: none */
  uint8_t new_hash[32];    /* of the one that comes; zeroes: none */
  int64_t prepared_ts;     /* core time its create and init were told */
  int64_t preparation_ns;  /* real time from the request until it was ready; 0 = not measured */
  int64_t pause_ns;        /* real time of the cut, in which nothing else was done */
  uint64_t warmup_events;  /* live events it was given before the cut */
  uint64_t warmup_intents; /* what it wanted then, thrown away */
} writ_reload;

/* writ_command.command */
enum {
  WRIT_OPERATOR_PAUSE = 1,
  WRIT_OPERATOR_RESUME = 2,
  WRIT_OPERATOR_KILL = 3,
  WRIT_OPERATOR_STOP = 4,
  WRIT_OPERATOR_FLATTEN = 5,
  WRIT_OPERATOR_RESUME_AFTER_KILL = 6,
  WRIT_OPERATOR_HALT = 8, /* by the host itself: its journal is failing */
  WRIT_OPERATOR_RELOAD_REFUSED = 9,
  WRIT_OPERATOR_RESET_DRAWDOWN = 10, /* of a flat account: peak = equity, tier NORMAL */
  WRIT_OPERATOR_STOP_FLATTEN = 11,   /* what is not closed yet stays open */
  WRIT_OPERATOR_RECONCILE =
      12, /* by the host: no intent is approved until it agrees with the venue */
  WRIT_OPERATOR_RECONCILED = 13,    /* by the host: it does */
  WRIT_OPERATOR_VENUE_LOST = 14,    /* by a gateway: a way to its venue is broken */
  WRIT_OPERATOR_VENUE_BACK = 15,    /* by a gateway: it works again, and what was missed is told */
  WRIT_OPERATOR_VENUE_WARNING = 16, /* by a gateway: a limit, a clock, a margin call */
  WRIT_OPERATOR_VENUE_HALT = 17     /* by a gateway: the account cannot be followed any more */
};

/* WRIT_RECORD_COMMAND: what a person asked for. text_size bytes: who and why. */
typedef struct writ_command {
  writ_record header;
  uint32_t command;
  uint32_t account;    /* 0 = all */
  uint32_t instance;   /* 0 = all */
  uint32_t instrument; /* 0 = all */
  uint32_t text_size;
  uint32_t reserved;
} writ_command;

/* WRIT_RECORD_CLOCK: nothing happened until ingest_ts. Moves core time when no market does. */
typedef struct writ_clock {
  writ_record header;
} writ_clock;

/* WRIT_RECORD_DEPOSIT: money moved in (or out, negative) from outside. */
typedef struct writ_deposit {
  writ_record header;
  uint32_t account;
  uint32_t asset;
  writ_money amount;
} writ_deposit;

/* writ_adjustment.kind */
enum {
  WRIT_ADJUST_TRANSFER = 1, /* money moved in, or out if negative: no gain and no loss */
  WRIT_ADJUST_CASH = 2,     /* a balance is put right: a gain or a loss */
  WRIT_ADJUST_POSITION = 3, /* a position is put right, without cash but for a perpetual's result */
  WRIT_ADJUST_FUNDING = 4 /* by a gateway: what the venue paid (or took) for holding a perpetual */
};

/* WRIT_RECORD_ADJUSTMENT: a person put the books right, or a venue moved money outside of any
 * trade. text_size bytes follow: who and why. */
typedef struct writ_adjustment {
  writ_record header;
  uint32_t account;
  uint32_t asset;      /* of `amount`; 0 with POSITION */
  uint32_t instrument; /* POSITION, FUNDING: whose; CASH: where the result is booked, 0 = nowhere */
  uint32_t instance;   /* whose result and lots, 0 = the account's own; FUNDING: 0, its holders' */
  uint32_t kind;
  uint32_t text_size;
  writ_money amount; /* signed; 0 with POSITION */
  int64_t quantity;  /* POSITION: signed change, of a runner in stake; else 0 */
  int64_t price;     /* POSITION: entered in the books at this, WRIT_NONE = at the last mark */
} writ_adjustment;

/* writ_token_change.kind */
enum {
  WRIT_TOKENS_SPLIT = 1,  /* one of collateral becomes one YES and one NO */
  WRIT_TOKENS_MERGE = 2,  /* and back */
  WRIT_TOKENS_REDEEM = 3, /* of a resolved market, for payout_numerator / payout_denominator each */
  WRIT_TOKENS_CONVERT =
      4 /* NO of several exclusive questions for YES of the others and collateral */
};

/* One question of a CONVERT. */
typedef struct writ_question {
  uint32_t instrument; /* its YES token */
  uint32_t given;      /* 1: its NO is given, 0: its YES is received */
} writ_question;

/* WRIT_RECORD_TOKENS: outcome tokens were made, merged, redeemed or converted, outside of any
 * trade. question_count writ_question follow. */
typedef struct writ_token_change {
  writ_record header;
  uint32_t account;
  uint32_t instance;   /* whose lots, 0 = the account's own */
  uint32_t instrument; /* SPLIT, MERGE: the YES token; REDEEM: the token; CONVERT: 0 */
  uint32_t kind;
  int64_t quantity; /* of each token, > 0 */
  int64_t payout_numerator;
  int64_t payout_denominator;
  uint32_t fee_bips; /* CONVERT: withheld of what is received, in 1 / 10000 */
  uint32_t question_count;
} writ_token_change;

/* WRIT_RECORD_CONVERSION: one unit of `asset` is worth `rate` (at 1e-9) of `into`. */
typedef struct writ_conversion {
  writ_record header;
  uint32_t asset;
  uint32_t into;
  int64_t rate;
} writ_conversion;

/* writ_plugin_fault.fault */
enum {
  WRIT_FAULT_ERROR = 1, /* returned a negative status or threw */
  WRIT_FAULT_DEADLINE = 2,
  WRIT_FAULT_CRASH = 3,
  WRIT_FAULT_HANG = 4,
  WRIT_FAULT_QUARANTINE = 5,
  WRIT_FAULT_RESTORED = 6
};

/* WRIT_RECORD_PLUGIN_FAULT: something real time or another process did to an instance. */
typedef struct writ_plugin_fault {
  writ_record header;
  uint32_t instance;
  uint32_t fault;
  int64_t detail;
} writ_plugin_fault;

/* WRIT_RECORD_PLUGIN_STAT: what an instance did and cost since the last one of it. Times are real
 * ones of its calls with records and snapshots; nothing is decided by them. */
typedef struct writ_plugin_stat {
  writ_record header;
  uint32_t instance;
  uint32_t reserved;
  uint64_t calls;
  uint64_t errors;    /* calls that returned a negative status */
  uint64_t intents;   /* submitted, warm-up included */
  uint64_t published; /* signal values and reports */
  uint64_t conflated; /* records that a conflated subscription dropped */
  int64_t total_ns;
  int64_t p50_ns;
  int64_t p99_ns;
  int64_t p999_ns;
  int64_t max_ns;
} writ_plugin_stat;

/* writ_ledger.ledger */
enum {
  WRIT_LEDGER_CASH = 1, /* an account's balance of one asset moved */
  WRIT_LEDGER_PNL = 2   /* a strategy's result in one instrument */
};

/* writ_ledger.kind */
enum {
  WRIT_ENTRY_DEPOSIT = 1,
  WRIT_ENTRY_WITHDRAWAL = 2,
  WRIT_ENTRY_TRADE = 3,
  WRIT_ENTRY_FEE = 4,
  WRIT_ENTRY_FUNDING = 5,
  WRIT_ENTRY_SETTLEMENT = 6,
  WRIT_ENTRY_ADJUSTMENT = 7,
  WRIT_ENTRY_REALIZED = 8, /* gross of fees */
  WRIT_ENTRY_MTM = 9       /* change of the unrealised result since the entry before */
};

/* writ_ledger.ref_kind: what `ref` is the id of */
enum {
  WRIT_REF_FILL = 1,
  WRIT_REF_SNAPSHOT = 2, /* a portfolio record */
  WRIT_REF_SETTLEMENT = 3,
  WRIT_REF_FUNDING = 4,
  WRIT_REF_DEPOSIT = 5,
  WRIT_REF_ADJUSTMENT = 6,
  WRIT_REF_REDUCTION = 7,
  WRIT_REF_SPLIT = 8, /* from here on, by its kind, a TOKENS record */
  WRIT_REF_MERGE = 9,
  WRIT_REF_REDEEM = 10,
  WRIT_REF_CONVERT = 11
};

/* WRIT_RECORD_LEDGER */
typedef struct writ_ledger {
  writ_record header;
  uint32_t account;
  uint32_t instrument; /* 0 = none */
  uint32_t instance;   /* 0 = the account itself */
  uint32_t asset;
  uint16_t ledger;
  uint16_t kind;
  uint16_t book;
  uint16_t ref_kind;
  uint64_t ref;
  writ_money amount;
  writ_money balance_after; /* cash only */
} writ_ledger;

/* WRIT_RECORD_EXECUTED_TRADE: one FIFO leg of a fill; of a bet, in win units between odds. */
typedef struct writ_executed_trade {
  writ_record header;
  uint64_t fill_id;
  uint32_t account;
  uint32_t instrument;
  uint32_t instance;
  uint16_t leg;
  uint16_t side;
  uint16_t book;
  uint16_t closes; /* 1: matched against an open lot */
  uint32_t reserved;
  int64_t quantity;
  int64_t entry_price;
  int64_t exit_price;  /* 0 unless closes */
  writ_money fee;      /* this leg's parts of open and close fee */
  writ_money realized; /* gross */
  int64_t position_after;
} writ_executed_trade;

/* One position inside a portfolio record. */
typedef struct writ_position {
  uint32_t instrument;
  uint32_t flags;      /* 1: marked at a stale price */
  int64_t quantity;    /* signed; of the account; of a runner, win units */
  int64_t mark;        /* conservative; WRIT_NONE = never marked; of a runner, odds */
  writ_money value;    /* what it adds to equity beyond cash, reporting asset */
  writ_money exposure; /* signed, reporting asset */
} writ_position;

/* One cash balance inside a portfolio record. */
typedef struct writ_balance {
  uint32_t asset;
  uint32_t flags;
  writ_money amount;
  writ_money value; /* in the reporting asset */
} writ_balance;

/* WRIT_RECORD_PORTFOLIO: an account at one instant; balance_count writ_balance, then
 * position_count writ_position follow. equity = sum of values, exactly. */
typedef struct writ_portfolio {
  writ_record header;
  uint32_t account;
  uint32_t reporting_asset;
  writ_money equity;
  writ_money initial; /* deposits so far, at their value when made */
  writ_money realized;
  writ_money unrealized;
  writ_money fees;
  writ_money funding;
  writ_money adjustments;
  writ_money gross_exposure;
  writ_money net_exposure;
  writ_money max_loss; /* sum over markets of what the worst outcome would cost */
  writ_money peak;
  writ_money drawdown;
  int64_t drawdown_fraction; /* at 1e-9 */
  uint32_t tier;
  uint32_t open_orders;
  uint32_t book;
  uint32_t balance_count;
  uint32_t position_count;
  uint32_t reserved;
} writ_portfolio;

enum {
  WRIT_SEVERITY_INFO = 1,
  WRIT_SEVERITY_WARN = 2,
  WRIT_SEVERITY_ERROR = 3,
  WRIT_SEVERITY_CRITICAL = 4
};

/* writ_incident.code */
enum {
  WRIT_INCIDENT_STALE_FEED = 1,
  WRIT_INCIDENT_DATA_GAP = 2,
  WRIT_INCIDENT_CROSSED_BOOK = 3,
  WRIT_INCIDENT_CLOCK_OFFSET = 4,
  WRIT_INCIDENT_NEVER_TRADABLE = 5,
  WRIT_INCIDENT_TOP_MISMATCH = 6,
  WRIT_INCIDENT_PLUGIN_ERROR = 7,
  WRIT_INCIDENT_PLUGIN_STOPPED = 8,
  WRIT_INCIDENT_PLUGIN_DIFFERS = 9, /* not what the record says it did */
  WRIT_INCIDENT_COLD_START = 10,    /* a plugin without saved state */
  WRIT_INCIDENT_KILL = 11,
  WRIT_INCIDENT_HALT = 12,
  WRIT_INCIDENT_RUN_FOUND_DEAD = 13,
  WRIT_INCIDENT_TORN_TAIL = 14,
  WRIT_INCIDENT_RELOADED = 15,
  WRIT_INCIDENT_RELOAD_REFUSED = 16,
  WRIT_INCIDENT_RESTARTED = 17,
  WRIT_INCIDENT_DUPLICATE_FILL = 18,
  WRIT_INCIDENT_ORDER_UNKNOWN = 19,
  WRIT_INCIDENT_NEGATIVE_CASH = 20,
  WRIT_INCIDENT_JOURNAL_FAILED = 21,
  WRIT_INCIDENT_BAD_MESSAGE = 22,
  WRIT_INCIDENT_PAUSED = 23,
  WRIT_INCIDENT_RESUMED = 24,
  WRIT_INCIDENT_ARITHMETIC = 25, /* an event refused because a sum would not fit */
  WRIT_INCIDENT_ORDER_REJECTED = 26,
  WRIT_INCIDENT_RESYNCED = 27,
  WRIT_INCIDENT_TIME_BACKWARDS = 28,
  WRIT_INCIDENT_FLATTEN = 29, /* positions are being closed, cannot be yet, or are */
  WRIT_INCIDENT_DRAWDOWN_HALT = 30,
  WRIT_INCIDENT_DRAWDOWN_RESET = 31,
  WRIT_INCIDENT_RESTART_RECONCILED = 32,
  WRIT_INCIDENT_GROUP_UNWOUND = 33, /* a leg failed: the others are cancelled and closed */
  WRIT_INCIDENT_GROUP_BROKEN = 34,  /* a leg failed, and what the others did stays */
  WRIT_INCIDENT_CIRCUIT_BREAK = 35, /* a market moved too far too fast */
  WRIT_INCIDENT_QUARANTINED = 36,   /* a plugin's helper process crashed, hung or broke a rule */
  WRIT_INCIDENT_RESTORED = 37,      /* a quarantined plugin works again, from a cold start */
  WRIT_INCIDENT_SWAP_FAILED = 38,   /* a new build was given up or rolled back: the old one works */
  WRIT_INCIDENT_STILL_LOADED = 39,  /* a build that was replaced did not leave the process */
  WRIT_INCIDENT_VENUE_LOST = 40,    /* a way to a venue is broken: orders, reports or look-ups */
  WRIT_INCIDENT_VENUE_BACK = 41,    /* it works again, and what was missed is on record */
  WRIT_INCIDENT_VENUE_WARNING = 42  /* a venue refuses for a while, or warns */
};

/* WRIT_RECORD_INCIDENT: something a person must be able to find. text_size bytes of one line. */
typedef struct writ_incident {
  writ_record header;
  uint16_t severity;
  uint16_t code;
  uint32_t account;
  uint32_t instrument;
  uint32_t instance;
  uint64_t cause_seq;
  writ_money value;
  writ_money threshold;
  uint32_t unit;
  uint32_t text_size;
} writ_incident;

/* WRIT_RECORD_LOG: a line a plugin wrote. */
typedef struct writ_log_line {
  writ_record header;
  uint32_t instance;
  uint32_t severity;
  uint32_t text_size;
  uint32_t reserved;
} writ_log_line;

/* WRIT_RECORD_VETO_MARK: what the order of a vetoed intent would have been worth so long after the
 * verdict, had it been made: filled whole at the price it could have taken, or at its limit once
 * the best opposite price came there; closed at the best price on its own side; before fees. */
typedef struct writ_veto_mark {
  writ_record header;
  uint64_t verdict_id;
  uint64_t intent_id;
  uint32_t instance;
  uint32_t instrument;
  uint32_t account;
  uint16_t check;  /* that failed */
  uint16_t filled; /* 0: the market had not come to its limit by then, and pnl is 0 */
  uint32_t asset;  /* of pnl */
  uint32_t reserved;
  int64_t horizon_ns;
  int64_t quantity;        /* signed: a sale is negative */
  int64_t reference_price; /* of the assumed fill, or the limit */
  int64_t mark_price;
  writ_money pnl;
} writ_veto_mark;

/* WRIT_RECORD_CHECKPOINT: one piece of the core's state. The pieces of a checkpoint follow each
 * other; the one with `part` = `parts` - 1 completes it. data_size bytes follow. */
typedef struct writ_checkpoint {
  writ_record header;
  uint64_t checkpoint; /* seq of its first piece */
  uint32_t part;
  uint32_t parts;
  uint32_t section_version;
  uint32_t crc32c;  /* of the data bytes */
  char section[64]; /* "ledger", "orders", "plugin:NAME", ... */
  uint32_t data_size;
  uint32_t reserved;
} writ_checkpoint;

#ifdef __cplusplus
}
#endif
