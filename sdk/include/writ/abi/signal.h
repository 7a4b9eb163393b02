/* Signal values: what a signal plugin publishes and a strategy, or another signal, receives. */
#pragma once

#include <writ/abi/record.h>

#ifdef __cplusplus
extern "C" {
#endif

/* flags of a signal */
enum {
  WRIT_SIGNAL_WARM = 1u /* enough history behind it; strategies may hold off while it is not set */
};

/* WRIT_RECORD_SIGNAL, and WRIT_RECORD_SIGNAL_INPUT from a nondeterministic plugin. 64 bytes. */
typedef struct writ_signal {
  writ_record header;
  uint32_t instance;   /* the publisher; set by the host */
  uint32_t signal;     /* id of the port in the publisher's descriptor */
  uint32_t instrument; /* 0 = not about one */
  uint32_t flags;
  uint64_t seen_seq; /* last record the publisher had consumed; set by the host */
  double value;      /* finite */
} writ_signal;

/* WRIT_RECORD_SIGNAL_REPORT: a value with a JSON object behind it, payload_size bytes, then zeroes
 * to a multiple of 8. */
typedef struct writ_signal_report {
  writ_record header;
  uint32_t instance;
  uint32_t signal;
  uint32_t instrument;
  uint32_t flags;
  uint64_t seen_seq;
  double value;
  char scope[24]; /* which subscribers it is for; "" or "all" = everyone */
  uint32_t payload_size;
  uint32_t reserved;
} writ_signal_report;

#ifdef __cplusplus
}
#endif
