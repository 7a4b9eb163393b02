#pragma once

#include "host/plugin/isolation.hpp"
#include "host/sandbox/messages.hpp"
#include "host/sandbox/process.hpp"

#include <writ/abi/ext/book.h>
#include <writ/abi/ext/orders.h>
#include <writ/abi/ext/state.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace writ::sandbox {

/// A plugin in a helper process, in lock-step: a call returns when the worker has, with what the
/// plugin asked of the host meanwhile done in the order it asked. The same plugin with the same
/// calls does the same as in this process. Whatever the worker sends is judged before it is used;
/// one that crashes, exceeds its deadline or breaks a rule is ended, which is a fault.
class Sandbox : public plugin::Isolation {
 public:
  Sandbox(SandboxOptions options, std::string instance);
  ~Sandbox() override;

  [[nodiscard]] writ_status create(const plugin::PluginOrder& order, writ_plugin** plugin) override;
  [[nodiscard]] const std::string& fault() const noexcept override { return fault_words_; }
  [[nodiscard]] Guards guards() const override;
  [[nodiscard]] std::uint64_t allocations() const noexcept override { return allocations_; }

 protected:
  using Parts = std::initializer_list<std::span<const std::byte>>;
  static Sandbox& of(writ_plugin* plugin) noexcept { return *static_cast<Sandbox*>(plugin->self); }

  [[nodiscard]] writ_status begin(const std::filesystem::path& object);
  /// One call, from its message to what the plugin returned.
  writ_status call(Ask ask, Parts parts);
  writ_status call_with(Ask ask, const writ_record& record);
  bool send(Ask ask, Parts parts);
  [[nodiscard]] std::byte* reserve(Ask ask, std::size_t size);
  bool send_state(std::span<const std::byte> bytes);
  /// Fills a reserved place in the inbox and sends it.
  void fill(std::byte* room, std::int64_t now, Parts parts);
  /// Serves the worker until it says `end`; its status.
  writ_status serve(Say end, std::int64_t limit_ns);
  [[nodiscard]] bool take_message(std::int64_t limit_ns);
  /// Takes a message out of the worker's reach.
  void copy(const RingReader::Message& message);
  /// What it asks while it is in a call. False: no answer to that, it breaks a rule.
  [[nodiscard]] virtual bool answer();
  template <class Element, class List>
  void answer_list(std::uint32_t capacity, List&& list);
  void reply(const Reply& reply);
  [[nodiscard]] const writ_record* record_sent() const;
  template <class T>
  [[nodiscard]] std::optional<T> sent() const;

  writ_status save(void* buffer, std::size_t capacity, std::size_t* size);
  writ_status load(std::uint32_t schema, const void* bytes, std::size_t size);
  void destroy() noexcept;
  void fail(plugin::Fault why);

  SandboxOptions options_;
  std::string instance_;
  std::unique_ptr<Process> process_;
  std::unique_ptr<Process> ended_;  // after a fault
  std::optional<RingWriter> inbox_;
  std::optional<RingReader> outbox_;
  const writ_host* host_ = nullptr;  // of the instance
  std::uint32_t guards_ = 0;
  plugin::Fault fault_;
  std::string fault_words_;

  std::uint32_t kind_ = 0;              // of the message taken last
  std::vector<std::uint64_t> message_;  // its payload, copied
  std::size_t message_size_ = 0;
  std::uint32_t offers_ = 0;
  std::uint64_t in_call_ = 0;  // allocations of the call that returned last
  std::uint64_t allocations_ = 0;
  std::uint64_t answered_ = 0;
  std::vector<std::byte> state_;  // pieces of a state being saved
  bool state_whole_ = false;

  writ_plugin plugin_{};
  writ_ext_state state_table_{};
};

template <class T>
std::optional<T> Sandbox::sent() const {
  if (message_size_ < sizeof(T)) return std::nullopt;
  T object;
  std::memcpy(&object, message_.data(), sizeof object);
  return object;
}

template <class Element, class List>
void Sandbox::answer_list(std::uint32_t capacity, List&& list) {
  std::vector<Element> elements(capacity);
  Reply listed{};
  listed.status = list(elements.data());
  if (listed.status > 0) {
    listed.count = std::min(static_cast<std::uint32_t>(listed.status), capacity);
    std::memcpy(process_->channel().reply + sizeof(Reply), elements.data(),
                listed.count * sizeof(Element));
  }
  reply(listed);
}

/// The isolation of every instance that is made with these options.
[[nodiscard]] plugin::Isolate isolate(const SandboxOptions& options);

/// The guards a sandbox of this machine has around it, by starting one for a plugin's file. Errors:
/// of the start; kRejected, the file cannot be loaded there; kTimeout.
[[nodiscard]] base::Result<plugin::Isolation::Guards> guards_here(
    const SandboxOptions& options, const std::filesystem::path& object);

/// The words of guards, such as `limits privileges landlock`.
[[nodiscard]] std::string guard_words(std::uint32_t guards);

}  // namespace writ::sandbox
