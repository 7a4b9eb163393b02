/* A strategy in plain C11: submits one order for every trade it sees, and keeps its count. */
#include <writ/abi/ext/state.h>
#include <writ/abi/plugin.h>

#include <stdlib.h>
#include <string.h>

typedef struct counter {
  writ_plugin table;
  const writ_host* host;
  uint64_t trades;
  int64_t size;
} counter;

static writ_status init(writ_plugin* plugin) {
  (void)plugin;
  return WRIT_OK;
}

static void destroy(writ_plugin* plugin) { free(plugin->self); }

static writ_status on_event(writ_plugin* plugin, const writ_event* event) {
  counter* self = plugin->self;
  if (event->type == WRIT_RECORD_INSTRUMENT) return WRIT_OK;
  if (event->type != WRIT_RECORD_TRADE) return WRIT_IGNORED;
  const writ_trade* trade = (const writ_trade*)event;
  ++self->trades;
  writ_intent intent;
  memset(&intent, 0, sizeof intent);
  intent.header.size = sizeof intent;
  intent.instrument = trade->instrument;
  intent.kind = WRIT_INTENT_PLACE;
  intent.side = WRIT_SIDE_BUY;
  intent.order_type = WRIT_ORDER_LIMIT;
  intent.time_in_force = WRIT_TIF_GTC;
  intent.urgency = WRIT_URGENCY_NEUTRAL;
  intent.price = trade->price;
  intent.quantity = self->size;
  intent.expire_ts = WRIT_NONE;
  intent.tag = self->trades;
  return self->host->submit(self->host, &intent, NULL);
}

static writ_status save(writ_plugin* plugin, void* buffer, size_t capacity, size_t* size) {
  const counter* self = plugin->self;
  *size = sizeof self->trades;
  if (capacity < *size) return WRIT_E_LIMIT;
  memcpy(buffer, &self->trades, *size);
  return WRIT_OK;
}

static writ_status load(writ_plugin* plugin, uint32_t schema, const void* bytes, size_t size) {
  counter* self = plugin->self;
  if (schema != 1) return WRIT_E_UNSUPPORTED;
  if (size != sizeof self->trades) return WRIT_E_CORRUPT;
  memcpy(&self->trades, bytes, size);
  return WRIT_OK;
}

static const void* get_extension(writ_plugin* plugin, const char* id) {
  static const writ_ext_state state = {sizeof state, 0, save, load};
  (void)plugin;
  return strcmp(id, WRIT_EXT_STATE) == 0 ? &state : NULL;
}

static writ_status create(const char* id, const writ_host* host, const writ_value* values,
                          uint32_t value_count, uint32_t value_stride, writ_plugin** plugin) {
  (void)value_stride;
  if (strcmp(id, "test.c_counter") != 0) return WRIT_E_NOT_FOUND;
  if (value_count != 1) return WRIT_E_INVALID;
  if (!WRIT_HAS(host, submit)) return WRIT_E_UNSUPPORTED;
  counter* self = calloc(1, sizeof *self);
  if (self == NULL) return WRIT_E_INTERNAL;
  self->table.struct_size = sizeof self->table;
  self->table.self = self;
  self->table.init = init;
  self->table.destroy = destroy;
  self->table.on_event = on_event;
  self->table.get_extension = get_extension;
  self->host = host;
  self->size = values[0].value;
  *plugin = &self->table;
  return WRIT_OK;
}

static const writ_parameter kParameters[] = {
    {sizeof(writ_parameter), 1, "size", "Of an order.", "base", WRIT_PARAMETER_DECIMAL, 0, "0.001",
     "10", "0.5"},
};
static const writ_subscription kSubscriptions[] = {
    {sizeof(writ_subscription), WRIT_RECORD_TRADE, WRIT_TRIGGER_EVENT, 0, 0},
};
static const writ_descriptor kCounter = {
    .struct_size = sizeof(writ_descriptor),
    .kind = WRIT_PLUGIN_STRATEGY,
    .id = "test.c_counter",
    .name = "Counter",
    .version = "1.0.0",
    .doc = "Submits one order for each trade.",
    .capabilities = WRIT_CAN_TRADE,
    .parameters = kParameters,
    .parameter_count = 1,
    .parameter_stride = sizeof(writ_parameter),
    .subscriptions = kSubscriptions,
    .subscription_count = 1,
    .subscription_stride = sizeof(writ_subscription),
    .state_schema = 1,
    .state_schema_min = 1,
};
static const writ_descriptor* const kDescriptors[] = {&kCounter};
static const writ_module kModule = {
    sizeof(writ_module), WRIT_ABI_MAJOR, WRIT_ABI_MINOR, "Writ tests", kDescriptors, 1, 0, create};

WRIT_PLUGIN(0) { return &kModule; }
