#include "host/sandbox/beside.hpp"

#include "host/base/monotonic_clock.hpp"
#include "host/base/random.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"
#include "host/plugin/utf8.hpp"
#include "host/sandbox/doorbell.hpp"

#include <algorithm>
#include <cstring>
#include <iostream>
#include <utility>

namespace writ::sandbox {
namespace {

constexpr std::size_t kLineMax = 1024;

}  // namespace

Beside::Beside(SandboxOptions options, std::string instance, BesidePort& port)
    : Sandbox(std::move(options), std::move(instance)), port_(port) {
  port_.plugins_.add(*this);
  beside_.struct_size = sizeof beside_;
  beside_.self = this;
  beside_.init = [](writ_plugin* p) { return self_of(p).initialise(); };
  beside_.destroy = [](writ_plugin* p) {
    self_of(p).works_ = false;
    self_of(p).destroy();
  };
  beside_.on_event = [](writ_plugin* p, const writ_event* event) {
    return self_of(p).take_event(*event);
  };
  beside_.on_snapshot = [](writ_plugin* p, const writ_snapshot* snapshot) {
    auto& self = self_of(p);
    if ((self.offers_ & kOffersSnapshots) == 0) return writ_status{WRIT_IGNORED};
    self.deliver(Ask::kSnapshot, snapshot->header, self.host_->now(self.host_));
    return writ_status{WRIT_OK};
  };
  beside_.get_extension = [](writ_plugin*, const char*) -> const void* { return nullptr; };
}

Beside::~Beside() { port_.plugins_.remove(*this); }

const std::string& Beside::fault() const noexcept {
  static const std::string kNone;
  return made_ ? kNone : Sandbox::fault();
}

writ_status Beside::create(const plugin::PluginOrder& order, writ_plugin** plugin) {
  number_ = order.instance;
  capabilities_ = order.capabilities;
  works_ = false;
  told_ = false;
  given_.clear();
  timers_.clear();
  writ_plugin* unused = nullptr;
  const auto status = Sandbox::create(order, &unused);
  if (status != WRIT_OK && !made_) return status;
  *plugin = &beside_;
  return WRIT_OK;
}

// Once the run has begun a plugin's failure to begin anew is an input like its other faults.
writ_status Beside::initialise() {
  const auto status = call(Ask::kInit, {});
  works_ = status >= 0;
  if (made_) {
    if (!works_ && process_ != nullptr) fail({plugin::FaultReason::kLoad, 0});
    return WRIT_OK;
  }
  made_ = works_;
  return status;
}

writ_status Beside::take_event(const writ_event& event) {
  if (works_) {
    deliver(Ask::kEvent, event, host_->now(host_));
    return WRIT_OK;
  }
  const auto status = call(Ask::kEvent, {{reinterpret_cast<const std::byte*>(&event), event.size}});
  return made_ ? WRIT_OK : status;
}

// While it is made: nothing of the core is moved by its start.
bool Beside::answer() {
  switch (static_cast<Say>(kind_)) {
    case Say::kSetTimer: {
      const auto call = sent<TimerCall>();
      if (!call) return false;
      reply({set_timer(*call), 0, 0});
      return true;
    }
    case Say::kCancelTimer: {
      const auto call = sent<TimerCall>();
      if (!call) return false;
      reply({timers_.erase(call->timer) != 0 ? WRIT_OK : WRIT_E_NOT_FOUND, 0, 0});
      return true;
    }
    case Say::kRandom:
      reply({WRIT_E_STATE, 0, 0});
      return true;
    case Say::kLog: {
      if (!works_) return Sandbox::answer();
      const auto line = sent<LogCall>();
      if (!line || line->size > message_size_ - sizeof(LogCall)) return false;
      print(*line);
      return true;
    }
    default:
      return Sandbox::answer();
  }
}

void Beside::print(const LogCall& line) const {
  const auto* text = reinterpret_cast<const char*>(message_.data()) + sizeof(LogCall);
  std::cerr << instance_ << ": " << plugin::one_line({text, line.size}, kLineMax) << "\n";
}

// From process to process, waited for: a replay is given what both did, not what they knew.
void Beside::take_over(plugin::Isolation& from, std::uint32_t schema) {
  auto* other = dynamic_cast<Beside*>(&from);
  std::vector<std::byte> state;
  if (process_ == nullptr) return;  // its own fault is told
  if (other == nullptr || !other->save_last(state) ||
      load(schema, state.data(), state.size()) < 0) {
    if (process_ != nullptr) fail({plugin::FaultReason::kState, 0});
    return;
  }
  timers_ = other->timers_;
  drawn_ = other->drawn_;
}

// After everything it was given; what it wants meanwhile comes too late.
bool Beside::save_last(std::vector<std::byte>& state) {
  for (; process_ != nullptr && !given_.empty(); given_.pop_front()) {
    (void)serve(Say::kReturned, options_.deadline_ns);
  }
  state_.clear();
  if (process_ == nullptr || call(Ask::kSave, {}) < 0) return false;
  state = std::move(state_);
  return true;
}

void Beside::deliver(Ask ask, const writ_record& record, std::int64_t now) {
  if (process_ == nullptr || record.size > kMessageMax - sizeof(Call)) return;
  std::byte* room = inbox_->reserve(static_cast<std::uint32_t>(ask), sizeof(Call) + record.size);
  if (room == nullptr) return fail({plugin::FaultReason::kFull, 0});
  fill(room, now, {{reinterpret_cast<const std::byte*>(&record), record.size}});
  if (given_.empty()) progress_ns_ = base::monotonic_ns();
  if (record.seq != 0) last_seq_ = record.seq;
  const bool snapshot = ask == Ask::kSnapshot;
  given_.push_back({last_seq_, snapshot ? record.seq : 0,
                    snapshot ? reinterpret_cast<const writ_snapshot&>(record).instrument : 0, now});
}

const writ_record* Beside::poll(std::int64_t now, const plugin::OutsidePort::Look& look) {
  if (!made_) return nullptr;
  fire_timers(now);
  while (process_ != nullptr && next_message()) {
    if (const auto* outcome = take(look)) return outcome;
  }
  if (!fault_.none() && !told_) return fault_record();
  return nullptr;
}

// One message, copied; false: there is none, or the process is at its end.
bool Beside::next_message() {
  RingReader::Message message;
  switch (outbox_->next(message)) {
    case RingReader::State::kMessage:
      break;
    case RingReader::State::kBroken:
      fail({plugin::FaultReason::kRing, 0});
      return false;
    case RingReader::State::kEmpty:
      find_fault();
      return false;
  }
  copy(message);
  return true;
}

void Beside::find_fault() {
  const auto& control = process_->channel().control;
  const auto told = [&] { return control.last.told.load(std::memory_order_acquire) != 0; };
  if (told()) {
    if (outbox_->empty()) fail(fault_of(control, options_.memory_max));
    return;
  }
  if (given_.empty()) return;
  const auto since = base::monotonic_ns() - progress_ns_;
  constexpr std::int64_t kLookAfterNs = 1'000'000;
  if (since < kLookAfterNs) return;
  if (const auto status = process_->ended()) {
    if (told()) return;  // it has said why since it was looked at
    if (outbox_->empty()) {
      fail({plugin::FaultReason::kEnded, static_cast<std::uint64_t>(*status)});
    }
  } else if (since > options_.deadline_ns) {
    fail({plugin::FaultReason::kDeadline, static_cast<std::uint64_t>(options_.deadline_ns)});
  }
}

// What it says: done at once where only it is concerned, an outcome otherwise.
const writ_record* Beside::take(const plugin::OutsidePort::Look& look) {
  switch (static_cast<Say>(kind_)) {
    case Say::kReturned: {
      const auto returned = sent<Returned>();
      if (!returned || given_.empty()) break;
      const auto now = base::monotonic_ns();
      times_.add(now - progress_ns_);
      allocations_ += returned->allocations;
      progress_ns_ = now;
      given_.pop_front();
      return returned->status < 0 ? error_record(returned->status) : nullptr;
    }
    case Say::kSubmit:
      return wanted(WRIT_RECORD_INTENT, sizeof(writ_intent));
    case Say::kPublish: {
      const auto* record = record_sent();
      const bool report = record != nullptr && message_size_ >= sizeof(writ_record) &&
                          record->type == WRIT_RECORD_SIGNAL_REPORT;
      return report ? wanted(WRIT_RECORD_SIGNAL_REPORT, sizeof(writ_signal_report))
                    : wanted(WRIT_RECORD_SIGNAL, sizeof(writ_signal));
    }
    case Say::kRandom:
      reply(draw());
      return nullptr;
    case Say::kLog: {
      const auto line = sent<LogCall>();
      if (!line || line->size > message_size_ - sizeof(LogCall)) break;
      print(*line);
      return nullptr;
    }
    case Say::kLevels:
    case Say::kWorking:
      look_up(look);
      return nullptr;
    case Say::kSetTimer:
    case Say::kCancelTimer:
      if (answer()) return nullptr;
      break;
    default:
      break;
  }
  fail({plugin::FaultReason::kRing, kind_});
  return nullptr;
}

// A record with the fields that are the host's set; its sizes are examined where its meaning is.
const writ_record* Beside::wanted(std::uint16_t type, std::size_t least) {
  if (message_size_ < least) {
    reply({WRIT_E_INVALID, 0, 0});
    return nullptr;
  }
  outcome_.assign(message_.begin(),
                  message_.begin() + static_cast<std::ptrdiff_t>(message_size_ / 8));
  auto& record = model::record_in(outcome_);
  if (record.size != message_size_) {
    fail({plugin::FaultReason::kRing, kind_});
    return nullptr;
  }
  const auto size = record.size;
  record = {};
  record.size = size;
  record.type = type;
  const Given seen = given_.empty() ? Given{} : given_.front();
  if (type == WRIT_RECORD_INTENT) {
    auto& intent = reinterpret_cast<writ_intent&>(record);
    intent.instance = number_;
    intent.seen_seq = seen.seq;
    intent.snapshot_seq = intent.instrument == seen.instrument ? seen.snapshot_seq : 0;
    intent.header.event_ts = seen.ts;
    intent.flags &= ~std::uint32_t{WRIT_INTENT_WARMUP};
  } else {
    auto& signal = reinterpret_cast<writ_signal&>(record);
    signal.instance = number_;
    signal.seen_seq = seen.seq;
  }
  return &record;
}

void Beside::look_up(const plugin::OutsidePort::Look& look) {
  const auto asked = sent<LevelsCall>();
  const bool levels = static_cast<Say>(kind_) == Say::kLevels;
  if (!asked || asked->capacity > (levels ? kLevelsMax : kOrdersMax)) {
    return fail({plugin::FaultReason::kRing, kind_});
  }
  bool found = false;
  look(number_, [&](plugin::HostServices& core) {
    found = true;
    if (levels) {
      answer_list<writ_level>(asked->capacity, [&](writ_level* into) {
        return core.book_levels(number_, asked->instrument, asked->side,
                                std::span(into, asked->capacity));
      });
    } else {
      answer_list<writ_order>(asked->capacity, [&](writ_order* into) {
        return core.working_orders(number_, asked->instrument, std::span(into, asked->capacity));
      });
    }
  });
  if (!found) reply({WRIT_E_STATE, 0, 0});
}

const writ_record* Beside::fault_record() {
  told_ = true;
  works_ = false;
  auto told = model::make_record<writ_plugin_fault>();
  told.instance = number_;
  told.fault = fault_.kind();
  told.detail = fault_.packed();
  outcome_ = model::words_of(told.header);
  return &model::record_in(outcome_);
}

const writ_record* Beside::error_record(writ_status status) {
  auto told = model::make_record<writ_plugin_fault>();
  told.instance = number_;
  told.fault = WRIT_FAULT_ERROR;
  told.detail = status;
  outcome_ = model::words_of(told.header);
  return &model::record_in(outcome_);
}

void Beside::fire_timers(std::int64_t now) {
  if (process_ == nullptr) return;
  for (auto timer = timers_.begin(); timer != timers_.end();) {
    if (timer->second > now) {
      ++timer;
      continue;
    }
    auto fired = model::make_record<writ_timer>();
    fired.header.event_ts = now;
    fired.header.ingest_ts = now;
    fired.instance = number_;
    fired.timer = timer->first;
    fired.due_ts = timer->second;
    timer = timers_.erase(timer);
    deliver(Ask::kEvent, fired.header, now);
    if (process_ == nullptr) return;
  }
}

writ_status Beside::set_timer(const TimerCall& call) {
  if ((capabilities_ & WRIT_CAN_TIMER) == 0) return WRIT_E_DENIED;
  if (call.due_ts < 0) return WRIT_E_INVALID;
  timers_[call.timer] = call.due_ts;
  return WRIT_OK;
}

Reply Beside::draw() {
  if ((capabilities_ & WRIT_CAN_RANDOM) == 0) return {WRIT_E_DENIED, 0, 0};
  const auto words = base::philox4x64_10(
      {drawn_ / 4, 0, 0, 0}, {port_.seed(), base::stream_purpose("plugin:" + instance_)});
  return {WRIT_OK, 0, words[drawn_++ % 4]};
}

std::optional<std::int64_t> Beside::next_due() const {
  std::optional<std::int64_t> next;
  for (const auto& [timer, due] : timers_) next = std::min(next.value_or(due), due);
  return next;
}

const writ_record* BesidePort::poll(std::int64_t now, const Look& look) {
  const auto* outcome = plugins_.poll([&](Beside& plugin) { return plugin.poll(now, look); });
  // Nobody waits for an answer to a fault.
  if (outcome != nullptr && outcome->type == WRIT_RECORD_PLUGIN_FAULT) (void)plugins_.take_asked();
  return outcome;
}

void BesidePort::answer(writ_status status, std::uint64_t intent_id) {
  auto* asked = plugins_.take_asked();
  if (asked != nullptr && asked->process_ != nullptr) asked->reply({status, 0, intent_id});
}

std::optional<std::int64_t> BesidePort::next_due() const {
  return plugins_.next_due([](const Beside& plugin) { return plugin.next_due(); });
}

plugin::Isolate BesidePort::isolate(const SandboxOptions& options) {
  return [this, options](const std::string& instance) {
    return std::make_unique<Beside>(options, instance, *this);
  };
}

namespace {

class Recorded final : public plugin::Isolation {
 public:
  Recorded() {
    plugin_.struct_size = sizeof plugin_;
    plugin_.init = [](writ_plugin*) { return writ_status{WRIT_OK}; };
    plugin_.destroy = [](writ_plugin*) {};
    plugin_.on_event = [](writ_plugin*, const writ_event*) { return writ_status{WRIT_OK}; };
    plugin_.on_snapshot = [](writ_plugin*, const writ_snapshot*) { return writ_status{WRIT_OK}; };
    plugin_.get_extension = [](writ_plugin*, const char*) -> const void* { return nullptr; };
  }
  [[nodiscard]] writ_status create(const plugin::PluginOrder&, writ_plugin** plugin) override {
    *plugin = &plugin_;
    return WRIT_OK;
  }
  [[nodiscard]] bool has_state() const noexcept override { return false; }
  [[nodiscard]] const std::string& fault() const noexcept override { return none_; }
  [[nodiscard]] Guards guards() const override { return {}; }

 private:
  writ_plugin plugin_{};
  std::string none_;
};

}  // namespace

plugin::Isolate recorded() {
  return [](const std::string&) { return std::make_unique<Recorded>(); };
}

}  // namespace writ::sandbox
