/* Asserts layout.def; compiled as C11 and as C++20, each also with -fpack-struct and -fshort-enums:
 * a plugin built with such flags must see the same bytes. */
#include <writ/abi/ext/book.h>
#include <writ/abi/ext/orders.h>
#include <writ/abi/ext/state.h>
#include <writ/abi/ext/wiring.h>
#include <writ/abi/host.h>
#include <writ/abi/journal.h>
#include <writ/abi/plugin.h>

#ifdef __cplusplus
#define LAYOUT_ASSERT static_assert
#else
#define LAYOUT_ASSERT _Static_assert
#endif

#define STRUCT(name, bytes) LAYOUT_ASSERT(sizeof(name) == (bytes), "size of " #name);
#define FIELD(name, field, offset, bytes)                                          \
  LAYOUT_ASSERT(offsetof(name, field) == (offset), "offset of " #name "." #field); \
  LAYOUT_ASSERT(sizeof(((name*)0)->field) == (bytes), "size of " #name "." #field);
#define CONSTANT(name, value) LAYOUT_ASSERT((name) == (value), "value of " #name);
#include "layout.def"
#undef CONSTANT
#undef FIELD
#undef STRUCT

/* Headers included twice and in any order are the same. */
#include <writ/abi/journal.h>
#include <writ/abi/record.h>
