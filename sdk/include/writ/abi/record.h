/* The record: what the journal holds, what a plugin is called with, what a ring carries. One
 * layout.
 *
 * A record is pointer-free, has no implicit padding, and its size is a multiple of 8 bytes. A
 * released record never changes; a new payload is a new type number. Types below 1000 are inputs
 * (what happened outside the deterministic core), 1000 and above are derived from them.
 */
#pragma once

#include <writ/abi/scalar.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Header of every record, 32 bytes. */
typedef struct writ_record {
  uint32_t size;     /* bytes of the whole record, tail included; a multiple of 8 */
  uint16_t type;     /* WRIT_RECORD_* */
  uint16_t stream;   /* source x instrument, see writ_stream; 0 = the host itself */
  uint64_t seq;      /* position in the run's journal, from 1, without gaps */
  int64_t event_ts;  /* the venue's time of the event; derived records: that of their cause */
  int64_t ingest_ts; /* the host's time, made monotone: core time */
} writ_record;

/* What a plugin is called with is a record: same bytes as in the journal. */
typedef writ_record writ_event;

enum {
  /* the run and its tables */
  WRIT_RECORD_RUN_STARTED = 1,
  WRIT_RECORD_RUN_STOPPED = 2,
  WRIT_RECORD_ASSET = 3,
  WRIT_RECORD_ACCOUNT = 4,
  WRIT_RECORD_INSTRUMENT = 5,
  WRIT_RECORD_STREAM = 6,
  WRIT_RECORD_INSTANCE = 7,
  WRIT_RECORD_CONFIG = 8,
  WRIT_RECORD_COMMAND = 9,
  WRIT_RECORD_CLOCK = 10,
  WRIT_RECORD_DEPOSIT = 11,
  WRIT_RECORD_CONVERSION = 12,
  WRIT_RECORD_ADJUSTMENT = 13,
  WRIT_RECORD_TOKENS = 14,
  WRIT_RECORD_RELOAD = 15,
  /* market inputs: with ASSET, INSTRUMENT and STREAM, what a tape holds */
  WRIT_RECORD_BOOK_SNAPSHOT = 100,
  WRIT_RECORD_BOOK_DELTA = 101,
  WRIT_RECORD_BOOK_TOP = 102,
  WRIT_RECORD_TRADE = 103,
  WRIT_RECORD_MARK_PRICE = 104,
  WRIT_RECORD_BAR = 105,
  WRIT_RECORD_MARKET_STATUS = 106,
  WRIT_RECORD_FUNDING = 107,
  WRIT_RECORD_LIQUIDATION = 108,
  WRIT_RECORD_SETTLEMENT = 109,
  WRIT_RECORD_TICK_CHANGE = 110,
  WRIT_RECORD_REDUCTION = 111,
  /* values and intents that came from outside the deterministic core */
  WRIT_RECORD_SIGNAL_INPUT = 200,
  WRIT_RECORD_SIGNAL_REPORT_INPUT = 201,
  WRIT_RECORD_INTENT_INPUT = 202,
  WRIT_RECORD_PLUGIN_FAULT = 203,
  WRIT_RECORD_PLUGIN_STAT = 204,
  /* what a venue said of orders */
  WRIT_RECORD_REPORT = 300,
  WRIT_RECORD_FILL = 301,
  /* derived */
  WRIT_RECORD_SNAPSHOT = 1000,
  WRIT_RECORD_SIGNAL = 1001,
  WRIT_RECORD_INTENT = 1002,
  WRIT_RECORD_VERDICT = 1003,
  WRIT_RECORD_ORDER = 1004,
  WRIT_RECORD_LEDGER = 1005,
  WRIT_RECORD_PORTFOLIO = 1006,
  WRIT_RECORD_EXECUTED_TRADE = 1007,
  WRIT_RECORD_INCIDENT = 1008,
  WRIT_RECORD_SIGNAL_REPORT = 1009,
  WRIT_RECORD_TIMER = 1010,
  WRIT_RECORD_PARAMETER = 1011,
  WRIT_RECORD_LOG = 1012,
  WRIT_RECORD_CHECKPOINT = 1013,
  WRIT_RECORD_VETO_MARK = 1014
};

/* First type number of a derived record. */
#define WRIT_RECORD_DERIVED 1000

#ifdef __cplusplus
}
#endif
