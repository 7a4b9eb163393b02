#include "host/base/input_error.hpp"
#include "host/feed/import.hpp"
#include "host/feed/import_tables.hpp"
#include "host/feed/text_file.hpp"
#include "host/model/record_view.hpp"

#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace writ::feed {
namespace {

using base::InputError;

// One line of a capture.
struct CaptureLine {
  std::int64_t ts = 0;
  std::string_view json;
  std::size_t json_column = 0;  // bytes before it
};

// The lines of all files of a capture, times checked.
class CaptureLines {
 public:
  explicit CaptureLines(const std::vector<std::filesystem::path>& files) : files_(files) {}

  [[nodiscard]] std::optional<CaptureLine> next() {
    for (;;) {
      if (!file_) {
        if (next_file_ == files_.size()) return std::nullopt;
        file_ = std::make_unique<TextFile>(files_[next_file_++]);
        unit_ns_ = 0;
      }
      const auto text = file_->next();
      if (!text) {
        if (file_->line() == 0) throw InputError(file_->name(), "the file holds no line");
        file_.reset();
        continue;
      }
      if (!text->empty()) return split(*text);
    }
  }

  [[noreturn]] void fail(std::size_t column, const std::string& what) const {
    throw InputError(file_->name(), file_->line(), static_cast<std::int64_t>(column) + 1, what);
  }
  [[nodiscard]] const std::string& file() const { return file_->name(); }
  [[nodiscard]] std::int64_t line() const { return file_->line(); }

 private:
  CaptureLine split(std::string_view text) {
    const std::size_t space = text.find(' ');
    std::int64_t time = 0;
    const char* digits_end = text.data() + (space == std::string_view::npos ? 0 : space);
    const auto [end, error] = std::from_chars(text.data(), digits_end, time);
    if (space == std::string_view::npos || error != std::errc() || end != digits_end) {
      fail(0, "expected a local time in ns or us, a space and a message");
    }
    // µs have 16 digits from 2001 to 2286, ns 19.
    const std::int64_t unit = space == 16 ? 1'000 : space == 19 ? 1 : 0;
    if (unit == 0 || time < 0) fail(0, "the local time is neither in ns nor in us");
    if (unit_ns_ != 0 && unit != unit_ns_) fail(0, "the unit of the local time changes");
    unit_ns_ = unit;
    std::int64_t ts = 0;
    if (__builtin_mul_overflow(time, unit, &ts)) fail(0, "the local time is out of range");
    if (last_ts_ && ts < *last_ts_) {
      fail(0, "the local time goes back by " + std::to_string(*last_ts_ - ts) + " ns");
    }
    last_ts_ = ts;
    return {ts, text.substr(space + 1), space + 1};
  }

  const std::vector<std::filesystem::path>& files_;
  std::size_t next_file_ = 0;
  std::unique_ptr<TextFile> file_;
  std::int64_t unit_ns_ = 0;
  std::optional<std::int64_t> last_ts_;
};

// Decodes one line, or throws with its place.
BinanceMessage decode(BinanceCodec& codec, const CaptureLine& line, const CaptureLines& lines) {
  const auto message = codec.decode(line.json);
  if (!message) {
    lines.fail(line.json_column + static_cast<std::size_t>(message.error().detail()),
               message.error().step());
  }
  return *message;
}

const char* name_of(BinanceVenue venue) noexcept {
  return venue == BinanceVenue::kUsdm ? "USDT-M futures" : "spot";
}

// Which venue the messages are of.
class VenueFinder {
 public:
  explicit VenueFinder(BinanceVenue stated) : stated_(stated), venue_(stated) {}

  void note(const BinanceMessage& message, const CaptureLines& lines) {
    if (message.venue == BinanceVenue::kUnknown || message.venue == venue_) return;
    if (venue_ != BinanceVenue::kUnknown) {
      lines.fail(0, std::string("a message of Binance ") + name_of(message.venue) +
                        (stated_ != BinanceVenue::kUnknown ? ", the venue stated is "
                                                           : ", those before are of ") +
                        name_of(venue_));
    }
    venue_ = message.venue;
  }

  [[nodiscard]] BinanceVenue venue() const noexcept {
    return venue_ == BinanceVenue::kUnknown ? BinanceVenue::kSpot : venue_;
  }

 private:
  BinanceVenue stated_;
  BinanceVenue venue_;
};

}  // namespace

ImportReport import_binance_stream(const std::vector<std::filesystem::path>& files,
                                   const ImportOptions& options, const RecordConsumer& consumer) {
  if (files.empty()) throw InputError("", "no capture given");
  BinanceCodec codec;
  ImportTables tables;
  ImportReport report;

  // First pass: everything that could be wrong, and what the instruments are.
  VenueFinder finder(options.venue);
  ImportTables::Symbol nameless;  // steps of images that do not say their symbol
  std::string nameless_file;
  std::int64_t nameless_line = 0;  // of the first
  std::string last_file;
  CaptureLines checked(files);
  while (const auto line = checked.next()) {
    ++report.lines;
    last_file = checked.file();
    const BinanceMessage message = decode(codec, *line, checked);
    if (message.kind == BinanceMessage::Kind::kUnknown) {
      ++report.unknown[std::string(message.event)];
    } else if (message.kind == BinanceMessage::Kind::kNothing) {
      ++report.without_effect;
    } else {
      finder.note(message, checked);
      if (report.first_ts == WRIT_NONE) report.first_ts = line->ts;
      report.last_ts = line->ts;
      if (message.symbol.empty() && nameless_line == 0) {
        nameless_file = checked.file();
        nameless_line = checked.line();
      }
      (message.symbol.empty() ? nameless : tables.at(message.symbol)).note(*message.record);
    }
  }
  if (report.first_ts == WRIT_NONE) throw InputError(last_file, "no market message in the capture");
  if (nameless_line != 0) {
    ImportTables::Symbol* symbol = tables.sole();
    if (symbol == nullptr) {
      throw InputError(nameless_file, nameless_line, 0,
                       "an image does not say its symbol, and the capture is not of just one");
    }
    symbol->add(nameless);
  }

  // Second pass: the same lines, written.
  tables.write(options, finder.venue(), last_file, report.first_ts, consumer, report);
  CaptureLines written(files);
  while (const auto line = written.next()) {
    const BinanceMessage message = decode(codec, *line, written);
    if (message.kind != BinanceMessage::Kind::kRecord) continue;
    ImportTables::Symbol& symbol =
        message.symbol.empty() ? *tables.sole() : tables.at(message.symbol);
    writ_record& record = *message.record;
    set_instrument(record, symbol.instrument);
    record.stream = static_cast<std::uint16_t>(symbol.instrument);
    record.ingest_ts = line->ts;
    // A message without a time happened no earlier than the one before it on its stream.
    if (record.event_ts == WRIT_NONE) {
      record.event_ts = symbol.last_event_ts == WRIT_NONE ? line->ts : symbol.last_event_ts;
    } else {
      symbol.last_event_ts = record.event_ts;
    }
    ++report.records[record.type];
    consumer(record);
  }
  return report;
}

}  // namespace writ::feed
