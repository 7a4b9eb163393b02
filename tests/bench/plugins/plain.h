/* What the least possible host calls: functions of a shared object, found by name, called by
 * pointer. No table, no check, no wrapper. */
#pragma once

#include <writ/abi/intent.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BENCH_EXPORT __attribute__((visibility("default")))

/* Where a plain strategy puts its intents. */
typedef struct bench_sink {
  void* context;
  uint64_t (*submit)(void* context, const writ_intent* intent);
} bench_sink;

/* Adds the price of a trade to *sum. */
typedef writ_status (*bench_count)(int64_t* sum, const writ_event* event);
/* The same and puts an intent into the sink. */
typedef writ_status (*bench_submit)(int64_t* sum, const writ_event* event, const bench_sink* sink);
/* Throws an exception and catches it, as deep as a plugin's hook would. */
typedef writ_status (*bench_throw)(int64_t* sum, const writ_event* event);

/* The quoter of touch_rules.hpp. Prices in ticks, quantities in lots; ids are not 0. */
typedef struct bench_orders {
  void* context;
  uint64_t (*place)(void* context, uint16_t side, int64_t price, int64_t quantity);
  void (*cancel)(void* context, uint64_t intent);
} bench_orders;
typedef void* (*bench_quoter_make)(const bench_orders* orders);
typedef void (*bench_quoter_on_top)(void* quoter, int64_t bid, int64_t ask, int64_t position);
typedef void (*bench_quoter_on_end)(void* quoter, uint64_t intent);
typedef void (*bench_quoter_free)(void* quoter);

/* The averages of average_rules.hpp. */
typedef void* (*bench_average_make)(void);
typedef void (*bench_average_add)(void* average, int64_t price);
typedef double (*bench_average_value)(const void* average);
typedef void (*bench_average_free)(void* average);

typedef void* (*bench_cross_make)(void);
/* The position wanted after this close, +1 or -1; 0 before there are enough. */
typedef int (*bench_cross_add)(void* cross, int64_t close);
typedef void (*bench_cross_free)(void* cross);

#ifdef __cplusplus
}
#endif
