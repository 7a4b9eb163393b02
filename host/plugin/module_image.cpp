#include "host/plugin/module_image.hpp"

#include "host/plugin/module_encoder.hpp"

#include <algorithm>

namespace writ::plugin {

ModuleImage::ModuleImage(std::span<const std::byte> bytes) : in_(bytes) { read_module(); }

void ModuleImage::read_module() {
  module_.struct_size = in_.get<std::uint32_t>();
  if (!WRIT_HAS(&module_, create)) return;
  module_.struct_size = sizeof module_;
  module_.abi_major = in_.get<std::uint16_t>();
  module_.abi_minor = in_.get<std::uint16_t>();
  if (in_.get<std::uint8_t>() != 0) {
    module_.create = [](const char*, const writ_host*, const writ_value*, std::uint32_t,
                        std::uint32_t, writ_plugin**) { return writ_status{WRIT_E_STATE}; };
  }
  module_.vendor = read_text();
  module_.descriptor_count = in_.get<std::uint32_t>();
  if (in_.get<std::uint8_t>() == 0) return;
  for (std::uint32_t i = 0; i < module_.descriptor_count && in_.ok(); ++i) {
    pointers_.push_back(in_.get<std::uint8_t>() == 0 ? nullptr : read_descriptor());
  }
  module_.descriptors = pointers_.data();
}

const writ_descriptor* ModuleImage::read_descriptor() {
  auto& descriptor = descriptors_.emplace_back();
  descriptor.struct_size = in_.get<std::uint32_t>();
  if (!WRIT_HAS(&descriptor, state_schema_min)) return &descriptor;
  descriptor.struct_size = sizeof descriptor;
  descriptor.kind = in_.get<std::uint32_t>();
  for (const char** text :
       {&descriptor.id, &descriptor.name, &descriptor.version, &descriptor.doc}) {
    *text = read_text();
  }
  descriptor.capabilities = in_.get<std::uint64_t>();
  descriptor.parameters = read_list(
      parameters_, descriptor.parameter_count, descriptor.parameter_stride,
      [this](writ_parameter& parameter) {
        parameter.id = in_.get<std::uint32_t>();
        parameter.type = in_.get<std::uint32_t>();
        parameter.flags = in_.get<std::uint32_t>();
        for (const char** text : {&parameter.name, &parameter.doc, &parameter.unit, &parameter.min,
                                  &parameter.max, &parameter.default_value}) {
          *text = read_text();
        }
      });
  const auto read_port = [this](writ_port& port) {
    port.id = in_.get<std::uint32_t>();
    for (const char** text : {&port.name, &port.doc, &port.unit}) *text = read_text();
  };
  descriptor.signals_in =
      read_list(ports_, descriptor.signal_in_count, descriptor.signal_in_stride, read_port);
  descriptor.signals_out =
      read_list(ports_, descriptor.signal_out_count, descriptor.signal_out_stride, read_port);
  descriptor.subscriptions =
      read_list(subscriptions_, descriptor.subscription_count, descriptor.subscription_stride,
                [this](writ_subscription& subscription) {
                  subscription.record_type = in_.get<std::uint32_t>();
                  subscription.trigger = in_.get<std::uint32_t>();
                  subscription.interval_ns = in_.get<std::int64_t>();
                });
  descriptor.warmup_events = in_.get<std::uint64_t>();
  descriptor.warmup_ns = in_.get<std::int64_t>();
  descriptor.state_schema = in_.get<std::uint32_t>();
  descriptor.state_schema_min = in_.get<std::uint32_t>();
  return &descriptor;
}

// A list that could not be followed keeps the stride or count it is refused for; the elements of
// another are where they are here.
template <class Table, class Read>
const Table* ModuleImage::read_list(std::deque<std::vector<Table>>& kept, std::uint32_t& count,
                                    std::uint32_t& stride, Read&& read_element) {
  static const Table kNone{};
  const bool there = in_.get<std::uint8_t>() != 0;
  count = in_.get<std::uint32_t>();
  stride = in_.get<std::uint32_t>();
  const bool listed = in_.get<std::uint8_t>() != 0;
  if (!there) return nullptr;
  if (!listed) {
    // Never true of what ModuleEncoder wrote: nobody may look for more elements than there are.
    if (count < kModuleListMax && stride >= kFirstSize<Table> && stride % alignof(Table) == 0)
      stride = 0;
    return &kNone;
  }
  auto& elements = kept.emplace_back();
  for (std::uint32_t i = 0; i < count && in_.ok(); ++i) {
    auto& element = elements.emplace_back();
    const auto size = in_.get<std::uint32_t>();
    // As sound, or as little, as there.
    element.struct_size =
        size > stride ? UINT32_MAX : std::min<std::uint32_t>(size, sizeof element);
    read_element(element);
  }
  stride = sizeof(Table);
  if (elements.size() != count) count = 0;
  return elements.data();
}

const char* ModuleImage::read_text() {
  if (in_.get<std::uint8_t>() == 0) return nullptr;
  return texts_.emplace_back(in_.get_text()).c_str();
}

}  // namespace writ::plugin
