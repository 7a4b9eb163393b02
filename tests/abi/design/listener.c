/* Says what it is called with: a strategy that asks for every type of record there is and writes a
 * line for each it gets, and a signal to listen to. What the strategy submits, a bar's tail tells
 * it, as the scenarios' own strategies do. Plain C11, so that what it sees is what any language
 * sees. */
#include <writ/abi/journal.h>
#include <writ/abi/plugin.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct listener {
  writ_plugin table;
  const writ_host* host;
  int64_t number; /* which intents of a bar are its own */
} listener;

enum { TIMER = 7, VALUE = 1, REPORT = 2 };

static void say(const listener* self, const char* format, ...) {
  char line[512];
  va_list values;
  va_start(values, format);
  const int size = vsnprintf(line, sizeof line, format, values);
  va_end(values);
  if (size <= 0) return;
  self->host->log(self->host, WRIT_SEVERITY_INFO, line,
                  (size_t)size < sizeof line ? (size_t)size : sizeof line - 1);
}

/* A number at 1e-9 as people write it. */
typedef struct text {
  char c[40];
} text;

static text decimal(int64_t value) {
  text out;
  if (value == WRIT_NONE) {
    strcpy(out.c, "none");
    return out;
  }
  const uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  int end = snprintf(out.c, sizeof out.c, "%s%" PRIu64 ".%09" PRIu64, value < 0 ? "-" : "",
                     size / 1000000000u, size % 1000000000u);
  while (out.c[end - 1] == '0') --end;
  if (out.c[end - 1] == '.') --end;
  out.c[end] = '\0';
  return out;
}

/* Money of a size a long double holds, to six places. */
static text money(writ_money value) {
  text out;
  const long double units =
      ((long double)value.hi * 18446744073709551616.0L + (long double)value.lo) / 1e18L;
  snprintf(out.c, sizeof out.c, "%.6Lf", units);
  return out;
}

/* The bytes behind the fixed part. */
static const char* tail(const void* record, size_t fixed) { return (const char*)record + fixed; }

static writ_status submit_from(const listener* self, const writ_bar* bar) {
  for (size_t at = sizeof *bar; at + sizeof(writ_intent) <= bar->header.size;
       at += sizeof(writ_intent)) {
    writ_intent intent;
    memcpy(&intent, (const char*)bar + at, sizeof intent);
    if (intent.instance != self->number) continue;
    const writ_status status = self->host->submit(self->host, &intent, NULL);
    if (status < 0) return status;
  }
  return WRIT_OK;
}

static void hear_market(const listener* self, const writ_event* event) {
  switch (event->type) {
    case WRIT_RECORD_BOOK_SNAPSHOT: {
      const writ_book_snapshot* r = (const writ_book_snapshot*)event;
      say(self, "book_snapshot %u bids %u asks %u", r->instrument, r->bid_count, r->ask_count);
      break;
    }
    case WRIT_RECORD_BOOK_DELTA: {
      const writ_book_delta* r = (const writ_book_delta*)event;
      say(self, "book_delta %u bids %u asks %u", r->instrument, r->bid_count, r->ask_count);
      break;
    }
    case WRIT_RECORD_BOOK_TOP: {
      const writ_book_top* r = (const writ_book_top*)event;
      say(self, "book_top %u %s x %s / %s x %s", r->instrument, decimal(r->bid_price).c,
          decimal(r->bid_quantity).c, decimal(r->ask_price).c, decimal(r->ask_quantity).c);
      break;
    }
    case WRIT_RECORD_TRADE: {
      const writ_trade* r = (const writ_trade*)event;
      say(self, "trade %u side %u %s @ %s", r->instrument, r->side, decimal(r->quantity).c,
          decimal(r->price).c);
      break;
    }
    case WRIT_RECORD_MARK_PRICE: {
      const writ_mark_price* r = (const writ_mark_price*)event;
      say(self, "mark_price %u %s", r->instrument, decimal(r->mark).c);
      break;
    }
    case WRIT_RECORD_MARKET_STATUS: {
      const writ_market_status* r = (const writ_market_status*)event;
      say(self, "market_status %u status %u in_play %u delay %u", r->instrument, r->status,
          r->in_play, r->bet_delay_s);
      break;
    }
    case WRIT_RECORD_FUNDING: {
      const writ_funding* r = (const writ_funding*)event;
      say(self, "funding %u rate %s mark %s", r->instrument, decimal(r->rate).c,
          decimal(r->mark).c);
      break;
    }
    case WRIT_RECORD_LIQUIDATION: {
      const writ_liquidation* r = (const writ_liquidation*)event;
      say(self, "liquidation %u side %u %s @ %s", r->instrument, r->side, decimal(r->quantity).c,
          decimal(r->price).c);
      break;
    }
    case WRIT_RECORD_SETTLEMENT: {
      const writ_settlement* r = (const writ_settlement*)event;
      say(self, "settlement %u result %u payout %" PRId64 "/%" PRId64 " places %u tied %u",
          r->instrument, r->result, r->payout_numerator, r->payout_denominator, r->places, r->tied);
      break;
    }
    case WRIT_RECORD_TICK_CHANGE: {
      const writ_tick_change* r = (const writ_tick_change*)event;
      say(self, "tick_change %u from %s to %s", r->instrument, decimal(r->tick_before).c,
          decimal(r->tick).c);
      break;
    }
    case WRIT_RECORD_REDUCTION: {
      const writ_reduction* r = (const writ_reduction*)event;
      say(self, "reduction %u of market %u by %s per cent, kind %u", r->instrument, r->market_group,
          decimal(r->factor).c, r->market);
      break;
    }
    default:
      say(self, "unexpected %u", event->type);
  }
}

