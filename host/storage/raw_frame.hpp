#pragma once

#include "host/storage/row_options.hpp"

#include <writ/abi/record.h>

#include <cstdint>
#include <string_view>

namespace writ::storage {

// A raw frame is what came from outside, byte for byte: the payload of an input record behind its
// header, so that when and in which run it was received is no part of it. `raw_event` holds them,
// counted from 0 within each source of a run; the replay hash is theirs. Its topic is the name of
// the record's type in the catalogue.

/// Of which layout every frame is.
inline constexpr int kFrameSchemaVersion = 1;

/// The source of what came from no stream: people's commands, the configuration.
inline constexpr std::string_view kHostSource = "internal";

/// Whether a record of this type is a frame of a run with these options. Always are what a venue
/// says of orders, of a market's state and of what moves money there, and what people ask for;
/// what it says of prices only where the whole market is logged.
[[nodiscard]] bool is_raw_frame(std::uint16_t type, const RowOptions& options) noexcept;
/// Whether a record of this type tells of prices.
[[nodiscard]] bool is_price_data(std::uint16_t type) noexcept;

[[nodiscard]] std::string_view frame_topic(const writ_record& record) noexcept;
/// Lives as long as the record.
[[nodiscard]] std::string_view frame_payload(const writ_record& record) noexcept;
/// Number of the instrument a record is about, 0 for none. The record has passed model::validate.
[[nodiscard]] std::uint32_t frame_instrument(const writ_record& record) noexcept;

}  // namespace writ::storage
