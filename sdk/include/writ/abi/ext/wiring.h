/* writ.wiring/1: which publisher feeds which input port of the instance. */
#pragma once

#include <writ/abi/host.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WRIT_EXT_WIRING "writ.wiring/1"

/* Offered by the host through get_extension. A signal record names the publisher and its port; this
 * tells which of them the configuration wired to `port` of the subscriber's signals_in. A
 * snapshot's writ_signal_value names the port itself. */
typedef struct writ_ext_wiring {
  uint32_t struct_size;
  uint32_t reserved;
  /* Sets *instance and *signal to the publisher's number and port. The same for the instance's
   * whole life. WRIT_E_NOT_FOUND: nothing is wired to that port. [any] */
  writ_status (*input)(const struct writ_host* host, uint32_t port, uint32_t* instance,
                       uint32_t* signal);
} writ_ext_wiring;

#ifdef __cplusplus
}
#endif
