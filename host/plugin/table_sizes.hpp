#pragma once

#include <writ/abi/plugin.h>

#include <cstddef>
#include <cstdint>

namespace writ::plugin {

/// The size an element of a descriptor's list had in ABI 1.0: no plugin has a smaller one.
template <class Table>
inline constexpr std::size_t kFirstSize = 0;
template <>
inline constexpr std::size_t kFirstSize<writ_parameter> = offsetof(writ_parameter, default_value) +
                                                          sizeof(const char*);
template <>
inline constexpr std::size_t kFirstSize<writ_port> = offsetof(writ_port, unit) +
                                                     sizeof(const char*);
template <>
inline constexpr std::size_t kFirstSize<writ_subscription> = offsetof(writ_subscription,
                                                                      interval_ns) +
                                                             sizeof(std::int64_t);

}  // namespace writ::plugin