static void hear_outcome(const listener* self, const writ_event* event) {
  switch (event->type) {
    case WRIT_RECORD_VERDICT: {
      const writ_verdict* r = (const writ_verdict*)event;
      say(self, "verdict %u approved %u reason %u detail %u effect %u quantity %s", r->instrument,
          r->approved, r->reason, r->detail, r->effect, decimal(r->quantity).c);
      break;
    }
    case WRIT_RECORD_ORDER: {
      const writ_order* r = (const writ_order*)event;
      say(self, "order %u state %u command %u reason %u side %u %s @ %s filled %s", r->instrument,
          r->state, r->command, r->reason, r->side, decimal(r->quantity).c, decimal(r->price).c,
          decimal(r->filled).c);
      break;
    }
    case WRIT_RECORD_FILL: {
      const writ_fill* r = (const writ_fill*)event;
      say(self, "fill %u side %u liquidity %u %s @ %s fee %s", r->instrument, r->side, r->liquidity,
          decimal(r->quantity).c, decimal(r->price).c, money(r->fee).c);
      break;
    }
    default:
      hear_market(self, event);
  }
}

static writ_status hear(writ_plugin* plugin, const writ_event* event) {
  const listener* self = plugin->self;
  switch (event->type) {
    case WRIT_RECORD_INSTRUMENT: {
      const writ_instrument* r = (const writ_instrument*)event;
      say(self, "instrument %u kind %u tick %s lot %s ladder %u", r->instrument, r->kind,
          decimal(r->tick).c, decimal(r->lot).c, r->ladder);
      return WRIT_OK;
    }
    case WRIT_RECORD_BAR: {
      const writ_bar* r = (const writ_bar*)event;
      if (event->size > sizeof *r) return submit_from(self, r);
      say(self, "bar %u close %s volume %s", r->instrument, decimal(r->close).c,
          decimal(r->volume).c);
      return WRIT_OK;
    }
    case WRIT_RECORD_SIGNAL:
    case WRIT_RECORD_SIGNAL_INPUT: {
      const writ_signal* r = (const writ_signal*)event;
      say(self, "%s from %u port %u about %u: %g",
          event->type == WRIT_RECORD_SIGNAL ? "signal" : "signal_input", r->instance, r->signal,
          r->instrument, r->value);
      return WRIT_OK;
    }
    case WRIT_RECORD_SIGNAL_REPORT:
    case WRIT_RECORD_SIGNAL_REPORT_INPUT: {
      const writ_signal_report* r = (const writ_signal_report*)event;
      say(self, "%s from %u port %u about %u: %g %.*s",
          event->type == WRIT_RECORD_SIGNAL_REPORT ? "signal_report" : "signal_report_input",
          r->instance, r->signal, r->instrument, r->value, (int)r->payload_size,
          tail(r, sizeof *r));
      return WRIT_OK;
    }
    case WRIT_RECORD_TIMER: {
      const writ_timer* r = (const writ_timer*)event;
      say(self, "timer %" PRIu64, r->timer);
      return WRIT_OK;
    }
    case WRIT_RECORD_PARAMETER: {
      const writ_parameter_change* r = (const writ_parameter_change*)event;
      say(self, "parameter %u type %u: %" PRId64, r->parameter, r->type, r->value);
      return WRIT_OK;
    }
    default:
      hear_outcome(self, event);
      return WRIT_OK;
  }
}

