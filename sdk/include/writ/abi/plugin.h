/* The plugin side: descriptor, instance table, module, and the ELF note checked before loading.
 *
 * Tables begin with struct_size, set by whoever made them, and only grow; test members with
 * WRIT_HAS. Arrays of tables carry a stride. Threads: [main] create, init, destroy; [strategy] one
 * call at a time for one instance, each happening before the next, not always the same OS thread;
 * [any] any thread.
 */
#pragma once

#include <writ/abi/host.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WRIT_ABI_MAJOR 1
#define WRIT_ABI_MINOR 0

enum { WRIT_PLUGIN_STRATEGY = 1, WRIT_PLUGIN_SIGNAL = 2 };

/* What an instance may do. Declared here, granted by the configuration, enforced by the host. */
#define WRIT_CAN_TRADE (1ull << 0)
#define WRIT_CAN_PUBLISH (1ull << 1)
#define WRIT_CAN_TIMER (1ull << 2)
#define WRIT_CAN_RANDOM (1ull << 3)
/* Of a signal only: it asks what no record says. Its values are journaled as inputs, and no replay
 * runs it: no saved state, no host->random, timers of its own, its log on standard error. */
#define WRIT_NONDETERMINISTIC (1ull << 4)

/* A parameter, as the configuration spells and checks it. Texts are UTF-8 and constant. */
typedef struct writ_parameter {
  uint32_t struct_size;
  uint32_t id; /* stable across versions */
  const char* name;
  const char* doc;
  const char* unit; /* "" = none */
  uint32_t type;    /* WRIT_PARAMETER_* */
  uint32_t flags;
  const char* min; /* decimal text, inclusive; NULL = no bound */
  const char* max;
  const char* default_value; /* NULL only with WRIT_PARAMETER_REQUIRED */
} writ_parameter;

/* writ_parameter.flags */
enum {
  WRIT_PARAMETER_REQUIRED = 1u,
  WRIT_PARAMETER_LIVE = 2u /* may change while running: arrives as WRIT_RECORD_PARAMETER */
};

/* A signal going out of, or into, a plugin. */
typedef struct writ_port {
  uint32_t struct_size;
  uint32_t id;
  const char* name;
  const char* doc;
  const char* unit;
} writ_port;

/* writ_subscription.trigger */
enum {
  WRIT_TRIGGER_EVENT = 1, /* each record */
  WRIT_TRIGGER_TOP = 2,   /* when the best bid or ask, price or quantity, changed */
  WRIT_TRIGGER_TRADE = 3,
  WRIT_TRIGGER_TIMER = 4,
  WRIT_TRIGGER_CONFLATED = 5 /* at most one in interval_ns; those between are dropped */
};

/* Which records an instance gets (record_type), or, for a strategy, when it is evaluated
 * (record_type = WRIT_RECORD_SNAPSHOT). */
typedef struct writ_subscription {
  uint32_t struct_size;
  uint32_t record_type;
  uint32_t trigger;
  uint32_t reserved;
  int64_t interval_ns;
} writ_subscription;

/* Constant data, read without calling anything. */
typedef struct writ_descriptor {
  uint32_t struct_size;
  uint32_t kind;
  const char* id; /* "writ.market_maker": unique, at most 63 bytes */
  const char* name;
  const char* version; /* of the plugin, at most 23 bytes */
  const char* doc;
  uint64_t capabilities;
  const writ_parameter* parameters;
  uint32_t parameter_count;
  uint32_t parameter_stride;
  const writ_port* signals_in;
  uint32_t signal_in_count;
  uint32_t signal_in_stride;
  const writ_port* signals_out;
  uint32_t signal_out_count;
  uint32_t signal_out_stride;
  const writ_subscription* subscriptions;
  uint32_t subscription_count;
  uint32_t subscription_stride;
  uint64_t warmup_events;    /* history fed first; 0 = none */
  int64_t warmup_ns;         /* or this much time; 0 = none */
  uint32_t state_schema;     /* what save writes */
  uint32_t state_schema_min; /* the oldest load reads; 0 with state_schema 0 = no state */
} writ_descriptor;

