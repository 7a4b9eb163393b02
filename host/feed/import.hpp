#pragma once

#include "host/feed/binance_codec.hpp"

#include <writ/abi/record.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::feed {

/// Takes the records of an import, in order: tables first, then the market. A record is valid for
/// the call; seq is not set. May throw to stop the import.
using RecordConsumer = std::function<void(const writ_record&)>;

/// What an import is told about one symbol; what it is not told is inferred from the data.
struct InstrumentSpec {
  std::string symbol = {};  ///< "BTCUSDT"
  std::string base = {};    ///< both empty: split by the quote assets known
  std::string quote = {};
  std::optional<std::int64_t> tick =
      {};  ///< at 1e-9; none: the greatest common divisor of all prices
  std::optional<std::int64_t> lot = {};        ///< none: that of all quantities
  std::optional<std::int64_t> maker_fee = {};  ///< rate at 1e-9; none: the venue's default
  std::optional<std::int64_t> taker_fee = {};
  /// Of bars: how many of what the archive counts are one of quantity, whose prices are of so many.
  std::int64_t multiplier = 1;
};

struct ImportOptions {
  BinanceVenue venue = BinanceVenue::kUnknown;   ///< kUnknown: told from the messages
  std::vector<InstrumentSpec> instruments = {};  ///< of the symbols that need one
  std::int64_t bar_interval_ns = 0;       ///< of bars whose archive does not tell; 0 = not given
  std::string venue_name = "polymarket";  ///< of prediction markets
  std::int64_t quote_size = 0;            ///< of quotes without sizes, at 1e-9; 0 = not given
};

/// What an import found and wrote.
struct ImportReport {
  std::uint64_t lines = 0;
  std::map<std::uint16_t, std::uint64_t> records;  ///< by WRIT_RECORD_*, tables included
  std::map<std::string, std::uint64_t> unknown;    ///< messages ignored, by event type
  std::uint64_t without_effect = 0;   ///< known messages that change no market, such as replies
  std::int64_t first_ts = WRIT_NONE;  ///< core time of the first and last record
  std::int64_t last_ts = WRIT_NONE;
  std::vector<std::string> instruments;  ///< canonical names, in order of their ids
};

/// Captures of Binance's streams, `binance-stream`: each line a local time in ns or µs, a space,
/// one message as received (combined or raw stream) or the reply to a REST depth request. Several
/// files are one capture, in the order given. Plain, gzip or zip. Two passes: the first checks
/// everything and infers venue and instruments (tick and lot as greatest common divisors, flagged
/// TICK_INFERRED), the second writes. So nothing is written on an error: throws base::InputError
/// `file:line:column: what` for a line that is not a message, a time of another unit or going back
/// (equal is allowed), symbols of two venues, or an image whose symbol cannot be told.
ImportReport import_binance_stream(const std::vector<std::filesystem::path>& files,
                                   const ImportOptions& options, const RecordConsumer& consumer);

/// The formats `import_archive` knows, by name.
[[nodiscard]] std::vector<std::string_view> archive_formats();

/// Archives of one of these formats, plain, gzip, bzip2 or zip: Binance's own CSV files
/// (binance-aggtrades, binance-trades, binance-klines, binance-bookticker, binance-funding), with
/// or without a header line, the CSV layouts of tardis.dev (tardis-...), captures of depth and
/// trades with a row for each level (binance-depth-csv), files of Betfair's Exchange Stream
/// (betfair-stream) and quotes of prediction markets (prediction-quotes: columns ts, slug, bid,
/// ask, perhaps outcome, bid_size, ask_size; the rows of each market by time, the markets in any
/// order). Where the rows of CSV do not name their symbol it is that of the one spec, or of each
/// file's name, `...SYMBOL-trades-...`; where they do not name the venue it is options.venue, spot
/// unless it says otherwise. Core time is when a record was received, or the venue's time where an
/// archive has no other. A format that knows only the touch makes it the whole book; one whose
/// books have no ids has them counted. Several files are one tape, by time; those of one symbol
/// and kind of record must follow each other. Every file is read twice, first to check it, as many
/// at a time as there are processors: nothing is written on an error. Throws base::InputError with
/// file, line and, where there is one, column for a row that does not fit, a time or an id going
/// back, or a time unit that changes.
ImportReport import_archive(std::string_view format,
                            const std::vector<std::filesystem::path>& files,
                            const ImportOptions& options, const RecordConsumer& consumer);

/// What `writ tape export` wrote as CSV: a file for each type of record, named after it, all of a
/// tape. The records are those of that tape, in their order. Throws base::InputError with file and
/// line for a value, seq or time that does not fit; what went before has been handed out then.
ImportReport import_tables(const std::vector<std::filesystem::path>& files,
                           const RecordConsumer& consumer);

}  // namespace writ::feed