static writ_status evaluate(writ_plugin* plugin, const writ_snapshot* snapshot) {
  say(plugin->self, "snapshot %u position %s account %s cash %s open %u flags %u",
      snapshot->instrument, decimal(snapshot->position).c, decimal(snapshot->account_position).c,
      money(snapshot->cash_left).c, snapshot->open_orders, snapshot->flags);
  return WRIT_OK;
}

/* The price of each trade, and the same with its quantity behind it. */
static writ_status speak(writ_plugin* plugin, const writ_event* event) {
  const listener* self = plugin->self;
  if (event->type != WRIT_RECORD_TRADE) return WRIT_IGNORED;
  const writ_trade* trade = (const writ_trade*)event;
  writ_signal value;
  memset(&value, 0, sizeof value);
  value.header.size = sizeof value;
  value.header.type = WRIT_RECORD_SIGNAL;
  value.signal = VALUE;
  value.instrument = trade->instrument;
  value.flags = WRIT_SIGNAL_WARM;
  value.value = (double)trade->price / 1e9;
  const writ_status status = self->host->publish(self->host, &value.header);
  if (status < 0) return status;

  struct {
    writ_signal_report report;
    char payload[64];
  } told;
  memset(&told, 0, sizeof told);
  const int size =
      snprintf(told.payload, sizeof told.payload, "{\"quantity\":%s}", decimal(trade->quantity).c);
  told.report.header.size = (uint32_t)(sizeof told.report + (size_t)(size + 7) / 8 * 8);
  told.report.header.type = WRIT_RECORD_SIGNAL_REPORT;
  told.report.signal = REPORT;
  told.report.instrument = trade->instrument;
  told.report.value = value.value;
  told.report.payload_size = (uint32_t)size;
  return self->host->publish(self->host, &told.report.header);
}

static writ_status begin_listening(writ_plugin* plugin) {
  const listener* self = plugin->self;
  return self->host->set_timer(self->host, TIMER, self->host->now(self->host) + 1);
}

static writ_status begin_speaking(writ_plugin* plugin) {
  (void)plugin;
  return WRIT_OK;
}

static void destroy(writ_plugin* plugin) { free(plugin->self); }

static const void* get_extension(writ_plugin* plugin, const char* id) {
  (void)plugin, (void)id;
  return NULL;
}

static writ_status create(const char* id, const writ_host* host, const writ_value* values,
                          uint32_t value_count, uint32_t value_stride, writ_plugin** plugin) {
  (void)value_stride;
  const int listens = strcmp(id, "listener.strategy") == 0;
  if (!listens && strcmp(id, "listener.signal") != 0) return WRIT_E_NOT_FOUND;
  listener* self = calloc(1, sizeof *self);
  if (self == NULL) return WRIT_E_INTERNAL;
  self->table.struct_size = sizeof self->table;
  self->table.self = self;
  self->table.init = listens ? begin_listening : begin_speaking;
  self->table.destroy = destroy;
  self->table.on_event = listens ? hear : speak;
  self->table.on_snapshot = listens ? evaluate : NULL;
  self->table.get_extension = get_extension;
  self->host = host;
  self->number = value_count > 0 ? values[0].value : 0;
  *plugin = &self->table;
  return WRIT_OK;
}

static const writ_parameter kParameters[] = {
    {sizeof(writ_parameter), 1, "number", "Which intents of a bar are its own.", "",
     WRIT_PARAMETER_INTEGER, WRIT_PARAMETER_REQUIRED, "1", NULL, NULL},
};
static const writ_port kPorts[] = {
    {sizeof(writ_port), VALUE, "value", "The price of a trade.", "price"},
    {sizeof(writ_port), REPORT, "report", "The same with the quantity.", "price"},
};

/* Every type there is, those that no plugin is given too. */
#define EACH(type) \
  { sizeof(writ_subscription), type, WRIT_TRIGGER_EVENT, 0, 0 }
