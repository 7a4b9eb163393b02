/* writ.book/1: the depth of any instrument the instance names. */
#pragma once

#include <writ/abi/host.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WRIT_EXT_BOOK "writ.book/1"

/* Offered by the host through get_extension. */
typedef struct writ_ext_book {
  uint32_t struct_size;
  uint32_t reserved;
  /* Copies up to `capacity` levels of one side, best first, into `levels`; returns how many, or a
   * negative status: WRIT_E_NOT_FOUND for an instrument the instance did not name, WRIT_E_STATE
   * while the book is not in sync. [strategy] */
  int32_t (*levels)(const struct writ_host* host, uint32_t instrument, uint32_t side,
                    writ_level* levels, uint32_t capacity);
} writ_ext_book;

#ifdef __cplusplus
}
#endif
