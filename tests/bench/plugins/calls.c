/* The least plugin in C: adds up prices, submits an intent for every trade, or crashes. */
#include <writ/abi/plugin.h>

#include <stdlib.h>
#include <string.h>

typedef struct caller {
  writ_plugin plugin;
  const writ_host* host;
  int64_t sum;
} caller;

static writ_status init(writ_plugin* plugin) {
  (void)plugin;
  return WRIT_OK;
}
static void destroy(writ_plugin* plugin) { free(plugin->self); }
static const void* get_extension(writ_plugin* plugin, const char* id) {
  (void)plugin, (void)id;
  return NULL;
}

static writ_status count(writ_plugin* plugin, const writ_event* event) {
  caller* self = plugin->self;
  if (event->type != WRIT_RECORD_TRADE) return WRIT_IGNORED;
  self->sum += ((const writ_trade*)event)->price;
  return WRIT_OK;
}

static writ_status count_and_submit(writ_plugin* plugin, const writ_event* event) {
  caller* self = plugin->self;
  if (event->type != WRIT_RECORD_TRADE) return WRIT_IGNORED;
  const writ_trade* trade = (const writ_trade*)event;
  self->sum += trade->price;
  writ_intent intent;
  memset(&intent, 0, sizeof intent);
  intent.header.size = sizeof intent;
  intent.header.type = WRIT_RECORD_INTENT;
  intent.kind = WRIT_INTENT_PLACE;
  intent.instrument = trade->instrument;
  intent.side = WRIT_SIDE_BUY;
  intent.order_type = WRIT_ORDER_LIMIT;
  intent.time_in_force = WRIT_TIF_GTC;
  intent.urgency = WRIT_URGENCY_NEUTRAL;
  intent.price = trade->price;
  intent.quantity = trade->quantity;
  intent.expire_ts = WRIT_NONE;
  uint64_t id = 0;
  return self->host->submit(self->host, &intent, &id);
}

static writ_status crash(writ_plugin* plugin, const writ_event* event) {
  (void)plugin, (void)event;
  *(volatile int*)NULL = 1;
  return WRIT_OK;
}

static const writ_subscription kTrades[] = {
    {sizeof(writ_subscription), WRIT_RECORD_TRADE, WRIT_TRIGGER_EVENT, 0, 0}};

static const writ_descriptor kCount = {
    .struct_size = sizeof(writ_descriptor),
    .kind = WRIT_PLUGIN_STRATEGY,
    .id = "bench.count",
    .name = "Count",
    .version = "1.0.0",
    .doc = "Adds up the prices of trades.",
    .capabilities = WRIT_CAN_TRADE,
    .subscriptions = kTrades,
    .subscription_count = 1,
    .subscription_stride = sizeof(writ_subscription),
};
static const writ_descriptor kSubmit = {
    .struct_size = sizeof(writ_descriptor),
    .kind = WRIT_PLUGIN_STRATEGY,
    .id = "bench.submit",
    .name = "Submit",
    .version = "1.0.0",
    .doc = "Submits an intent for every trade.",
    .capabilities = WRIT_CAN_TRADE,
    .subscriptions = kTrades,
    .subscription_count = 1,
    .subscription_stride = sizeof(writ_subscription),
};
static const writ_descriptor kCrash = {
    .struct_size = sizeof(writ_descriptor),
    .kind = WRIT_PLUGIN_STRATEGY,
    .id = "bench.crash",
    .name = "Crash",
    .version = "1.0.0",
    .doc = "Dereferences null at its first record.",
    .subscriptions = kTrades,
    .subscription_count = 1,
    .subscription_stride = sizeof(writ_subscription),
};
static const writ_descriptor* const kDescriptors[] = {&kCount, &kSubmit, &kCrash};

static writ_status create(const char* id, const writ_host* host, const writ_value* values,
                          uint32_t value_count, uint32_t value_stride, writ_plugin** plugin) {
  (void)values, (void)value_count, (void)value_stride;
  const int submits = strcmp(id, kSubmit.id) == 0;
  const int crashes = strcmp(id, kCrash.id) == 0;
  if (!submits && !crashes && strcmp(id, kCount.id) != 0) return WRIT_E_NOT_FOUND;
  caller* self = calloc(1, sizeof *self);
  if (self == NULL) return WRIT_E_INTERNAL;
  self->host = host;
  self->plugin.struct_size = sizeof self->plugin;
  self->plugin.self = self;
  self->plugin.init = init;
  self->plugin.destroy = destroy;
  self->plugin.on_event = submits ? count_and_submit : crashes ? crash : count;
  self->plugin.get_extension = get_extension;
  *plugin = &self->plugin;
  return WRIT_OK;
}

static const writ_module kModule = {
    .struct_size = sizeof(writ_module),
    .abi_major = WRIT_ABI_MAJOR,
    .abi_minor = WRIT_ABI_MINOR,
    .vendor = "Writ",
    .descriptors = kDescriptors,
    .descriptor_count = 3,
    .create = create,
};

WRIT_PLUGIN(0) { return &kModule; }
