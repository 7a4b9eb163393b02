/* A strategy that says in its log whether the host's table has the entry of the next minor version.
 * SEEKS: it looks for it (else it knows nothing of it); REQUIRES: the minor version it cannot do
 * without. */
#include <writ/abi/plugin.h>

#include <stddef.h>
#include <stdlib.h>

typedef struct seeker {
  writ_plugin table;
  const writ_host* host;
} seeker;

static writ_status init(writ_plugin* plugin) {
  const seeker* self = plugin->self;
#ifdef SEEKS
  static const char kFound[] = "found";
  static const char kNotFound[] = "not found";
  if (WRIT_HAS(self->host, uptime)) {
    self->host->log(self->host, 1, kFound, sizeof kFound - 1);
  } else {
    self->host->log(self->host, 1, kNotFound, sizeof kNotFound - 1);
  }
#else
  static const char kNotSought[] = "not sought";
  self->host->log(self->host, 1, kNotSought, sizeof kNotSought - 1);
#endif
  return WRIT_OK;
}

static void destroy(writ_plugin* plugin) { free(plugin->self); }

static writ_status on_event(writ_plugin* plugin, const writ_event* event) {
  (void)plugin;
  return event->type == WRIT_RECORD_INSTRUMENT ? WRIT_OK : WRIT_IGNORED;
}

static const void* get_extension(writ_plugin* plugin, const char* id) {
  (void)plugin;
  (void)id;
  return NULL;
}

static writ_status create(const char* id, const writ_host* host, const writ_value* values,
                          uint32_t value_count, uint32_t value_stride, writ_plugin** plugin) {
  (void)id;
  (void)values;
  (void)value_count;
  (void)value_stride;
  seeker* self = calloc(1, sizeof *self);
  if (self == NULL) return WRIT_E_INTERNAL;
  self->table.struct_size = sizeof self->table;
  self->table.self = self;
  self->table.init = init;
  self->table.destroy = destroy;
  self->table.on_event = on_event;
  self->table.get_extension = get_extension;
  self->host = host;
  *plugin = &self->table;
  return WRIT_OK;
}

static const writ_descriptor kSeeker = {
    .struct_size = sizeof(writ_descriptor),
    .kind = WRIT_PLUGIN_STRATEGY,
    .id = "test.seeker",
    .name = "Seeker",
    .version = "1.0.0",
    .doc = "Looks for an entry of the host's table.",
};
static const writ_descriptor* const kDescriptors[] = {&kSeeker};
static const writ_module kModule = {
    sizeof(writ_module), WRIT_ABI_MAJOR, WRIT_ABI_MINOR, "Writ tests", kDescriptors, 1, 0, create};

WRIT_PLUGIN(REQUIRES) { return &kModule; }
