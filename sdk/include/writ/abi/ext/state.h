/* writ.state/1: a plugin that can be checkpointed, restarted and swapped. */
#pragma once

#include <writ/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WRIT_EXT_STATE "writ.state/1"

/* Offered by the plugin through get_extension. */
typedef struct writ_ext_state {
  uint32_t struct_size;
  uint32_t reserved;
  /* Writes the state into `buffer` of `capacity` bytes and its size into *size. With too little
   * room: WRIT_E_LIMIT and the size needed. Same state, same bytes. [strategy] */
  writ_status (*save)(struct writ_plugin* plugin, void* buffer, size_t capacity, size_t* size);
  /* Takes over a state written under `schema`. Called after init, before the first event. On error
   * the instance is as it was. Errors: WRIT_E_CORRUPT, WRIT_E_UNSUPPORTED. [strategy] */
  writ_status (*load)(struct writ_plugin* plugin, uint32_t schema, const void* bytes, size_t size);
} writ_ext_state;

#ifdef __cplusplus
}
#endif
