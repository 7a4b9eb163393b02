#include "host/sandbox/worker/worker.hpp"

#include "host/plugin/module_encoder.hpp"
#include "host/sandbox/doorbell.hpp"
#include "host/sandbox/worker/allocations.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace writ::sandbox {
namespace {

/// Takes what a message is made of, one part after the other.
class Parts {
 public:
  explicit Parts(const std::byte* at) : at_(at) {}

  template <class T>
  [[nodiscard]] T take() {
    T object;
    std::memcpy(&object, at_, sizeof object);
    at_ += sizeof object;
    return object;
  }
  [[nodiscard]] std::string text(std::size_t size) {
    std::string text(reinterpret_cast<const char*>(at_), size);
    at_ += size;
    return text;
  }

 private:
  const std::byte* at_;
};

}  // namespace

Worker::Worker(Channel& channel, const writ_module& module)
    : channel_(channel),
      module_(module),
      inbox_(channel.control.inbox, channel.inbox, kInboxBytes),
      host_(channel) {
  host_.say(Say::kReady, {});
}

void Worker::serve() {
  for (;;) {
    const auto message = wait_for_call();
    const auto ask = static_cast<Ask>(message.kind);
    Parts parts(message.payload);
    host_.set_now(parts.take<Call>().now);
    const auto allocated = allocations();
    const auto outcome = carry_out(ask, message.payload + sizeof(Call),
                                   message.size - static_cast<std::uint32_t>(sizeof(Call)));
    const Returned returned{outcome.status, outcome.offers, allocations() - allocated};
    inbox_.release();  // a record is the plugin's until it returns
    host_.say(Say::kReturned, {part(returned)});
    if (ask == Ask::kDestroy) return;
  }
}

RingReader::Message Worker::wait_for_call() {
  RingReader::Message message;
  const auto there = [this] { return !inbox_.empty(); };
  const Wait wait = channel_.control.wait;
  for (int round = 0; inbox_.next(message) == RingReader::State::kEmpty; ++round) {
    const bool spins = wait == Wait::kSpin || (wait == Wait::kHybrid && round < kSpinRounds);
    if (spins) {
      pause_processor();
    } else {
      sleep_at(channel_.control.to_worker, nullptr, there);
    }
  }
  return message;
}

Worker::Outcome Worker::carry_out(Ask ask, const std::byte* payload, std::uint32_t size) {
  if (ask == Ask::kDescribe) return describe();
  if (ask == Ask::kCreate) return create(payload);
  if (plugin_ == nullptr) return {WRIT_E_STATE, 0};
  switch (ask) {
    case Ask::kInit:
      return {plugin_->init(plugin_), 0};
    case Ask::kEvent:
      return {plugin_->on_event(plugin_, reinterpret_cast<const writ_event*>(payload)), 0};
    case Ask::kSnapshot:
      return {plugin_->on_snapshot(plugin_, reinterpret_cast<const writ_snapshot*>(payload)), 0};
    case Ask::kSave:
      return save();
    case Ask::kLoad:
      if (size < sizeof(StateHead)) return {WRIT_E_INVALID, 0};
      return load(Parts(payload).take<StateHead>());
    case Ask::kDestroy:
      plugin_->destroy(plugin_);
      return {WRIT_OK, 0};
    case Ask::kDescribe:
    case Ask::kCreate:
    case Ask::kPiece:
      break;
  }
  return {WRIT_E_INVALID, 0};
}

Worker::Outcome Worker::describe() {
  say_pieces(plugin::ModuleEncoder::encode(module_));
  return {WRIT_OK, 0};
}

Worker::Outcome Worker::create(const std::byte* payload) {
  Parts parts(payload);
  const auto head = parts.take<CreateHead>();
  std::vector<CreateValue> given(head.values);
  for (auto& value : given) value = parts.take<CreateValue>();
  std::vector<CreateWire> wires(head.wires);
  for (auto& wire : wires) wire = parts.take<CreateWire>();
  host_.set_wires(std::move(wires));
  const std::string id = parts.text(head.id_size);
  std::vector<std::string> texts(head.values);
  std::vector<writ_value> values;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto& value = given[i];
    const bool has_text = value.text_size != UINT32_MAX;
    if (has_text) texts[i] = parts.text(value.text_size);
    values.push_back({sizeof(writ_value), value.parameter, value.type, 0, value.value,
                      has_text ? texts[i].c_str() : nullptr});
  }
  writ_plugin* made = nullptr;
  const auto status =
      module_.create(id.c_str(), host_.table(), values.data(),
                     static_cast<std::uint32_t>(values.size()), sizeof(writ_value), &made);
  if (status != WRIT_OK) return {status, 0};
  const bool whole = made != nullptr && WRIT_HAS(made, get_extension) && made->init != nullptr &&
                     made->destroy != nullptr && made->on_event != nullptr &&
                     made->get_extension != nullptr;
  if (!whole) return {WRIT_E_INVALID, 0};
  plugin_ = made;
  std::uint32_t offers = 0;
  if (plugin_->on_snapshot != nullptr) offers |= kOffersSnapshots;
  const auto* state =
      static_cast<const writ_ext_state*>(plugin_->get_extension(plugin_, WRIT_EXT_STATE));
  if (state != nullptr && WRIT_HAS(state, load) && state->save != nullptr &&
      state->load != nullptr) {
    state_ = state;
    offers |= kOffersState;
  }
  return {WRIT_OK, offers};
}

Worker::Outcome Worker::save() {
  if (state_ == nullptr) return {WRIT_E_UNSUPPORTED, 0};
  std::vector<std::byte> bytes(4096);
  std::size_t size = 0;
  auto status = state_->save(plugin_, bytes.data(), bytes.size(), &size);
  if (status == WRIT_E_LIMIT && size > bytes.size() && size <= kStateMax) {
    bytes.resize(size);
    status = state_->save(plugin_, bytes.data(), bytes.size(), &size);
  }
  if (status < 0) return {status, 0};
  if (size > bytes.size()) return {WRIT_E_INVALID, 0};
  say_pieces({bytes.data(), size});
  return {status, 0};
}

void Worker::say_pieces(std::span<const std::byte> bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += kPieceMax) {
    const auto piece = bytes.subspan(at, std::min<std::size_t>(kPieceMax, bytes.size() - at));
    host_.say(Say::kPiece, {part(Piece{piece.size()}), piece});
  }
}

Worker::Outcome Worker::load(const StateHead& head) {
  if (state_ == nullptr) return {WRIT_E_UNSUPPORTED, 0};
  std::vector<std::byte> bytes;
  bytes.reserve(head.size);
  while (bytes.size() < head.size) {
    inbox_.release();
    const auto message = wait_for_call();
    if (static_cast<Ask>(message.kind) != Ask::kPiece) return {WRIT_E_INVALID, 0};
    Parts parts(message.payload);
    static_cast<void>(parts.take<Call>());
    const auto count = parts.take<Piece>().size;
    const auto* from = message.payload + sizeof(Call) + sizeof(Piece);
    bytes.insert(bytes.end(), from, from + count);
  }
  return {state_->load(plugin_, head.schema, bytes.data(), bytes.size()), 0};
}

}  // namespace writ::sandbox
