#include "host/venue/binance/venue_notices.hpp"

#include "host/model/record_view.hpp"

#include <string>

namespace writ::venue::binance {

void VenueNotices::say(std::uint32_t command, std::string_view text) const {
  std::string line = std::string(venue_name(market_)) + ": " + std::string(text);
  for (char& letter : line) {
    if (static_cast<unsigned char>(letter) < ' ') letter = ' ';  // of the venue's own words
  }
  auto told = model::make_record<writ_command>();
  told.command = command;
  told.account = account_;
  told.text_size = static_cast<std::uint32_t>(line.size());
  told.header.ingest_ts = WRIT_NONE;
  model::RecordBuffer buffer;
  tell_(buffer.begin(told).append(line.data(), line.size()).finish());
}

}  // namespace writ::venue::binance
