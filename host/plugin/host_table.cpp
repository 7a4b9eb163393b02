#include "host/plugin/host_table.hpp"

#include "host/base/assert.hpp"
#include "host/plugin/host_services.hpp"
#include "host/plugin/instance.hpp"
#include "host/plugin/record_check.hpp"
#include "host/plugin/utf8.hpp"

#include <cstring>
#include <span>
#include <string_view>
#include <utility>

namespace writ::plugin {
namespace {

constexpr std::size_t kLogMax = 1024;
constexpr std::size_t kWaitingMax = 256;  // lines of other threads kept until the next call

}  // namespace

HostTable::HostTable(Instance& owner, HostServices& services, std::uint32_t table_size)
    : owner_(owner), services_(&services) {
  WRIT_ASSERT(table_size <= sizeof storage_);
  writ_host& host = storage_.host;
  host.struct_size = table_size;
  host.abi_major = WRIT_ABI_MAJOR;
  host.abi_minor = WRIT_ABI_MINOR;
  host.context = this;
  // noexcept: an exception of the host's own must not run through a plugin's frames.
  host.now = [](const writ_host* h) noexcept { return of(h).services_->now(); };
  host.submit = [](const writ_host* h, const writ_intent* intent, std::uint64_t* id) noexcept {
    return of(h).counted([&] { return of(h).submit(intent, id); });
  };
  host.publish = [](const writ_host* h, const writ_record* value) noexcept {
    return of(h).counted([&] { return of(h).publish(value); });
  };
  host.set_timer = [](const writ_host* h, std::uint64_t timer, std::int64_t due) noexcept {
    return of(h).counted([&] { return of(h).set_timer(timer, due); });
  };
  host.cancel_timer = [](const writ_host* h, std::uint64_t timer) noexcept {
    return of(h).counted([&] { return of(h).cancel_timer(timer); });
  };
  host.random = [](const writ_host* h, std::uint64_t* value) noexcept {
    return of(h).counted([&] { return of(h).random(value); });
  };
  host.log = [](const writ_host* h, std::uint32_t severity, const char* text,
                std::size_t size) noexcept { of(h).log(severity, text, size); };
  host.get_extension = [](const writ_host* h, const char* id) noexcept {
    return of(h).extension(id);
  };
  book_.struct_size = sizeof book_;
  book_.levels = [](const writ_host* h, std::uint32_t instrument, std::uint32_t side,
                    writ_level* levels, std::uint32_t capacity) noexcept {
    return of(h).levels(instrument, side, levels, capacity);
  };
  orders_.struct_size = sizeof orders_;
  orders_.working = [](const writ_host* h, std::uint32_t instrument, writ_order* orders,
                       std::uint32_t capacity) noexcept {
    return of(h).working(instrument, orders, capacity);
  };
  wiring_.struct_size = sizeof wiring_;
  wiring_.input = [](const writ_host* h, std::uint32_t port, std::uint32_t* instance,
                     std::uint32_t* signal) noexcept {
    return of(h).input(port, instance, signal);
  };
}

void HostTable::call_begins() noexcept {
  submits_in_call_ = 0;
  caller_.store(std::this_thread::get_id(), std::memory_order_relaxed);
}

void HostTable::call_ends() {
  caller_.store({}, std::memory_order_relaxed);
  if (!has_waiting_.load(std::memory_order_acquire)) return;
  std::vector<LogLine> lines;
  {
    const std::lock_guard lock(log_mutex_);
    has_waiting_.store(false, std::memory_order_relaxed);
    lines.swap(waiting_);
  }
  for (const LogLine& line : lines) services_->log(owner_.number(), line.severity, line.text);
}

template <class Call>
writ_status HostTable::counted(Call&& call) {
  const writ_status status = call();
  if (status < 0) ++owner_.statistics_.refused;
  return status;
}

bool HostTable::in_event() const noexcept { return owner_.phase_ == Instance::Phase::kInCall; }

writ_status HostTable::submit(const writ_intent* intent, std::uint64_t* intent_id) {
  if ((owner_.capabilities_ & WRIT_CAN_TRADE) == 0) return WRIT_E_DENIED;
  if (!in_event()) return WRIT_E_STATE;
  if (intent == nullptr) return WRIT_E_INVALID;
  if (const writ_status status = check_intent(*intent, json_); status < 0) return status;
  if (!owner_.names(intent->instrument)) return WRIT_E_NOT_FOUND;
  if (submits_in_call_ >= owner_.options_.submits_per_call_max) return WRIT_E_LIMIT;
  ++submits_in_call_;

  writ_intent fixed = *intent;
  fixed.header = {};
  fixed.header.type = WRIT_RECORD_INTENT;
  fixed.instance = owner_.number();
  fixed.seen_seq = 0;
  fixed.snapshot_seq = 0;
  fixed.flags &= ~std::uint32_t{WRIT_INTENT_WARMUP};
  const auto tail = model::tail_text(*intent, intent->tags_size + intent->rationale_size);
  auto& record = buffer_.begin(fixed).append(tail.data(), tail.size()).finish();
  std::uint64_t id = 0;
  const writ_status status =
      services_->submit(owner_.number(), reinterpret_cast<const writ_intent&>(record), id);
  if (status < 0) return status;
  ++owner_.statistics_.submits;
  if (intent_id != nullptr) *intent_id = id;
  return status;
}

writ_status HostTable::publish(const writ_record* value) {
  if ((owner_.capabilities_ & WRIT_CAN_PUBLISH) == 0) return WRIT_E_DENIED;
  if (!in_event()) return WRIT_E_STATE;
  if (value == nullptr) return WRIT_E_INVALID;
  std::uint32_t instrument = 0;
  writ_status status = WRIT_E_INVALID;
  if (const auto* signal = model::as<writ_signal>(*value)) {
    status = check_signal(*signal, owner_.descriptor());
    instrument = signal->instrument;
    writ_signal fixed = *signal;
    fixed.header = {};
    fixed.header.type = WRIT_RECORD_SIGNAL;
    fixed.instance = owner_.number();
    fixed.seen_seq = 0;
    buffer_.begin(fixed);
  } else if (const auto* report = model::as<writ_signal_report>(*value)) {
    status = check_signal_report(*report, owner_.descriptor(), json_);
    instrument = report->instrument;
    writ_signal_report fixed = *report;
    fixed.header = {};
    fixed.header.type = WRIT_RECORD_SIGNAL_REPORT;
    fixed.instance = owner_.number();
    fixed.seen_seq = 0;
    if (status == WRIT_OK) {
      const auto payload = model::tail_text(*report, report->payload_size);
      buffer_.begin(fixed).append(payload.data(), payload.size());
    }
  }
  if (status < 0) return status;
  if (instrument != 0 && !owner_.names(instrument)) return WRIT_E_NOT_FOUND;
  status = services_->publish(owner_.number(), buffer_.finish());
  if (status >= 0) ++owner_.statistics_.publishes;
  return status;
}

writ_status HostTable::set_timer(std::uint64_t timer, std::int64_t due_ts) {
  if ((owner_.capabilities_ & WRIT_CAN_TIMER) == 0) return WRIT_E_DENIED;
  if (!in_event() && owner_.phase_ != Instance::Phase::kInitialising) return WRIT_E_STATE;
  if (due_ts < 0) return WRIT_E_INVALID;
  return services_->set_timer(owner_.number(), timer, due_ts);
}

writ_status HostTable::cancel_timer(std::uint64_t timer) {
  if ((owner_.capabilities_ & WRIT_CAN_TIMER) == 0) return WRIT_E_DENIED;
  if (!in_event() && owner_.phase_ != Instance::Phase::kInitialising) return WRIT_E_STATE;
  return services_->cancel_timer(owner_.number(), timer);
}

writ_status HostTable::random(std::uint64_t* value) {
  if ((owner_.capabilities_ & WRIT_CAN_RANDOM) == 0) return WRIT_E_DENIED;
  if (!in_event()) return WRIT_E_STATE;
  if (value == nullptr) return WRIT_E_INVALID;
  return services_->random(owner_.number(), *value);
}

void HostTable::log(std::uint32_t severity, const char* text, std::size_t size) {
  if (text == nullptr) return;
  std::string line = one_line({text, size}, kLogMax);
  if (caller_.load(std::memory_order_relaxed) != std::this_thread::get_id()) {
    // From a thread of the plugin: kept for the sequencer, which alone may write records.
    const std::lock_guard lock(log_mutex_);
    if (waiting_.size() < kWaitingMax) waiting_.push_back({severity, std::move(line)});
    has_waiting_.store(true, std::memory_order_release);
    return;
  }
  services_->log(owner_.number(), severity, line);
}

const void* HostTable::extension(const char* id) const noexcept {
  if (id == nullptr) return nullptr;
  const std::string_view wanted(id);
  if (wanted == WRIT_EXT_BOOK) return &book_;
  if (wanted == WRIT_EXT_ORDERS) return &orders_;
  if (wanted == WRIT_EXT_WIRING) return &wiring_;
  return nullptr;
}

std::int32_t HostTable::levels(std::uint32_t instrument, std::uint32_t side, writ_level* levels,
                               std::uint32_t capacity) {
  if (!in_event()) return WRIT_E_STATE;
  if (side != WRIT_SIDE_BUY && side != WRIT_SIDE_SELL) return WRIT_E_INVALID;
  if (levels == nullptr && capacity != 0) return WRIT_E_INVALID;
  if (!owner_.names(instrument)) return WRIT_E_NOT_FOUND;
  return services_->book_levels(owner_.number(), instrument, side, std::span(levels, capacity));
}

std::int32_t HostTable::working(std::uint32_t instrument, writ_order* orders,
                                std::uint32_t capacity) {
  if (!in_event()) return WRIT_E_STATE;
  if (orders == nullptr && capacity != 0) return WRIT_E_INVALID;
  if (instrument != 0 && !owner_.names(instrument)) return WRIT_E_NOT_FOUND;
  return services_->working_orders(owner_.number(), instrument, std::span(orders, capacity));
}

writ_status HostTable::input(std::uint32_t port, std::uint32_t* instance,
                             std::uint32_t* signal) const {
  if (instance == nullptr || signal == nullptr) return WRIT_E_INVALID;
  for (const SignalWire& wire : owner_.options_.inputs) {
    if (wire.port != port) continue;
    *instance = wire.instance;
    *signal = wire.signal;
    return WRIT_OK;
  }
  return WRIT_E_NOT_FOUND;
}

}  // namespace writ::plugin
