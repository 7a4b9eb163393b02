/* The host side: what a plugin may ask for. One table per instance: it is the instance's
 * capability, so calls need no id and one plugin cannot act as another. The host never calls a
 * plugin back from inside one of these calls.
 */
#pragma once

#include <writ/abi/instrument.h>
#include <writ/abi/outcome.h>
#include <writ/abi/signal.h>
#include <writ/abi/snapshot.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct writ_host {
  uint32_t struct_size;
  uint16_t abi_major;
  uint16_t abi_minor;
  void* context; /* the host's own */

  /* Core time of the record being handled. [strategy] */
  int64_t (*now)(const struct writ_host* host);

  /* Copies the intent, journals it, queues it for the arbiter. `intent` must say its size in
   * header.size, tail included. *intent_id gets its id, to be used as target_intent (may be NULL).
   * WRIT_OK means logged, never accepted: the verdict arrives as an event.
   * Errors: WRIT_E_INVALID, WRIT_E_DENIED without WRIT_CAN_TRADE, WRIT_E_STATE outside a callback,
   * WRIT_E_LIMIT. Nothing is logged on error. [strategy] */
  writ_status (*submit)(const struct writ_host* host, const writ_intent* intent,
                        uint64_t* intent_id);

  /* Publishes a writ_signal or writ_signal_report. It becomes a record and reaches subscribers
   * after this callback. Errors as submit, with WRIT_CAN_PUBLISH. [strategy] */
  writ_status (*publish)(const struct writ_host* host, const writ_record* value);

  /* Asks for a WRIT_RECORD_TIMER at `due_ts` or at once after it; the same id again moves it.
   * Errors: WRIT_E_DENIED without WRIT_CAN_TIMER. [strategy] */
  writ_status (*set_timer)(const struct writ_host* host, uint64_t timer, int64_t due_ts);
  writ_status (*cancel_timer)(const struct writ_host* host, uint64_t timer);

  /* The next number of this instance's seeded sequence; same run, same numbers. Errors:
   * WRIT_E_DENIED without WRIT_CAN_RANDOM. [strategy] */
  writ_status (*random)(const struct writ_host* host, uint64_t* value);

  /* Writes one line to the journal under this instance's name. `text` is UTF-8 of `size` bytes;
   * longer than 1,024 is cut. severity: WRIT_SEVERITY_* of abi/journal.h. [any] */
  void (*log)(const struct writ_host* host, uint32_t severity, const char* text, size_t size);

  /* An extension table, e.g. "writ.book/1"; NULL = not offered. Valid until destroy. [any] */
  const void* (*get_extension)(const struct writ_host* host, const char* id);
} writ_host;

#ifdef __cplusplus
}
#endif