static const writ_subscription kEverything[] = {
    EACH(WRIT_RECORD_RUN_STARTED),
    EACH(WRIT_RECORD_RUN_STOPPED),
    EACH(WRIT_RECORD_ASSET),
    EACH(WRIT_RECORD_ACCOUNT),
    EACH(WRIT_RECORD_INSTRUMENT),
    EACH(WRIT_RECORD_STREAM),
    EACH(WRIT_RECORD_INSTANCE),
    EACH(WRIT_RECORD_CONFIG),
    EACH(WRIT_RECORD_COMMAND),
    EACH(WRIT_RECORD_CLOCK),
    EACH(WRIT_RECORD_DEPOSIT),
    EACH(WRIT_RECORD_CONVERSION),
    EACH(WRIT_RECORD_ADJUSTMENT),
    EACH(WRIT_RECORD_TOKENS),
    EACH(WRIT_RECORD_RELOAD),
    EACH(WRIT_RECORD_PLUGIN_STAT),
    EACH(WRIT_RECORD_BOOK_SNAPSHOT),
    EACH(WRIT_RECORD_BOOK_DELTA),
    EACH(WRIT_RECORD_BOOK_TOP),
    EACH(WRIT_RECORD_TRADE),
    EACH(WRIT_RECORD_MARK_PRICE),
    EACH(WRIT_RECORD_BAR),
    EACH(WRIT_RECORD_MARKET_STATUS),
    EACH(WRIT_RECORD_FUNDING),
    EACH(WRIT_RECORD_LIQUIDATION),
    EACH(WRIT_RECORD_SETTLEMENT),
    EACH(WRIT_RECORD_TICK_CHANGE),
    EACH(WRIT_RECORD_REDUCTION),
    EACH(WRIT_RECORD_SIGNAL_INPUT),
    EACH(WRIT_RECORD_SIGNAL_REPORT_INPUT),
    EACH(WRIT_RECORD_INTENT_INPUT),
    EACH(WRIT_RECORD_PLUGIN_FAULT),
    EACH(WRIT_RECORD_REPORT),
    EACH(WRIT_RECORD_FILL),
    {sizeof(writ_subscription), WRIT_RECORD_SNAPSHOT, WRIT_TRIGGER_TOP, 0, 0},
    EACH(WRIT_RECORD_SIGNAL),
    EACH(WRIT_RECORD_INTENT),
    EACH(WRIT_RECORD_VERDICT),
    EACH(WRIT_RECORD_ORDER),
    EACH(WRIT_RECORD_LEDGER),
    EACH(WRIT_RECORD_PORTFOLIO),
    EACH(WRIT_RECORD_EXECUTED_TRADE),
    EACH(WRIT_RECORD_INCIDENT),
    EACH(WRIT_RECORD_SIGNAL_REPORT),
    EACH(WRIT_RECORD_TIMER),
    EACH(WRIT_RECORD_PARAMETER),
    EACH(WRIT_RECORD_LOG),
    EACH(WRIT_RECORD_CHECKPOINT),
    EACH(WRIT_RECORD_VETO_MARK),
};
static const writ_subscription kTrades[] = {EACH(WRIT_RECORD_TRADE)};

static const writ_descriptor kListener = {
    .struct_size = sizeof(writ_descriptor),
    .kind = WRIT_PLUGIN_STRATEGY,
    .id = "listener.strategy",
    .name = "Listener",
    .version = "1.0.0",
    .doc = "Writes a line for each record it is given.",
    .capabilities = WRIT_CAN_TRADE | WRIT_CAN_TIMER,
    .parameters = kParameters,
    .parameter_count = 1,
    .parameter_stride = sizeof(writ_parameter),
    .signals_in = kPorts,
    .signal_in_count = 2,
    .signal_in_stride = sizeof(writ_port),
    .subscriptions = kEverything,
    .subscription_count = sizeof kEverything / sizeof *kEverything,
    .subscription_stride = sizeof(writ_subscription),
};
static const writ_descriptor kSpeaker = {
    .struct_size = sizeof(writ_descriptor),
    .kind = WRIT_PLUGIN_SIGNAL,
    .id = "listener.signal",
    .name = "Speaker",
    .version = "1.0.0",
    .doc = "Publishes each trade.",
    .capabilities = WRIT_CAN_PUBLISH,
    .signals_out = kPorts,
    .signal_out_count = 2,
    .signal_out_stride = sizeof(writ_port),
    .subscriptions = kTrades,
    .subscription_count = 1,
    .subscription_stride = sizeof(writ_subscription),
};
static const writ_descriptor* const kDescriptors[] = {&kListener, &kSpeaker};
static const writ_module kModule = {
    sizeof(writ_module), WRIT_ABI_MAJOR, WRIT_ABI_MINOR, "Writ tests", kDescriptors, 2, 0, create};

WRIT_PLUGIN(0) { return &kModule; }
