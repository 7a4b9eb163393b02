#include "host/engine/checkpointing.hpp"

namespace writ::engine {

base::Result<void> write_checkpoint(const Pipeline& pipeline,
                                    const execution::OrderGateway& gateway, CoreSink& sink) {
  auto sections = pipeline.save();
  sections[kGatewaySection] = {1, gateway.save()};
  return journal::write_checkpoint(sink.next_seq(), sections,
                                   [&](writ_checkpoint& part) -> base::Result<void> {
                                     sink.append(part.header);
                                     return {};
                                   });
}

base::Result<void> load_gateway(const journal::CheckpointSections& sections,
                                execution::OrderGateway& gateway) {
  const auto found = sections.find(kGatewaySection);
  if (found == sections.end()) {
    return base::Error{base::Errc::kCorrupt, "checkpoint without a gateway"};
  }
  return gateway.load(found->second.bytes);
}

}  // namespace writ::engine
