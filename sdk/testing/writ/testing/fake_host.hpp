#pragma once

#include <writ/abi/ext/book.h>
#include <writ/abi/ext/wiring.h>
#include <writ/abi/host.h>
#include <writ/abi/plugin.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::testing {

/// An intent as the plugin submitted it, with its texts.
struct RecordedIntent {
  std::uint64_t id = 0;
  writ_intent intent{};
  std::string tags;
  std::string rationale;
};

/// A signal value as the plugin published it; `payload` of reports only.
struct PublishedValue {
  std::uint32_t signal = 0;
  std::uint32_t instrument = 0;
  std::uint32_t flags = 0;
  double value = 0;
  std::string payload;
};

/// A host for one plugin under test: records what the plugin does and answers what it asks.
class FakeHost {
 public:
  FakeHost() {
    table_.struct_size = sizeof table_;
    table_.abi_major = WRIT_ABI_MAJOR;
    table_.abi_minor = WRIT_ABI_MINOR;
    table_.context = this;
    table_.now = [](const writ_host* h) { return of(h).now; };
    table_.submit = [](const writ_host* h, const writ_intent* intent, std::uint64_t* id) {
      return of(h).submit(*intent, id);
    };
    table_.publish = [](const writ_host* h, const writ_record* value) {
      return of(h).publish(*value);
    };
    table_.set_timer = [](const writ_host* h, std::uint64_t timer, std::int64_t due) {
      of(h).timers[timer] = due;
      return writ_status{WRIT_OK};
    };
    table_.cancel_timer = [](const writ_host* h, std::uint64_t timer) {
      return of(h).timers.erase(timer) != 0 ? writ_status{WRIT_OK} : writ_status{WRIT_E_NOT_FOUND};
    };
    table_.random = [](const writ_host* h, std::uint64_t* value) {
      *value = of(h).next_random();
      return writ_status{WRIT_OK};
    };
    table_.log = [](const writ_host* h, std::uint32_t, const char* text, std::size_t size) {
      of(h).log.emplace_back(text, size);
    };
    table_.get_extension = [](const writ_host* h, const char* id) { return of(h).extension(id); };
    book_.struct_size = sizeof book_;
    book_.levels = [](const writ_host* h, std::uint32_t instrument, std::uint32_t side,
                      writ_level* levels, std::uint32_t capacity) {
      const auto& known = of(h).books[{instrument, side}];
      const std::size_t count = std::min<std::size_t>(known.size(), capacity);
      std::copy_n(known.begin(), count, levels);
      return static_cast<std::int32_t>(count);
    };
    wiring_.struct_size = sizeof wiring_;
    wiring_.input = [](const writ_host* h, std::uint32_t port, std::uint32_t* instance,
                       std::uint32_t* signal) {
      const auto found = of(h).wires.find(port);
      if (found == of(h).wires.end()) return writ_status{WRIT_E_NOT_FOUND};
      *instance = found->second.first;
      *signal = found->second.second;
      return writ_status{WRIT_OK};
    };
  }
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  [[nodiscard]] const writ_host* table() const noexcept { return &table_; }

  // What the test sets.
  std::int64_t now = 0;
  writ_status submit_status = WRIT_OK;  ///< what every submit returns; only WRIT_OK records
  std::uint64_t seed = 1;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<writ_level>> books;  ///< by side
  std::map<std::uint32_t, std::pair<std::uint32_t, std::uint32_t>> wires;  ///< port: publisher

  // What the plugin did.
  std::vector<RecordedIntent> intents;
  std::vector<PublishedValue> published;
  std::map<std::uint64_t, std::int64_t> timers;
  std::vector<std::string> log;

 private:
  static FakeHost& of(const writ_host* host) noexcept {
    return *static_cast<FakeHost*>(host->context);
  }

  writ_status submit(const writ_intent& intent, std::uint64_t* id) {
    if (submit_status != WRIT_OK) return submit_status;
    const auto* tail = reinterpret_cast<const char*>(&intent) + sizeof intent;
    intents.push_back({++last_id_, intent, std::string(tail, intent.tags_size),
                       std::string(tail + intent.tags_size, intent.rationale_size)});
    if (id != nullptr) *id = last_id_;
    return WRIT_OK;
  }

  writ_status publish(const writ_record& record) {
    if (record.type == WRIT_RECORD_SIGNAL) {
      const auto& signal = reinterpret_cast<const writ_signal&>(record);
      published.push_back({signal.signal, signal.instrument, signal.flags, signal.value, {}});
      return WRIT_OK;
    }
    if (record.type != WRIT_RECORD_SIGNAL_REPORT) return WRIT_E_INVALID;
    const auto& report = reinterpret_cast<const writ_signal_report&>(record);
    const auto* tail = reinterpret_cast<const char*>(&report) + sizeof report;
    published.push_back({report.signal, report.instrument, report.flags, report.value,
                         std::string(tail, report.payload_size)});
    return WRIT_OK;
  }

  const void* extension(std::string_view id) const noexcept {
    if (id == WRIT_EXT_BOOK) return &book_;
    if (id == WRIT_EXT_WIRING) return &wiring_;
    return nullptr;
  }

  /// splitmix64: any sequence will do, the same for the same seed.
  std::uint64_t next_random() noexcept {
    seed += 0x9e3779b97f4a7c15U;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  writ_host table_{};
  writ_ext_book book_{};
  writ_ext_wiring wiring_{};
  std::uint64_t last_id_ = 0;
};

}  // namespace writ::testing