/* The value of one parameter at create. `text` lives for the call. */
typedef struct writ_value {
  uint32_t struct_size;
  uint32_t parameter;
  uint32_t type;
  uint32_t reserved;
  int64_t value;
  const char* text;
} writ_value;

/* An instance. `self` is the plugin's own. Pointers stay valid until destroy. */
typedef struct writ_plugin {
  uint32_t struct_size;
  uint32_t reserved;
  void* self;
  /* Called once, after the instrument records have been announced by on_event. [main] */
  writ_status (*init)(struct writ_plugin* plugin);
  /* Last call; frees the instance. [main] */
  void (*destroy)(struct writ_plugin* plugin);
  /* Called for each record the instance subscribed to, in journal order. `event` is valid until
   * return. Must not block. Same parameters, state and events: same intents.
   * Returns WRIT_OK, WRIT_IGNORED for a type it does not know, or a negative writ_status: the host
   * then gives this call's intents the verdict plugin_error and counts it. [strategy] */
  writ_status (*on_event)(struct writ_plugin* plugin, const writ_event* event);
  /* Evaluates a strategy; NULL for a signal. Same rules as on_event. [strategy] */
  writ_status (*on_snapshot)(struct writ_plugin* plugin, const writ_snapshot* snapshot);
  /* A capability of this plugin, e.g. "writ.state/1"; NULL = does not have it. [any] */
  const void* (*get_extension)(struct writ_plugin* plugin, const char* id);
} writ_plugin;

/* What a shared object offers. */
typedef struct writ_module {
  uint32_t struct_size;
  uint16_t abi_major;
  uint16_t abi_minor; /* of the headers it was built with */
  const char* vendor;
  const writ_descriptor* const* descriptors;
  uint32_t descriptor_count;
  uint32_t reserved;
  /* Makes an instance of the descriptor `id`; `host` is valid until destroy returns. Every
   * parameter has a value. On error *plugin is untouched. [main] */
  writ_status (*create)(const char* id, const writ_host* host, const writ_value* values,
                        uint32_t value_count, uint32_t value_stride, writ_plugin** plugin);
} writ_module;

/* The one exported function. Same pointer on every call. [any] */
typedef const writ_module* (*writ_module_v1_function)(void);
#define WRIT_MODULE_SYMBOL "writ_module_v1"

/* Description of the ELF note: section .note.writ, owner "writ", type 1. */
typedef struct writ_note {
  uint32_t major;
  uint32_t min_minor; /* the host minor the author requires, not the header's */
  uint32_t ptr_bits;
  uint32_t flags;
} writ_note;
#define WRIT_NOTE_SECTION ".note.writ"
#define WRIT_NOTE_OWNER "writ"
#define WRIT_NOTE_TYPE 1

#ifdef __cplusplus
}
#define WRIT_EXTERN_C extern "C"
#else
#define WRIT_EXTERN_C
#endif

/* Put once in one source file of a plugin, before the definition of writ_module_v1:
 *   WRIT_PLUGIN(0) { return &kModule; }
 * `min_minor` is the least host minor the plugin needs. */
#define WRIT_PLUGIN(min_minor_required)                                            \
  static const struct {                                                            \
    uint32_t owner_size, description_size, type;                                   \
    char owner[8];                                                                 \
    writ_note note;                                                                \
  } writ_note_v1 __attribute__((section(WRIT_NOTE_SECTION), used, aligned(4))) = { \
      5,                                                                           \
      sizeof(writ_note),                                                           \
      WRIT_NOTE_TYPE,                                                              \
      WRIT_NOTE_OWNER,                                                             \
      {WRIT_ABI_MAJOR, (min_minor_required), 8 * sizeof(void*), 0}};               \
  WRIT_EXTERN_C __attribute__((visibility("default"))) const writ_module* writ_module_v1(void)
