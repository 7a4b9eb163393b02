#pragma once

#include "host/base/byte_stream.hpp"

#include <writ/abi/plugin.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

namespace writ::plugin {

/// The tables of a module that is loaded elsewhere, made again of what ModuleEncoder wrote there.
/// The bytes are a stranger's claim: what is in the tables is still to be judged, as in a module's
/// own; their texts and lists are this object's. Its `create` makes nothing.
class ModuleImage {
 public:
  explicit ModuleImage(std::span<const std::byte> bytes);
  ModuleImage(const ModuleImage&) = delete;
  ModuleImage& operator=(const ModuleImage&) = delete;

  /// False: the bytes are no tables.
  [[nodiscard]] bool whole() const noexcept { return in_.complete(); }
  [[nodiscard]] const writ_module& table() const noexcept { return module_; }

 private:
  void read_module();
  [[nodiscard]] const writ_descriptor* read_descriptor();
  [[nodiscard]] const char* read_text();
  template <class Table, class Read>
  const Table* read_list(std::deque<std::vector<Table>>& kept, std::uint32_t& count,
                         std::uint32_t& stride, Read&& read_element);

  base::ByteReader in_;
  writ_module module_{};
  std::vector<const writ_descriptor*> pointers_;
  // Elements that are pointed at do not move.
  std::deque<writ_descriptor> descriptors_;
  std::deque<std::string> texts_;
  std::deque<std::vector<writ_parameter>> parameters_;
  std::deque<std::vector<writ_port>> ports_;
  std::deque<std::vector<writ_subscription>> subscriptions_;
};

}  // namespace writ::plugin
