#pragma once

#include <writ/json_object.hpp>
#include <writ/plugin.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace writ {

/// Whether enough history is behind a signal's value.
enum class Warmth : std::uint32_t { kCold = 0, kWarm = WRIT_SIGNAL_WARM };

/// The base of a signal: override the hooks, publish values of the ports in kSignalsOut, register
/// with WRIT_MODULE (<writ/module.hpp>). A published value is a record of the journal and reaches
/// its subscribers after the hook has returned.
class Signal : public Plugin {
 protected:
  /// A value about `instrument` (0 = about none); finite. Throws HostError.
  void publish(std::uint32_t output, std::uint32_t instrument, double value, Warmth warmth) {
    writ_signal record{};
    record.header.size = sizeof record;
    record.header.type = WRIT_RECORD_SIGNAL;
    record.signal = output;
    record.instrument = instrument;
    record.flags = static_cast<std::uint32_t>(warmth);
    record.value = value;
    check("publish", host()->publish(host(), &record.header));
  }

  /// The same with a JSON object behind it. `scope`: which subscribers it is for, "" = all.
  void publish_report(std::uint32_t output, std::uint32_t instrument, double value, Warmth warmth,
                      JsonObject& payload, std::string_view scope = "") {
    const std::string_view text = payload.view();
    words_.assign((sizeof(writ_signal_report) + text.size() + 7) / 8, 0);
    writ_signal_report record{};
    record.header.size = static_cast<std::uint32_t>(words_.size() * 8);
    record.header.type = WRIT_RECORD_SIGNAL_REPORT;
    record.signal = output;
    record.instrument = instrument;
    record.flags = static_cast<std::uint32_t>(warmth);
    record.value = value;
    record.payload_size = static_cast<std::uint32_t>(text.size());
    if (scope.size() >= sizeof record.scope) throw HostError("publish", WRIT_E_INVALID);
    std::memcpy(record.scope, scope.data(), scope.size());
    auto* bytes = reinterpret_cast<std::byte*>(words_.data());
    std::memcpy(bytes, &record, sizeof record);
    std::memcpy(bytes + sizeof record, text.data(), text.size());
    check("publish", host()->publish(host(), reinterpret_cast<const writ_record*>(bytes)));
  }

 private:
  template <class T>
  friend class detail::Adapter;

  std::vector<std::uint64_t> words_;
};

}  // namespace writ
