#include "host/plugin/nondeterministic.hpp"

#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"
#include "host/plugin/instance.hpp"
#include "host/plugin/record_check.hpp"
#include "host/plugin/utf8.hpp"

#include <algorithm>
#include <iostream>
#include <string_view>
#include <utility>

namespace writ::plugin {
namespace {

constexpr std::size_t kLineMax = 1024;

}  // namespace

Nondeterministic::Nondeterministic(std::string instance, NondeterministicPort& port)
    : instance_(std::move(instance)), port_(port) {
  port_.plugins_.add(*this);
  plugin_.struct_size = sizeof plugin_;
  plugin_.self = this;
  plugin_.init = [](writ_plugin* p) { return of(p).initialise(); };
  plugin_.destroy = [](writ_plugin* p) {
    auto& self = of(p);
    self.works_ = false;
    self.timers_.clear();
    self.author_->destroy(self.author_);
    self.author_ = nullptr;
  };
  plugin_.on_event = [](writ_plugin* p, const writ_event* event) { return of(p).give(*event); };
  plugin_.get_extension = [](writ_plugin*, const char*) -> const void* { return nullptr; };
  fill_host_table();
}

Nondeterministic::~Nondeterministic() { port_.plugins_.remove(*this); }

void Nondeterministic::fill_host_table() {
  host_.struct_size = sizeof host_;
  host_.abi_major = WRIT_ABI_MAJOR;
  host_.abi_minor = WRIT_ABI_MINOR;
  host_.context = this;
  host_.now = [](const writ_host* h) noexcept {
    const auto& self = of(h);
    return self.fired_at_ ? *self.fired_at_ : self.core_->now(self.core_);
  };
  host_.submit = [](const writ_host*, const writ_intent*, std::uint64_t*) noexcept {
    return writ_status{WRIT_E_DENIED};
  };
  host_.publish = [](const writ_host* h, const writ_record* value) noexcept {
    return of(h).publish(value);
  };
  host_.set_timer = [](const writ_host* h, std::uint64_t timer, std::int64_t due) noexcept {
    return of(h).set_timer(timer, due);
  };
  host_.cancel_timer = [](const writ_host* h, std::uint64_t timer) noexcept {
    return of(h).cancel_timer(timer);
  };
  host_.random = [](const writ_host*, std::uint64_t*) noexcept {
    return writ_status{WRIT_E_UNSUPPORTED};
  };
  host_.log = [](const writ_host* h, std::uint32_t, const char* text, std::size_t size) noexcept {
    if (text == nullptr) return;
    std::cerr << of(h).instance_ + ": " + one_line({text, size}, kLineMax) + "\n";
  };
  host_.get_extension = [](const writ_host* h, const char* id) noexcept {
    return of(h).extension(id);
  };
  book_.struct_size = sizeof book_;
  book_.levels = [](const writ_host* h, std::uint32_t instrument, std::uint32_t side,
                    writ_level* levels, std::uint32_t capacity) noexcept {
    const auto* core = of(h).core_;
    const auto* table = static_cast<const writ_ext_book*>(core->get_extension(core, WRIT_EXT_BOOK));
    return table->levels(core, instrument, side, levels, capacity);
  };
  wiring_.struct_size = sizeof wiring_;
  wiring_.input = [](const writ_host* h, std::uint32_t port, std::uint32_t* instance,
                     std::uint32_t* signal) noexcept {
    const auto* core = of(h).core_;
    const auto* table =
        static_cast<const writ_ext_wiring*>(core->get_extension(core, WRIT_EXT_WIRING));
    return table->input(core, port, instance, signal);
  };
}

writ_status Nondeterministic::create(const PluginOrder& order, writ_plugin** plugin) {
  core_ = order.host;
  descriptor_ = &order.descriptor;
  number_ = order.instance;
  capabilities_ = order.capabilities;
  wanted_.clear();
  writ_plugin* made = nullptr;
  if (order.module == nullptr) return WRIT_E_UNSUPPORTED;
  const auto status = order.module->create(order.id, &host_, order.values.data(),
                                           static_cast<std::uint32_t>(order.values.size()),
                                           sizeof(writ_value), &made);
  if (status != WRIT_OK || made == nullptr) return status;
  if (!WRIT_HAS(made, get_extension) || made->init == nullptr || made->destroy == nullptr ||
      made->on_event == nullptr) {
    return WRIT_E_UNSUPPORTED;
  }
  author_ = made;
  *plugin = &plugin_;
  return WRIT_OK;
}

writ_status Nondeterministic::initialise() {
  initialising_ = true;
  const auto status = author_->init(author_);
  initialising_ = false;
  works_ = status >= 0;
  return status;
}

// Announced instruments come before it is initialised: it may still be refused.
writ_status Nondeterministic::give(const writ_event& event) {
  if (!works_) return author_->on_event(author_, &event);
  seen_seq_ = event.seq;
  call(event);
  return WRIT_OK;
}

void Nondeterministic::call(const writ_event& event) {
  in_call_ = true;
  const auto status = author_->on_event(author_, &event);
  in_call_ = false;
  if (status < 0) tell_error(status);
}

void Nondeterministic::tell_error(writ_status status) {
  auto told = model::make_record<writ_plugin_fault>();
  told.instance = number_;
  told.fault = WRIT_FAULT_ERROR;
  told.detail = status;
  wanted_.push_back(model::words_of(told.header));
}

const writ_ext_state* Nondeterministic::state_table() const {
  if (author_ == nullptr) return nullptr;
  const auto* state =
      static_cast<const writ_ext_state*>(author_->get_extension(author_, WRIT_EXT_STATE));
  const bool whole =
      state != nullptr && WRIT_HAS(state, load) && state->save != nullptr && state->load != nullptr;
  return whole ? state : nullptr;
}

writ_status Nondeterministic::load_state_of(const Nondeterministic& other, std::uint32_t schema) {
  constexpr std::size_t kStateMax = std::size_t{1} << 30U;
  const auto* from = other.state_table();
  const auto* into = state_table();
  if (from == nullptr || into == nullptr) return WRIT_E_UNSUPPORTED;
  std::vector<std::byte> bytes(4096);
  std::size_t size = 0;
  auto status = from->save(other.author_, bytes.data(), bytes.size(), &size);
  if (status == WRIT_E_LIMIT && size > bytes.size() && size <= kStateMax) {
    bytes.resize(size);
    status = from->save(other.author_, bytes.data(), bytes.size(), &size);
  }
  if (status < 0) return status;
  return size > bytes.size() ? WRIT_E_INVALID : into->load(author_, schema, bytes.data(), size);
}

// It goes on without where that fails, which is one error of it.
void Nondeterministic::take_over(Isolation& from, std::uint32_t schema) {
  const auto* other = dynamic_cast<Nondeterministic*>(&from);
  const auto status = other == nullptr ? WRIT_E_STATE : load_state_of(*other, schema);
  if (status < 0) return tell_error(status);
  timers_ = other->timers_;
}

writ_status Nondeterministic::publish(const writ_record* value) {
  if ((capabilities_ & WRIT_CAN_PUBLISH) == 0) return WRIT_E_DENIED;
  if (!in_call_) return WRIT_E_STATE;
  if (value == nullptr) return WRIT_E_INVALID;
  writ_status status = WRIT_E_INVALID;
  if (const auto* signal = model::as<writ_signal>(*value)) {
    status = check_signal(*signal, *descriptor_);
  } else if (const auto* report = model::as<writ_signal_report>(*value)) {
    status = check_signal_report(*report, *descriptor_, json_);
  }
  if (status < 0) return status;
  auto words = model::words_of(*value);
  auto& record = model::record_in(words);
  const auto size = record.size;
  const auto type = record.type;
  record = {};
  record.size = size;
  record.type = type;
  auto& signal = reinterpret_cast<writ_signal&>(record);  // a report begins like a signal
  signal.instance = number_;
  signal.seen_seq = seen_seq_;
  wanted_.push_back(std::move(words));
  return WRIT_OK;
}

writ_status Nondeterministic::may_set_timer() const noexcept {
  if ((capabilities_ & WRIT_CAN_TIMER) == 0) return WRIT_E_DENIED;
  return in_call_ || initialising_ ? WRIT_OK : WRIT_E_STATE;
}

writ_status Nondeterministic::set_timer(std::uint64_t timer, std::int64_t due_ts) {
  if (const auto status = may_set_timer(); status < 0) return status;
  if (due_ts < 0) return WRIT_E_INVALID;
  // One that is due already comes once time has moved.
  timers_[timer] = std::max(due_ts, host_.now(&host_) + 1);
  return WRIT_OK;
}

writ_status Nondeterministic::cancel_timer(std::uint64_t timer) {
  if (const auto status = may_set_timer(); status < 0) return status;
  return timers_.erase(timer) != 0 ? WRIT_OK : WRIT_E_NOT_FOUND;
}

const void* Nondeterministic::extension(const char* id) const {
  if (id == nullptr) return nullptr;
  const std::string_view wanted(id);
  if (wanted == WRIT_EXT_BOOK) return &book_;
  if (wanted == WRIT_EXT_WIRING) return &wiring_;
  return nullptr;
}

void Nondeterministic::fire_timers(std::int64_t now) {
  while (works_) {
    const auto due = std::find_if(timers_.begin(), timers_.end(),
                                  [now](const auto& timer) { return timer.second <= now; });
    if (due == timers_.end()) return;
    auto fired = model::make_record<writ_timer>();
    fired.header.event_ts = now;
    fired.header.ingest_ts = now;
    fired.instance = number_;
    fired.timer = due->first;
    fired.due_ts = due->second;
    timers_.erase(due);
    fired_at_ = now;
    call(fired.header);
    fired_at_.reset();
  }
}

const writ_record* Nondeterministic::poll(std::int64_t now) {
  fire_timers(now);
  if (wanted_.empty()) return nullptr;
  told_ = std::move(wanted_.front());
  wanted_.pop_front();
  return &model::record_in(told_);
}

// What the core refuses is none of its plugin's to put right: it named an instrument that is not
// its own, or it is stopped.
void Nondeterministic::answer(writ_status status) {
  if (status >= 0) return;
  std::cerr << instance_ + ": what it published was refused: " + status_name(status) + "\n";
  if (status != WRIT_E_STATE) return;
  timers_.clear();
  wanted_.clear();
}

std::optional<std::int64_t> Nondeterministic::next_due() const {
  std::optional<std::int64_t> next;
  for (const auto& [timer, due] : timers_) next = std::min(next.value_or(due), due);
  return next;
}

const writ_record* NondeterministicPort::poll(std::int64_t now, const Look& /*look*/) {
  return plugins_.poll([now](Nondeterministic& plugin) { return plugin.poll(now); });
}

void NondeterministicPort::answer(writ_status status, std::uint64_t /*intent_id*/) {
  if (auto* asked = plugins_.take_asked()) asked->answer(status);
}

std::optional<std::int64_t> NondeterministicPort::next_due() const {
  return plugins_.next_due([](const Nondeterministic& plugin) { return plugin.next_due(); });
}

Isolate NondeterministicPort::isolate() {
  return [this](const std::string& instance) {
    return std::make_unique<Nondeterministic>(instance, *this);
  };
}

}  // namespace writ::plugin
