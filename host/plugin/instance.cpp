#include "host/plugin/instance.hpp"

#include "host/base/assert.hpp"
#include "host/base/input_error.hpp"
#include "host/plugin/float_control.hpp"
#include "host/plugin/host_table.hpp"
#include "host/plugin/record_check.hpp"
#include "host/plugin/state_blob.hpp"

#include <algorithm>
#include <utility>

namespace writ::plugin {
namespace {

constexpr std::size_t kStateMax = std::size_t{1} << 30U;

std::string where(const Descriptor& descriptor, const InstanceOptions& options) {
  return "plugin " + descriptor.id + ", instance \"" + options.name + "\": ";
}

}  // namespace

const char* status_name(writ_status status) noexcept {
  switch (status) {
    case WRIT_OK:
      return "ok";
    case WRIT_IGNORED:
      return "ignored";
    case WRIT_E_INVALID:
      return "invalid";
    case WRIT_E_DENIED:
      return "denied";
    case WRIT_E_NOT_FOUND:
      return "not found";
    case WRIT_E_STATE:
      return "wrong state";
    case WRIT_E_LIMIT:
      return "limit";
    case WRIT_E_UNSUPPORTED:
      return "unsupported";
    case WRIT_E_CORRUPT:
      return "corrupt";
    case WRIT_E_INTERNAL:
      return "internal error";
    default:
      return "unknown";
  }
}

Instance::Instance(std::shared_ptr<const Module> module, const Descriptor& descriptor,
                   ParameterSet parameters, InstanceOptions options, HostServices& services)
    : module_(std::move(module)),
      descriptor_(&descriptor),
      parameters_(std::move(parameters)),
      options_(std::move(options)),
      capabilities_(descriptor.capabilities & options_.granted),
      table_(std::make_unique<HostTable>(*this, services, options_.host_table_size)) {
  std::sort(options_.instruments.begin(), options_.instruments.end());
}

std::unique_ptr<Instance> Instance::create(std::shared_ptr<const Module> module,
                                           std::string_view plugin_id, ParameterSet parameters,
                                           InstanceOptions options, HostServices& services) {
  WRIT_ASSERT(module != nullptr);
  const std::string file = module->file().string();
  const Descriptor* descriptor = module->find(plugin_id);
  if (descriptor == nullptr) {
    throw base::InputError(file, "offers no plugin " + std::string(plugin_id));
  }
  std::unique_ptr<Instance> instance(new Instance(
      std::move(module), *descriptor, std::move(parameters), std::move(options), services));
  if (auto why = instance->make(); !why.empty()) {
    throw base::InputError(file, where(*descriptor, instance->options_) + why);
  }
  return instance;
}

std::string Instance::make() {
  if (options_.isolate && isolation_ == nullptr) isolation_ = options_.isolate(options_.name);
  const auto values = parameters_.abi_values();
  writ_plugin* plugin = nullptr;
  const writ_status status = guarded(Phase::kCreated, [&] {
    if (isolation_ != nullptr) {
      return isolation_->create({module_->object_path(), descriptor_->id.c_str(), table_->table(),
                                 values, options_.inputs, options_.instance, capabilities_,
                                 module_->loaded() ? &module_->table() : nullptr, *descriptor_},
                                &plugin);
    }
    return module_->table().create(descriptor_->id.c_str(), table_->table(), values.data(),
                                   static_cast<std::uint32_t>(values.size()), sizeof(writ_value),
                                   &plugin);
  });
  if (!fault().empty()) return fault();
  if (status != WRIT_OK) return std::string("create failed: ") + status_name(status);
  if (plugin == nullptr) return "create made nothing";
  if (!WRIT_HAS(plugin, get_extension) || plugin->init == nullptr || plugin->destroy == nullptr ||
      plugin->on_event == nullptr || plugin->get_extension == nullptr) {
    return "its instance table is incomplete";
  }
  plugin_ = plugin;
  const bool stateless =
      descriptor_->state_schema == 0 || (isolation_ != nullptr && !isolation_->has_state());
  return stateless ? std::string() : take_state_table();
}

std::string Instance::take_state_table() {
  const void* extension = plugin_->get_extension(plugin_, WRIT_EXT_STATE);
  state_ = static_cast<const writ_ext_state*>(extension);
  if (state_ == nullptr) return "declares a state schema but offers no " WRIT_EXT_STATE;
  if (!WRIT_HAS(state_, load) || state_->save == nullptr || state_->load == nullptr) {
    return "its state table is incomplete";
  }
  return {};
}

void Instance::take_over_outside(Instance& from) {
  isolation_->take_over(*from.isolation_, from.descriptor().state_schema);
}

void Instance::serve(HostServices& services) noexcept { table_->serve_with(services); }

bool Instance::begin_anew() {
  destroy_plugin();
  phase_ = Phase::kCreated;
  if (make().empty()) return true;
  phase_ = Phase::kStopped;
  return false;
}

const std::string& Instance::fault() const noexcept {
  static const std::string kNone;
  return isolation_ == nullptr ? kNone : isolation_->fault();
}

Instance::~Instance() { destroy_plugin(); }

void Instance::destroy_plugin() {
  if (plugin_ == nullptr) return;
  phase_ = Phase::kStopped;
  const auto before = FloatControl::current();
  table_->call_begins();
  plugin_->destroy(plugin_);
  plugin_ = nullptr;
  state_ = nullptr;
  table_->call_ends();
  if (!(FloatControl::current() == before)) before.restore();
}

bool Instance::names(std::uint32_t instrument) const noexcept {
  return std::binary_search(options_.instruments.begin(), options_.instruments.end(), instrument);
}

template <class Call>
writ_status Instance::guarded(Phase during, Call&& call) {
  const Phase after = phase_;
  const auto float_control = FloatControl::current();
  phase_ = during;
  table_->call_begins();
  ++statistics_.calls;
  const bool timed = during == Phase::kInCall && is_timed();
  const auto begun = timed ? clock_.now() : 0;
  const writ_status status = call();
  if (timed) count_time(clock_.ns(clock_.now() - begun));
  if (status < 0) ++statistics_.errors;
  if (!(FloatControl::current() == float_control)) {
    float_control.restore();
    ++statistics_.float_control;
  }
  if (phase_ == during) phase_ = after;  // unless it was stopped meanwhile
  table_->call_ends();
  return status;
}

writ_status Instance::init() {
  if (phase_ != Phase::kCreated) return WRIT_E_STATE;
  const writ_status status =
      guarded(Phase::kInitialising, [this] { return plugin_->init(plugin_); });
  if (status >= 0) phase_ = Phase::kReady;
  return status;
}

writ_status Instance::on_event(const writ_event& event) {
  // Announced instruments come before init: nothing may be submitted on them.
  const bool announcement = phase_ == Phase::kCreated && event.type == WRIT_RECORD_INSTRUMENT;
  if (phase_ != Phase::kReady && !announcement) return WRIT_E_STATE;
  const auto* change = model::as<writ_parameter_change>(event);
  if (change != nullptr && !take_parameter(*change)) return WRIT_E_NOT_FOUND;
  return guarded(announcement ? Phase::kCreated : Phase::kInCall,
                 [&] { return plugin_->on_event(plugin_, &event); });
}

bool Instance::take_parameter(const writ_parameter_change& change) {
  return parameters_.apply(change);
}

writ_status Instance::on_snapshot(const writ_snapshot& snapshot) {
  if (phase_ != Phase::kReady) return WRIT_E_STATE;
  if (plugin_->on_snapshot == nullptr) return WRIT_IGNORED;
  return guarded(Phase::kInCall, [&] { return plugin_->on_snapshot(plugin_, &snapshot); });
}

writ_status Instance::admits(const writ_record& wanted) const {
  const bool intent = wanted.type == WRIT_RECORD_INTENT;
  if ((capabilities_ & (intent ? WRIT_CAN_TRADE : WRIT_CAN_PUBLISH)) == 0) return WRIT_E_DENIED;
  if (phase_ != Phase::kReady) return WRIT_E_STATE;
  JsonText json;
  writ_status status = WRIT_E_INVALID;
  std::uint32_t instrument = 0;
  if (const auto* place = model::as<writ_intent>(wanted)) {
    status = check_intent(*place, json);
    instrument = place->instrument;
    if (status >= 0 && instrument == 0) status = WRIT_E_NOT_FOUND;
  } else if (const auto* signal = model::as<writ_signal>(wanted)) {
    status = check_signal(*signal, *descriptor_);
    instrument = signal->instrument;
  } else if (const auto* report = model::as<writ_signal_report>(wanted)) {
    status = check_signal_report(*report, *descriptor_, json);
    instrument = report->instrument;
  }
  if (status >= 0 && instrument != 0 && !names(instrument)) return WRIT_E_NOT_FOUND;
  return status;
}

// Two readings of the counter cost more than a call does. Every one is timed where a deadline holds
// for it, of others a sample: each kTimedEach-th, a prime, so that it meets every call of a
// pattern.
bool Instance::is_timed() noexcept {
  if (options_.deadline_ns != 0) return true;
  if (--until_timed_ == 0) {
    until_timed_ = kTimedEach;
    return true;
  }
  call_times_.add_untimed();
  return false;
}

void Instance::count_time(std::int64_t ns) {
  call_times_.add(ns);
  if (options_.deadline_ns != 0 && ns > options_.deadline_ns) late_ns_ = std::max(late_ns_, ns);
}

CallTimes& Instance::measured() const noexcept {
  auto* beside = isolation_ == nullptr ? nullptr : isolation_->call_times();
  return beside == nullptr ? call_times_ : *beside;
}

CallSummary Instance::call_times() const { return measured().summary(); }

InstancePeriod Instance::take_period() {
  const auto before = std::exchange(reported_, statistics_);
  InstancePeriod period{statistics_, measured().take_period()};
  until_timed_ = 1;  // no period with calls is without a time
  period.counted.calls -= before.calls;
  period.counted.errors -= before.errors;
  period.counted.submits -= before.submits;
  period.counted.publishes -= before.publishes;
  period.counted.refused -= before.refused;
  period.counted.float_control -= before.float_control;
  return period;
}

void Instance::count_recorded(const writ_record& wish) noexcept {
  ++(wish.type == WRIT_RECORD_INTENT_INPUT ? statistics_.submits : statistics_.publishes);
}

base::Result<std::vector<std::byte>> Instance::save_state() {
  if (state_ == nullptr) return base::Error(base::Errc::kUnsupported, "save plugin state");
  if (phase_ != Phase::kReady) return base::Error(base::Errc::kState, "save plugin state");
  std::vector<std::byte> bytes(256);
  std::size_t size = 0;
  const auto save = [&] {
    return guarded(Phase::kReady,
                   [&] { return state_->save(plugin_, bytes.data(), bytes.size(), &size); });
  };
  writ_status status = save();
  if (status == WRIT_E_LIMIT && size > bytes.size() && size <= kStateMax) {
    --statistics_.errors;  // asking for room is not a fault
    bytes.resize(size);
    status = save();
  }
  if (status < 0) return base::Error(base::Errc::kRejected, "save plugin state", status);
  if (size > bytes.size()) return base::Error(base::Errc::kInvalid, "save plugin state");
  bytes.resize(size);

  return encode_state(*descriptor_, bytes);
}

base::Result<void> Instance::load_state(std::span<const std::byte> blob) {
  constexpr const char* kStep = "load plugin state";
  if (state_ == nullptr) return base::Error(base::Errc::kUnsupported, kStep);
  if (phase_ != Phase::kReady) return base::Error(base::Errc::kState, kStep);
  const auto decoded = decode_state(*descriptor_, blob);
  if (!decoded) return decoded.error();
  const writ_status status = guarded(Phase::kReady, [&] {
    return state_->load(plugin_, decoded->schema, decoded->bytes.data(), decoded->bytes.size());
  });
  if (status < 0) return base::Error(base::Errc::kRejected, kStep, status);
  return {};
}

base::Result<base::Sha256Digest> Instance::state_hash() {
  auto blob = save_state();
  if (!blob) return blob.error();
  return base::Sha256().update(std::span<const std::byte>(*blob)).digest();
}

}  // namespace writ::plugin
