/* patient_buyer: a whole strategy in C11. It joins the best bid while it holds nothing, offers what
 * it bought at the best ask, and after each attempt waits a while. What it remembers over a restart
 * is until when.
 *
 * A plugin is three things: constant data that says what it is (the descriptor at the end), one
 * exported function (WRIT_PLUGIN), and a table of functions for each instance. */
#include <writ/abi/ext/state.h>
#include <writ/abi/journal.h>
#include <writ/abi/plugin.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMETER_SIZE = 1, PARAMETER_PAUSE = 2, MARKETS_MAX = 64 };

/* What is known of one instrument. */
typedef struct market {
  uint32_t instrument;
  uint32_t reserved;
  int64_t lot;
  int64_t next_try; /* core time */
} market;

typedef struct buyer {
  writ_plugin table; /* what the host holds; its `self` leads back here */
  const writ_host* host;
  int64_t size;
  int64_t pause_ns;
  uint32_t market_count;
  uint32_t reserved;
  market markets[MARKETS_MAX];
} buyer;

static market* market_of(buyer* self, uint32_t instrument) {
  for (uint32_t i = 0; i < self->market_count; ++i) {
    if (self->markets[i].instrument == instrument) return &self->markets[i];
  }
  return NULL;
}

/* Each instrument is announced before init, and again when it changes. */
static writ_status remember(buyer* self, const writ_instrument* announced) {
  market* known = market_of(self, announced->instrument);
  if (known == NULL) {
    if (self->market_count == MARKETS_MAX) return WRIT_E_LIMIT;
    known = &self->markets[self->market_count++];
    known->instrument = announced->instrument;
    known->next_try = 0;
  }
  known->lot = announced->lot;
  return WRIT_OK;
}

/* An intent and behind it, in the same piece of memory, why: a JSON object. */
typedef struct order_with_reason {
  writ_intent intent;
  char reason[64];
} order_with_reason;

static writ_status place(const buyer* self, uint32_t instrument, uint16_t side, int64_t quantity,
                         int64_t price) {
  order_with_reason wanted;
  memset(&wanted, 0, sizeof wanted);
  const int reason = snprintf(wanted.reason, sizeof wanted.reason, "{\"action\":\"%s\"}",
                              side == WRIT_SIDE_BUY ? "enter" : "leave");
  writ_intent* intent = &wanted.intent;
  /* The tail counts, and every record's size is a multiple of 8. */
  intent->header.size = (uint32_t)(sizeof *intent + ((size_t)reason + 7) / 8 * 8);
  intent->rationale_size = (uint32_t)reason;
  intent->instrument = instrument;
  intent->kind = WRIT_INTENT_PLACE;
  intent->side = side;
  intent->order_type = WRIT_ORDER_LIMIT;
  intent->time_in_force = WRIT_TIF_GTC;
  intent->urgency = WRIT_URGENCY_MAKER;
  intent->flags = WRIT_INTENT_POST_ONLY;
  intent->price = price;
  intent->quantity = quantity;
  intent->expire_ts = WRIT_NONE;
  return self->host->submit(self->host, intent, NULL);
}

/* Called when the best bid or ask changed, as the subscription says. */
static writ_status on_snapshot(writ_plugin* plugin, const writ_snapshot* snapshot) {
  buyer* self = plugin->self;
  market* here = market_of(self, snapshot->instrument);
  const int64_t now = self->host->now(self->host);
  if (here == NULL || now < here->next_try || snapshot->open_orders > 0) return WRIT_OK;
  if ((snapshot->flags & WRIT_SNAPSHOT_CAN_TRADE) == 0) return WRIT_OK;
  if (snapshot->bid_price == WRIT_NONE || snapshot->ask_price == WRIT_NONE) return WRIT_OK;

  const int holding = snapshot->position >= here->lot;
  const int64_t wanted = holding ? snapshot->position : self->size;
  const int64_t quantity = wanted / here->lot * here->lot;
  if (quantity <= 0) return WRIT_OK;
  here->next_try = now + self->pause_ns;
  return holding ? place(self, snapshot->instrument, WRIT_SIDE_SELL, quantity, snapshot->ask_price)
                 : place(self, snapshot->instrument, WRIT_SIDE_BUY, quantity, snapshot->bid_price);
}

/* Verdicts, orders and fills come here too; the next snapshot says as much as this one needs. */
static writ_status on_event(writ_plugin* plugin, const writ_event* event) {
  buyer* self = plugin->self;
  switch (event->type) {
    case WRIT_RECORD_INSTRUMENT:
      return remember(self, (const writ_instrument*)event);
    case WRIT_RECORD_PARAMETER: {
      const writ_parameter_change* change = (const writ_parameter_change*)event;
      if (change->parameter == PARAMETER_SIZE) self->size = change->value;
      return WRIT_OK;
    }
    default:
      return WRIT_IGNORED;
  }
}

static writ_status init(writ_plugin* plugin) {
  (void)plugin;
  return WRIT_OK;
}

static void destroy(writ_plugin* plugin) { free(plugin->self); }

/* The state: how many there are, and so many pairs of instrument and time. Same state, same bytes;
 * whatever else somebody brings is refused. */
