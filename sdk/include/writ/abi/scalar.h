/* Scalars of the plugin ABI: how a number, a time and a status cross the boundary.
 *
 * Time is int64 nanoseconds since 1970-01-01 UTC. Price and quantity are int64 at 1e-9, money is a
 * 128-bit two's complement integer at 1e-18, so that price x quantity is exact. A rate or a
 * probability is int64 at 1e-9. Doubles occur only in features and signal values, never NaN or
 * infinite. Enumerations travel as fixed-width unsigned integers. C11.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "None" for a price, a quantity or a time. Zero is a value. */
#define WRIT_NONE INT64_MIN

/* Money at 1e-18: the low 64 bits and the sign-carrying high 64 bits of one 128-bit integer. */
typedef struct writ_money {
  uint64_t lo;
  int64_t hi;
} writ_money;

/* Returned by every call in both directions; negative is an error. */
typedef int32_t writ_status;
enum {
  WRIT_OK = 0,      /* done; for submit: logged, never "accepted" */
  WRIT_IGNORED = 1, /* an event type this plugin does not know: never an error */
  WRIT_E_INVALID =
      -1, /* an argument out of its documented range; NaN, infinity, invalid UTF-8 or JSON */
  WRIT_E_DENIED = -2,      /* the capability was not declared or not granted */
  WRIT_E_NOT_FOUND = -3,   /* unknown id */
  WRIT_E_STATE = -4,       /* not now: before init, after stop, or in the wrong callback */
  WRIT_E_LIMIT = -5,       /* a budget of this instance is used up */
  WRIT_E_UNSUPPORTED = -6, /* the host or the plugin does not offer this */
  WRIT_E_CORRUPT = -7,     /* saved state that cannot be read back */
  WRIT_E_INTERNAL = -8     /* the callee failed; its reason is in the log */
};

/* True if the table `p` was built with the member `field`: tables only grow, so this is how either
 * side probes the other. */
#define WRIT_HAS(p, field) \
  ((p)->struct_size >= offsetof(__typeof__(*(p)), field) + sizeof((p)->field))

#ifdef __cplusplus
}
#endif
