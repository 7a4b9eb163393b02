#include "host/sandbox/sandbox.hpp"

#include "host/base/monotonic_clock.hpp"
#include "host/sandbox/doorbell.hpp"

#include <time.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <utility>

namespace writ::sandbox {
namespace {

template <class T>
std::span<const std::byte> part(const T& object) {
  return std::as_bytes(std::span(&object, 1));
}

plugin::Fault late(std::int64_t limit_ns) {
  return {plugin::FaultReason::kDeadline, static_cast<std::uint64_t>(limit_ns)};
}

}  // namespace

std::string guard_words(std::uint32_t guards) {
  struct Word {
    Guard guard;
    const char* text;
  };
  constexpr std::array kWords = {
      Word{kGuardLimits, "limits"},       Word{kGuardPrivileges, "privileges"},
      Word{kGuardLandlock, "landlock"},   Word{kGuardSeccomp, "seccomp"},
      Word{kGuardTimestamp, "timestamp"}, Word{kGuardClockPages, "clock_pages"},
  };
  std::string words;
  for (const auto& [guard, text] : kWords) {
    if ((guards & guard) != 0) words += (words.empty() ? "" : " ") + std::string(text);
  }
  return words;
}

base::Result<plugin::Isolation::Guards> guards_here(const SandboxOptions& options,
                                                    const std::filesystem::path& object) {
  auto process = Process::start(options, object);
  if (!process) return process.error();
  Channel& channel = (*process)->channel();
  const RingReader outbox(channel.control.outbox, channel.outbox, kOutboxBytes);
  const auto woken = (*process)->wait(outbox, options.start_deadline_ns);
  if (woken == Process::Woken::kDeadline) return base::Error(base::Errc::kTimeout, "a sandbox");
  if (woken != Process::Woken::kMessage) return base::Error(base::Errc::kRejected, "a sandbox");
  const std::uint32_t held = channel.control.guards & kGuardAll;
  return plugin::Isolation::Guards{guard_words(held), guard_words(kGuardAll & ~held)};
}

plugin::Isolate isolate(const SandboxOptions& options) {
  return [options](const std::string& instance) {
    return std::make_unique<Sandbox>(options, instance);
  };
}

Sandbox::Sandbox(SandboxOptions options, std::string instance)
    : options_(std::move(options)), instance_(std::move(instance)) {
  plugin_.struct_size = sizeof plugin_;
  plugin_.self = this;
  plugin_.init = [](writ_plugin* p) { return of(p).call(Ask::kInit, {}); };
  plugin_.destroy = [](writ_plugin* p) { of(p).destroy(); };
  plugin_.on_event = [](writ_plugin* p, const writ_event* event) {
    return of(p).call_with(Ask::kEvent, *event);
  };
  plugin_.get_extension = [](writ_plugin* p, const char* id) -> const void* {
    const bool offered = (of(p).offers_ & kOffersState) != 0;
    return offered && std::strcmp(id, WRIT_EXT_STATE) == 0 ? &of(p).state_table_ : nullptr;
  };
  state_table_.struct_size = sizeof state_table_;
  state_table_.save = [](writ_plugin* p, void* buffer, std::size_t capacity, std::size_t* size) {
    return of(p).save(buffer, capacity, size);
  };
  state_table_.load = [](writ_plugin* p, std::uint32_t schema, const void* bytes,
                         std::size_t size) { return of(p).load(schema, bytes, size); };
}

Sandbox::~Sandbox() = default;

plugin::Isolation::Guards Sandbox::guards() const {
  return {guard_words(guards_), guard_words(kGuardAll & ~guards_)};
}

// Starts a process and waits until it has loaded the shared object.
writ_status Sandbox::begin(const std::filesystem::path& object) {
  fault_ = {};
  fault_words_.clear();
  answered_ = 0;
  ended_.reset();
  auto started = Process::start(options_, object);
  if (!started) {
    fail({plugin::FaultReason::kStart, static_cast<std::uint64_t>(started.error().detail())});
    return WRIT_E_INTERNAL;
  }
  process_ = std::move(*started);
  Channel& channel = process_->channel();
  inbox_.emplace(channel.control.inbox, channel.inbox, kInboxBytes);
  outbox_.emplace(channel.control.outbox, channel.outbox, kOutboxBytes);
  if (const auto status = serve(Say::kReady, options_.start_deadline_ns); status < 0) return status;
  guards_ = channel.control.guards & kGuardAll;
  return WRIT_OK;
}

writ_status Sandbox::create(const plugin::PluginOrder& order, writ_plugin** plugin) {
  host_ = order.host;
  if (const auto begun = begin(order.object); begun < 0) return begun;
  std::vector<CreateValue> values;
  std::string texts = order.id;
  CreateHead head{static_cast<std::uint32_t>(order.values.size()),
                  static_cast<std::uint32_t>(order.wires.size()),
                  static_cast<std::uint32_t>(texts.size()), 0};
  for (const auto& value : order.values) {
    const bool has_text = value.text != nullptr;
    const std::size_t size = has_text ? std::strlen(value.text) : 0;
    values.push_back({value.parameter, value.type, value.value,
                      has_text ? static_cast<std::uint32_t>(size) : UINT32_MAX, 0});
    if (has_text) texts.append(value.text, size);
  }
  std::vector<CreateWire> wires;
  for (const auto& wire : order.wires) wires.push_back({wire.port, wire.instance, wire.signal, 0});
  const auto status =
      call(Ask::kCreate, {part(head), std::as_bytes(std::span(values)),
                          std::as_bytes(std::span(wires)), std::as_bytes(std::span(texts))});
  if (status != WRIT_OK) return status;
  const bool evaluates = (offers_ & kOffersSnapshots) != 0;
  plugin_.on_snapshot = nullptr;
  if (evaluates) {
    plugin_.on_snapshot = [](writ_plugin* p, const writ_snapshot* snapshot) {
      return of(p).call_with(Ask::kSnapshot, snapshot->header);
    };
  }
  *plugin = &plugin_;
  return WRIT_OK;
}

writ_status Sandbox::call(Ask ask, Parts parts) {
  if (!send(ask, parts)) return WRIT_E_INTERNAL;
  return serve(Say::kReturned, options_.deadline_ns);
}

writ_status Sandbox::call_with(Ask ask, const writ_record& record) {
  in_call_ = 0;
  const auto status = call(ask, {{reinterpret_cast<const std::byte*>(&record), record.size}});
  allocations_ += in_call_;
  return status;
}

bool Sandbox::send(Ask ask, Parts parts) {
  if (process_ == nullptr) return false;
  std::size_t size = sizeof(Call);
  for (const auto& bytes : parts) size += bytes.size();
  std::byte* room = size > kMessageMax ? nullptr : reserve(ask, size);
  if (room == nullptr) {
    fail({plugin::FaultReason::kFull, 0});
    return false;
  }
  fill(room, host_ == nullptr ? 0 : host_->now(host_), parts);
  return true;
}

void Sandbox::fill(std::byte* room, std::int64_t now, Parts parts) {
  const Call call{now};
  std::memcpy(room, &call, sizeof call);
  room += sizeof call;
  for (const auto& bytes : parts) {
    if (!bytes.empty()) std::memcpy(room, bytes.data(), bytes.size());
    room += bytes.size();
  }
  inbox_->commit();
  ring(process_->channel().control.to_worker);
}

// Only a state of many pieces has to wait for room.
std::byte* Sandbox::reserve(Ask ask, std::size_t size) {
  constexpr std::int64_t kPauseNs = 100'000;
  for (std::int64_t waited = 0; waited < options_.deadline_ns; waited += kPauseNs) {
    if (auto* room = inbox_->reserve(static_cast<std::uint32_t>(ask), size)) return room;
    const timespec pause{0, kPauseNs};
    ::nanosleep(&pause, nullptr);
  }
  return nullptr;
}

writ_status Sandbox::serve(Say end, std::int64_t limit_ns) {
  // Who never stops asking exceeds its deadline as well; the clock is read now and then.
  constexpr std::uint32_t kAskedBetweenLooks = 256;
  std::int64_t begun = 0;
  for (std::uint32_t asked = 1; take_message(limit_ns); ++asked) {
    if (asked % kAskedBetweenLooks == 0) {
      if (begun == 0) begun = base::monotonic_ns();
      if (base::monotonic_ns() - begun > limit_ns) {
        fail(late(limit_ns));
        break;
      }
    }
    if (kind_ != static_cast<std::uint32_t>(end)) {
      if (answer()) continue;
      fail({plugin::FaultReason::kRing, kind_});
      break;
    }
    if (end == Say::kReady) return WRIT_OK;
    if (const auto returned = sent<Returned>()) {
      offers_ |= returned->offers & (kOffersSnapshots | kOffersState);
      in_call_ = returned->allocations;
      return returned->status;
    }
    fail({plugin::FaultReason::kRing, kind_});
    break;
  }
  return WRIT_E_INTERNAL;
}

// Copies the next message out of the worker's reach. False: there will be none.
bool Sandbox::take_message(std::int64_t limit_ns) {
  switch (process_->wait(*outbox_, limit_ns)) {
    case Process::Woken::kMessage:
      break;
    case Process::Woken::kLastWords:
      fail(fault_of(process_->channel().control, options_.memory_max));
      return false;
    case Process::Woken::kDead:
      fail({plugin::FaultReason::kEnded, static_cast<std::uint64_t>(*process_->ended())});
      return false;
    case Process::Woken::kDeadline:
      fail(late(limit_ns));
      return false;
  }
  RingReader::Message message;
  if (outbox_->next(message) != RingReader::State::kMessage) {
    fail({plugin::FaultReason::kRing, 0});
    return false;
  }
  copy(message);
  return true;
}

void Sandbox::copy(const RingReader::Message& message) {
  kind_ = message.kind;
  message_size_ = message.size;
  if (message_.size() < message.size / 8) message_.resize(message.size / 8);
  if (message.size != 0) std::memcpy(message_.data(), message.payload, message.size);
  outbox_->release();
}

// nullptr: it sent none. The size it says is that of the message, or it broke a rule.
const writ_record* Sandbox::record_sent() const {
  return message_size_ == 0 ? nullptr : reinterpret_cast<const writ_record*>(message_.data());
}

bool Sandbox::answer() {
  const auto kind = static_cast<Say>(kind_);
  switch (kind) {
    case Say::kSubmit:
    case Say::kPublish: {
      const auto* record = record_sent();
      const std::size_t least = kind == Say::kSubmit ? sizeof(writ_intent) : sizeof(writ_record);
      if (record != nullptr && (message_size_ < least || record->size != message_size_)) {
        return false;
      }
      Reply made{};
      made.status =
          kind == Say::kSubmit
              ? host_->submit(host_, reinterpret_cast<const writ_intent*>(record), &made.value)
              : host_->publish(host_, record);
      reply(made);
      return true;
    }
    case Say::kSetTimer:
    case Say::kCancelTimer: {
      const auto timer = sent<TimerCall>();
      if (!timer) return false;
      reply({kind == Say::kSetTimer ? host_->set_timer(host_, timer->timer, timer->due_ts)
                                    : host_->cancel_timer(host_, timer->timer),
             0, 0});
      return true;
    }
    case Say::kRandom: {
      Reply drawn{};
      drawn.status = host_->random(host_, &drawn.value);
      reply(drawn);
      return true;
    }
    case Say::kLog: {
      const auto line = sent<LogCall>();
      if (!line || line->size > message_size_ - sizeof(LogCall)) return false;
      const auto* text = reinterpret_cast<const char*>(message_.data()) + sizeof(LogCall);
      host_->log(host_, line->severity, text, line->size);
      return true;
    }
    case Say::kLevels: {
      const auto asked = sent<LevelsCall>();
      if (!asked || asked->capacity > kLevelsMax) return false;
      const auto* book =
          static_cast<const writ_ext_book*>(host_->get_extension(host_, WRIT_EXT_BOOK));
      answer_list<writ_level>(asked->capacity, [&](writ_level* levels) {
        return book->levels(host_, asked->instrument, asked->side, levels, asked->capacity);
      });
      return true;
    }
    case Say::kWorking: {
      const auto asked = sent<LevelsCall>();
      if (!asked || asked->capacity > kOrdersMax) return false;
      const auto* orders =
          static_cast<const writ_ext_orders*>(host_->get_extension(host_, WRIT_EXT_ORDERS));
      answer_list<writ_order>(asked->capacity, [&](writ_order* working) {
        return orders->working(host_, asked->instrument, working, asked->capacity);
      });
      return true;
    }
    case Say::kPiece: {
      const auto piece = sent<Piece>();
      if (!piece || piece->size > message_size_ - sizeof(Piece)) return false;
      if (state_.size() + piece->size > kStateMax) return false;
      const auto* bytes = reinterpret_cast<const std::byte*>(message_.data()) + sizeof(Piece);
      state_.insert(state_.end(), bytes, bytes + piece->size);
      return true;
    }
    case Say::kReady:
    case Say::kReturned:
      break;
  }
  return false;
}

void Sandbox::reply(const Reply& reply) {
  Channel& channel = process_->channel();
  std::memcpy(channel.reply, &reply, sizeof reply);
  channel.control.reply.store(++answered_, std::memory_order_release);
  ring(channel.control.to_worker);
}

// Asked twice where the first buffer is too small; the plugin is asked once.
writ_status Sandbox::save(void* buffer, std::size_t capacity, std::size_t* size) {
  if (!state_whole_) {
    state_.clear();
    if (const auto status = call(Ask::kSave, {}); status < 0) return status;
  }
  *size = state_.size();
  state_whole_ = state_.size() > capacity;
  if (state_whole_) return WRIT_E_LIMIT;
  if (!state_.empty()) std::memcpy(buffer, state_.data(), state_.size());
  return WRIT_OK;
}

writ_status Sandbox::load(std::uint32_t schema, const void* bytes, std::size_t size) {
  if (size > kStateMax) return WRIT_E_LIMIT;
  if (!send(Ask::kLoad, {part(StateHead{size, schema, 0})})) return WRIT_E_INTERNAL;
  if (!send_state({static_cast<const std::byte*>(bytes), size})) return WRIT_E_INTERNAL;
  return serve(Say::kReturned, options_.deadline_ns);
}

bool Sandbox::send_state(std::span<const std::byte> bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += kPieceMax) {
    const auto piece = bytes.subspan(at, std::min<std::size_t>(kPieceMax, bytes.size() - at));
    if (!send(Ask::kPiece, {part(Piece{piece.size()}), piece})) return false;
  }
  return true;
}

void Sandbox::destroy() noexcept {
  if (process_ != nullptr) static_cast<void>(call(Ask::kDestroy, {}));
  process_.reset();
  fault_ = {};
  fault_words_.clear();
}

// The process is waited for later: the kernel takes its time to take its memory apart.
void Sandbox::fail(plugin::Fault why) {
  fault_ = why;
  fault_words_ = why.words();
  if (process_ != nullptr) process_->kill();
  ended_ = std::move(process_);
  inbox_.reset();
  outbox_.reset();
}

}  // namespace writ::sandbox
