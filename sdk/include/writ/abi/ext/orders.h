/* writ.orders/1: the working orders of the instance. */
#pragma once

#include <writ/abi/host.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WRIT_EXT_ORDERS "writ.orders/1"

/* Offered by the host through get_extension. */
typedef struct writ_ext_orders {
  uint32_t struct_size;
  uint32_t reserved;
  /* Copies up to `capacity` working orders of the instance in `instrument` (0 = all), oldest first;
   * returns how many there are, which may be more than `capacity`. [strategy] */
  int32_t (*working)(const struct writ_host* host, uint32_t instrument, writ_order* orders,
                     uint32_t capacity);
} writ_ext_orders;

#ifdef __cplusplus
}
#endif