typedef struct saved {
  uint32_t instrument;
  uint32_t reserved;
  int64_t next_try;
} saved;

static writ_status save(writ_plugin* plugin, void* buffer, size_t capacity, size_t* size) {
  const buyer* self = plugin->self;
  const uint64_t count = self->market_count;
  *size = sizeof count + count * sizeof(saved);
  if (capacity < *size) return WRIT_E_LIMIT;
  char* to = buffer;
  memcpy(to, &count, sizeof count);
  to += sizeof count;
  for (uint64_t i = 0; i < count; ++i, to += sizeof(saved)) {
    const saved one = {self->markets[i].instrument, 0, self->markets[i].next_try};
    memcpy(to, &one, sizeof one);
  }
  return WRIT_OK;
}

static writ_status load(writ_plugin* plugin, uint32_t schema, const void* bytes, size_t size) {
  buyer* self = plugin->self;
  if (schema != 1) return WRIT_E_UNSUPPORTED;
  uint64_t count = 0;
  if (size < sizeof count) return WRIT_E_CORRUPT;
  memcpy(&count, bytes, sizeof count);
  if (count > MARKETS_MAX || size != sizeof count + count * sizeof(saved)) return WRIT_E_CORRUPT;
  const char* from = (const char*)bytes + sizeof count;
  for (uint64_t i = 0; i < count; ++i, from += sizeof(saved)) {
    saved one;
    memcpy(&one, from, sizeof one);
    market* known = market_of(self, one.instrument);
    if (known != NULL) known->next_try = one.next_try;
  }
  return WRIT_OK;
}

static const void* get_extension(writ_plugin* plugin, const char* id) {
  static const writ_ext_state state = {sizeof state, 0, save, load};
  (void)plugin;
  return strcmp(id, WRIT_EXT_STATE) == 0 ? &state : NULL;
}

/* `stride` and not the size of writ_value: a later host may know longer ones. */
static const writ_value* value_of(const writ_value* values, uint32_t count, uint32_t stride,
                                  uint32_t parameter) {
  for (uint32_t i = 0; i < count; ++i) {
    const writ_value* value = (const writ_value*)((const char*)values + (size_t)i * stride);
    if (value->parameter == parameter) return value;
  }
  return NULL;
}

static writ_status create(const char* id, const writ_host* host, const writ_value* values,
                          uint32_t value_count, uint32_t value_stride, writ_plugin** plugin) {
  if (strcmp(id, "example.patient_buyer") != 0) return WRIT_E_NOT_FOUND;
  if (!WRIT_HAS(host, submit)) return WRIT_E_UNSUPPORTED;
  const writ_value* size = value_of(values, value_count, value_stride, PARAMETER_SIZE);
  const writ_value* pause = value_of(values, value_count, value_stride, PARAMETER_PAUSE);
  if (size == NULL || pause == NULL) return WRIT_E_INVALID;
  buyer* self = calloc(1, sizeof *self);
  if (self == NULL) return WRIT_E_INTERNAL;
  self->table.struct_size = sizeof self->table;
  self->table.self = self;
  self->table.init = init;
  self->table.destroy = destroy;
  self->table.on_event = on_event;
  self->table.on_snapshot = on_snapshot;
  self->table.get_extension = get_extension;
  self->host = host;
  self->size = size->value;
  self->pause_ns = pause->value;
  *plugin = &self->table;
  return WRIT_OK;
}

static const writ_parameter kParameters[] = {
    {sizeof(writ_parameter), PARAMETER_SIZE, "size", "Of an order.", "base asset",
     WRIT_PARAMETER_DECIMAL, WRIT_PARAMETER_LIVE, "0.000001", "1000000", "0.001"},
    {sizeof(writ_parameter), PARAMETER_PAUSE, "pause", "Between two attempts.", "",
     WRIT_PARAMETER_DURATION, 0, "1ms", "1h", "1s"},
};
static const writ_subscription kSubscriptions[] = {
    {sizeof(writ_subscription), WRIT_RECORD_SNAPSHOT, WRIT_TRIGGER_TOP, 0, 0},
};
static const writ_descriptor kDescriptor = {
    .struct_size = sizeof(writ_descriptor),
    .kind = WRIT_PLUGIN_STRATEGY,
    .id = "example.patient_buyer",
    .name = "Patient buyer",
    .version = "1.0.0",
    .doc = "Joins the best bid, then the best ask. In C11.",
    .capabilities = WRIT_CAN_TRADE,
    .parameters = kParameters,
    .parameter_count = sizeof kParameters / sizeof *kParameters,
    .parameter_stride = sizeof(writ_parameter),
    .subscriptions = kSubscriptions,
    .subscription_count = sizeof kSubscriptions / sizeof *kSubscriptions,
    .subscription_stride = sizeof(writ_subscription),
    .state_schema = 1,
    .state_schema_min = 1,
};
static const writ_descriptor* const kDescriptors[] = {&kDescriptor};
static const writ_module kModule = {sizeof(writ_module),
                                    WRIT_ABI_MAJOR,
                                    WRIT_ABI_MINOR,
                                    "Writ examples",
                                    kDescriptors,
                                    1,
                                    0,
                                    create};

WRIT_PLUGIN(0) { return &kModule; }
