#pragma once

#include "host/base/byte_stream.hpp"
#include "host/plugin/table_sizes.hpp"

#include <writ/abi/plugin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace writ::plugin {

/// More of a list, and of a text's bytes, than any sound module has: what is longer is told so far.
inline constexpr std::uint32_t kModuleListMax = 257;
inline constexpr std::size_t kModuleTextMax = 4097;

/// A module's tables as bytes, as far as they can be followed: what is in them is judged by who
/// reads the bytes (ModuleImage), not here. In the process that has the module loaded.
class ModuleEncoder {
 public:
  [[nodiscard]] static std::vector<std::byte> encode(const writ_module& module) {
    ModuleEncoder encoder;
    encoder.put(module);
    return encoder.out_.take();
  }

 private:
  void put(const writ_module& module) {
    out_.put(module.struct_size);
    if (!WRIT_HAS(&module, create)) return;
    out_.put(module.abi_major);
    out_.put(module.abi_minor);
    out_.put(std::uint8_t{module.create != nullptr});
    put_text(module.vendor);
    out_.put(module.descriptor_count);
    const bool listed = module.descriptors != nullptr && module.descriptor_count < kModuleListMax;
    out_.put(std::uint8_t{listed});
    if (!listed) return;
    for (std::uint32_t i = 0; i < module.descriptor_count; ++i) {
      const auto* descriptor = module.descriptors[i];
      out_.put(std::uint8_t{descriptor != nullptr});
      if (descriptor != nullptr) put(*descriptor);
    }
  }

  void put(const writ_descriptor& descriptor) {
    out_.put(descriptor.struct_size);
    if (!WRIT_HAS(&descriptor, state_schema_min)) return;
    out_.put(descriptor.kind);
    for (const char* text : {descriptor.id, descriptor.name, descriptor.version, descriptor.doc}) {
      put_text(text);
    }
    out_.put(descriptor.capabilities);
    put_list(descriptor.parameters, descriptor.parameter_count, descriptor.parameter_stride,
             [this](const writ_parameter& parameter) {
               out_.put(parameter.id);
               out_.put(parameter.type);
               out_.put(parameter.flags);
               for (const char* text : {parameter.name, parameter.doc, parameter.unit,
                                        parameter.min, parameter.max, parameter.default_value}) {
                 put_text(text);
               }
             });
    const auto put_port = [this](const writ_port& port) {
      out_.put(port.id);
      for (const char* text : {port.name, port.doc, port.unit}) put_text(text);
    };
    put_list(descriptor.signals_in, descriptor.signal_in_count, descriptor.signal_in_stride,
             put_port);
    put_list(descriptor.signals_out, descriptor.signal_out_count, descriptor.signal_out_stride,
             put_port);
    put_list(descriptor.subscriptions, descriptor.subscription_count,
             descriptor.subscription_stride, [this](const writ_subscription& subscription) {
               out_.put(subscription.record_type);
               out_.put(subscription.trigger);
               out_.put(subscription.interval_ns);
             });
    out_.put(descriptor.warmup_events);
    out_.put(descriptor.warmup_ns);
    out_.put(descriptor.state_schema);
    out_.put(descriptor.state_schema_min);
  }

  // The elements only where their size leaves no doubt about where each is.
  template <class Table, class Put>
  void put_list(const Table* first, std::uint32_t count, std::uint32_t stride, Put&& put_element) {
    const bool listed = first != nullptr && count < kModuleListMax && stride >= kFirstSize<Table> &&
                        stride % alignof(Table) == 0;
    out_.put(std::uint8_t{first != nullptr});
    out_.put(count);
    out_.put(stride);
    out_.put(std::uint8_t{listed});
    if (!listed) return;
    const auto* bytes = reinterpret_cast<const std::byte*>(first);
    for (std::uint32_t i = 0; i < count; ++i, bytes += stride) {
      const auto& element = *reinterpret_cast<const Table*>(bytes);
      out_.put(element.struct_size);
      put_element(element);
    }
  }

  void put_text(const char* text) {
    out_.put(std::uint8_t{text != nullptr});
    if (text != nullptr) out_.put_text({text, ::strnlen(text, kModuleTextMax)});
  }

  base::ByteWriter out_;
};

}  // namespace writ::plugin
