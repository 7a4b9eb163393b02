#pragma once

#include "host/model/record_view.hpp"
#include "host/plugin/json_text.hpp"

#include <writ/abi/ext/book.h>
#include <writ/abi/ext/orders.h>
#include <writ/abi/ext/wiring.h>
#include <writ/abi/host.h>

#include <atomic>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace writ::plugin {

class HostServices;
class Instance;

/// The writ_host of one instance: what the plugin holds and calls. It checks what needs no
/// knowledge of trading and hands the rest to HostServices as records with every field that is the
/// host's cleared. A refused call leaves no trace but a count.
class HostTable {
 public:
  HostTable(Instance& owner, HostServices& services, std::uint32_t table_size);
  HostTable(const HostTable&) = delete;
  HostTable& operator=(const HostTable&) = delete;

  /// Valid as long as this.
  [[nodiscard]] const writ_host* table() const noexcept { return &storage_.host; }

  /// From now on these services, which must outlive it. Not within a call.
  void serve_with(HostServices& services) noexcept { services_ = &services; }

  /// Around each call into the plugin: who may log directly, and how much was submitted.
  void call_begins() noexcept;
  void call_ends();

 private:
  static HostTable& of(const writ_host* host) noexcept {
    return *static_cast<HostTable*>(host->context);
  }
  template <class Call>
  writ_status counted(Call&& call);
  [[nodiscard]] bool in_event() const noexcept;

  writ_status submit(const writ_intent* intent, std::uint64_t* intent_id);
  writ_status publish(const writ_record* value);
  writ_status set_timer(std::uint64_t timer, std::int64_t due_ts);
  writ_status cancel_timer(std::uint64_t timer);
  writ_status random(std::uint64_t* value);
  void log(std::uint32_t severity, const char* text, std::size_t size);
  const void* extension(const char* id) const noexcept;
  std::int32_t levels(std::uint32_t instrument, std::uint32_t side, writ_level* levels,
                      std::uint32_t capacity);
  std::int32_t working(std::uint32_t instrument, writ_order* orders, std::uint32_t capacity);
  writ_status input(std::uint32_t port, std::uint32_t* instance, std::uint32_t* signal) const;

  struct LogLine {
    std::uint32_t severity;
    std::string text;
  };

  Instance& owner_;
  HostServices* services_;
  struct {
    writ_host host;
    std::byte room[256];  // what a plugin of a newer minor would look for in a newer host: zeroes
  } storage_{};
  writ_ext_book book_{};
  writ_ext_orders orders_{};
  writ_ext_wiring wiring_{};
  JsonText json_;
  model::RecordBuffer buffer_;
  std::uint32_t submits_in_call_ = 0;
  // Only the thread that is in the call can find itself here; others see that they are not it.
  std::atomic<std::thread::id> caller_{};
  std::atomic<bool> has_waiting_ = false;
  std::mutex log_mutex_;  // guards what follows: log may come from a thread of the plugin
  std::vector<LogLine> waiting_;
};

}  // namespace writ::plugin
