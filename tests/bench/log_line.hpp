#pragma once

#include "host/model/record_view.hpp"

#include <array>
#include <cstdint>

namespace writ::bench {

inline constexpr std::uint32_t kLogLineBytes = 256;

/// A log line of exactly 256 bytes: of the records a core derives, one without numbers to check.
inline writ_record& make_log_line(model::RecordBuffer& buffer) {
  auto line = model::make_record<writ_log_line>();
  std::array<char, kLogLineBytes - sizeof line> text{};
  text.fill('x');
  line.text_size = text.size();
  return buffer.begin(line).append(text.data(), text.size()).finish();
}

}  // namespace writ::bench
