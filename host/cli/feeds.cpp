#include "host/cli/feeds.hpp"

#include "host/base/assert.hpp"
#include "host/base/canonical_json.hpp"
#include "host/base/hex.hpp"
#include "host/base/input_error.hpp"
#include "host/base/sha256.hpp"
#include "host/cli/venue_accounts.hpp"
#include "host/feed/merged_source.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace writ::cli {
namespace {

[[noreturn]] void refuse(const config::Document& document, const std::string& path,
                         const std::string& message) {
  const auto& place = document.place(path);
  throw base::InputError(place.file, place.line, place.column, path + ": " + message);
}

feed::SimulatedInstrument simulated(const config::SimulatedInstrument& wanted) {
  feed::SimulatedInstrument made;
  made.market = wanted.market;
  made.base = wanted.base;
  made.quote = wanted.quote;
  made.kind = wanted.kind == config::InstrumentKind::kSpot ? WRIT_KIND_SPOT : WRIT_KIND_PERP;
  made.price = wanted.price.raw;
  made.tick = wanted.tick.raw;
  made.lot = wanted.lot.raw;
  made.typical_quantity = wanted.typical_quantity.raw;
  made.maker_fee = wanted.maker_fee.raw;
  made.taker_fee = wanted.taker_fee.raw;
  made.levels = wanted.levels;
  return made;
}

// The simulated market numbers its tables itself, from 1 in every feed: records get the run's
// numbers on their way, and its tables are the run's.
class SimulatedSource final : public feed::FeedSource {
 public:
  SimulatedSource(feed::SimulatedOptions options,
                  const std::map<std::string, config::InstrumentConfig>& overrides,
                  Numbering& numbering, std::vector<std::uint32_t>& instruments)
      : market_(options) {
    // A market of its own for the tables: what fast_forward leaves out.
    feed::SimulatedMarket tables(std::move(options));
    while (const auto ts = tables.next_ts()) {
      static_cast<void>(*ts);
      const writ_record& record = tables.take();
      if (!enter(record, overrides, numbering, instruments)) break;
    }
  }

  void go_on_at(std::int64_t ts) { market_.fast_forward(ts); }

  [[nodiscard]] std::optional<std::int64_t> next_ts() override {
    skip_tables();
    if (held_ != nullptr) return held_->ingest_ts;
    return market_.next_ts();
  }

  [[nodiscard]] const writ_record& take() override {
    skip_tables();
    const writ_record& record = held_ != nullptr ? *held_ : market_.take();
    held_ = nullptr;
    model::assign(taken_, record);
    auto& copy = model::record_in(taken_);
    copy.stream = static_cast<std::uint16_t>(mapped(streams_, copy.stream));
    auto& instrument = reinterpret_cast<writ_trade&>(copy).instrument;
    if (instrument != 0) instrument = mapped(instruments_, instrument);
    return copy;
  }

  [[nodiscard]] bool exhausted() const override { return held_ == nullptr && market_.exhausted(); }

 private:
  static std::uint32_t mapped(const std::map<std::uint32_t, std::uint32_t>& numbers,
                              std::uint32_t number) {
    const auto found = numbers.find(number);
    return found == numbers.end() ? 0 : found->second;
  }

  static bool is_table(const writ_record& record) {
    return record.type < WRIT_RECORD_BOOK_SNAPSHOT;
  }

  // False at the first record that is no table's.
  bool enter(const writ_record& record,
             const std::map<std::string, config::InstrumentConfig>& overrides, Numbering& numbering,
             std::vector<std::uint32_t>& instruments) {
    if (const auto* asset = model::as<writ_asset>(record)) {
      assets_[asset->asset] = numbering.asset(model::text_of(asset->name), asset->decimals);
    } else if (const auto* instrument = model::as<writ_instrument>(record)) {
      writ_instrument copy = *instrument;
      copy.base_asset = mapped(assets_, copy.base_asset);
      copy.quote_asset = mapped(assets_, copy.quote_asset);
      copy.settle_asset = mapped(assets_, copy.settle_asset);
      override_instrument(overrides, copy);
      const auto number = numbering.instrument(copy);
      instruments_[instrument->instrument] = number;
      instruments.push_back(number);
    } else if (const auto* stream = model::as<writ_stream>(record)) {
      streams_[stream->stream] = numbering.stream(model::text_of(stream->source),
                                                  mapped(instruments_, stream->instrument));
    } else {
      return false;
    }
    return true;
  }

  void skip_tables() {
    while (held_ == nullptr && !past_tables_ && market_.next_ts()) {
      const writ_record& record = market_.take();
      if (is_table(record)) continue;
      held_ = &record;  // valid until the next take()
      past_tables_ = true;
    }
  }

  feed::SimulatedMarket market_;
  std::map<std::uint32_t, std::uint32_t> assets_;
  std::map<std::uint32_t, std::uint32_t> instruments_;
  std::map<std::uint32_t, std::uint32_t> streams_;
  const writ_record* held_ = nullptr;
  bool past_tables_ = false;
  std::vector<std::uint64_t> taken_;
};

void check_simulated(const config::Document& document, const std::string& path,
                     const config::FeedConfig& feed) {
  const auto fits = [&document](const std::string& where, const std::string& name,
                                std::size_t bytes_max) {
    if (name.size() <= bytes_max) return;
    refuse(document, where, "longer than " + std::to_string(bytes_max) + " bytes");
  };
  fits(path + ".venue", feed.venue, 23);
  for (std::size_t i = 0; i < feed.instruments.size(); ++i) {
    const auto& made = feed.instruments[i];
    const std::string where = path + ".instruments[" + std::to_string(i) + "]";
    fits(where + ".market", made.market, 39);
    fits(where + ".base", made.base, 15);
    fits(where + ".quote", made.quote, 15);
    if (made.typical_quantity < made.lot) {
      refuse(document, where + ".typical_quantity", "less than the lot");
    }
    if (made.price.raw / made.tick.raw <= std::int64_t{2} * made.levels) {
      refuse(document, where + ".price", "less than twice its levels in ticks");
    }
  }
}

}  // namespace

Feeds::Feeds(const config::Loaded& loaded, journal::Storage& storage, const SimulatedTime& time,
             Numbering& numbering, LiveVenues* venues) {
  if (loaded.config.feeds.empty()) {
    refuse(loaded.document, "feeds", "no feed: name one, or give --tape");
  }
  base::Sha256 data;
  for (std::size_t i = 0; i < loaded.config.feeds.size(); ++i) {
    const auto& feed = loaded.config.feeds[i];
    if (feed.type == config::FeedType::kSimulated) {
      add_simulated(loaded, i, time, numbering);
      const auto& values = loaded.document.values().at("feeds").as_array()[i];
      data.update("simulated " + base::canonical_json(values).value() + " " +
                  std::to_string(time.start_ts) + " " + std::to_string(time.duration_ns) + "\n");
      continue;
    }
    if (feed.type == config::FeedType::kBinance) {
      if (venues == nullptr) {
        add_names(loaded, feed, numbering);
      } else {
        made_.push_back(venues->open_feed(loaded, i, numbering, instruments_));
      }
      continue;
    }
    const TapePart part{feed.from_ts, feed.to_ts, feed.only};
    std::string part_text;
    if (part.from_ts) part_text += " from " + std::to_string(*part.from_ts);
    if (part.to_ts) part_text += " to " + std::to_string(*part.to_ts);
    for (const std::string& name : part.only) part_text += " " + name;
    for (const auto& file : feed.files) {
      auto tape =
          std::make_unique<TapeSource>(storage, file, loaded.config.instruments, part, numbering);
      instruments_.insert(instruments_.end(), tape->instruments().begin(),
                          tape->instruments().end());
      events_ += tape->info().events;
      data.update("tape " + base::to_hex(tape->info().content_hash) + part_text + "\n");
      tapes_.push_back(tape.get());
      made_.push_back(std::move(tape));
    }
    check_part(loaded, i, numbering);
  }
  std::sort(instruments_.begin(), instruments_.end());
  instruments_.erase(std::unique(instruments_.begin(), instruments_.end()), instruments_.end());
  data_hash_ = data.hex();
  source_ = made_.size() == 1 ? std::move(made_.front())
                              : std::make_unique<feed::MergedSource>(std::move(made_));
}

// What a part names has to be there, and something of it.
void Feeds::check_part(const config::Loaded& loaded, std::size_t index,
                       const Numbering& numbering) const {
  const std::string where = "feeds[" + std::to_string(index) + "]";
  const auto& only = loaded.config.feeds[index].only;
  for (std::size_t i = 0; i < only.size(); ++i) {
    const auto number = numbering.tables().find_instrument(only[i]);
    if (number &&
        std::find(instruments_.begin(), instruments_.end(), *number) != instruments_.end()) {
      continue;
    }
    refuse(loaded.document, where + ".only[" + std::to_string(i) + "]",
           "no tape has \"" + only[i] + "\"");
  }
  const bool empty = std::all_of(made_.begin(), made_.end(),
                                 [](const auto& source) { return source->exhausted(); });
  if (empty) refuse(loaded.document, where, "its tapes have no event in this part");
}

void Feeds::add_simulated(const config::Loaded& loaded, std::size_t index,
                          const SimulatedTime& time, Numbering& numbering) {
  const auto& feed = loaded.config.feeds[index];
  check_simulated(loaded.document, "feeds[" + std::to_string(index) + "]", feed);
  feed::SimulatedOptions options;
  options.seed = feed.seed;
  options.start_ts = time.start_ts;
  options.duration_ns = time.duration_ns;
  options.events_per_second = feed.events_per_second;
  options.venue = feed.venue;
  options.instruments.clear();
  for (const auto& wanted : feed.instruments) options.instruments.push_back(simulated(wanted));
  options.burst = feed.oddities.burst;
  options.sweep = feed.oddities.sweep;
  options.gap = feed.oddities.gap;
  options.one_sided = feed.oddities.one_sided;
  options.crossed = feed.oddities.crossed;
  options.clock_offset = feed.oddities.clock_offset;
  options.regime_change = feed.oddities.regime_change;
  auto source = std::make_unique<SimulatedSource>(std::move(options), loaded.config.instruments,
                                                  numbering, instruments_);
  if (time.resume_ts) source->go_on_at(*time.resume_ts);
  made_.push_back(std::move(source));
  events_ = 0;
}

// What a venue lists is not asked for: what is known of an instrument already stays so.
void Feeds::add_names(const config::Loaded& loaded, const config::FeedConfig& feed,
                      Numbering& numbering) {
  for (const auto& symbol : feed.symbols) {
    auto named = model::make_record<writ_instrument>();
    const auto venue = instrument_venue(loaded.config.venues.at(feed.venue).market);
    if (!model::set_text(named.venue, venue) || !model::set_text(named.market, symbol)) {
      throw base::InputError("", "symbol \"" + symbol + "\" is too long");
    }
    const auto known = numbering.tables().find_instrument(model::canonical_name(named));
    instruments_.push_back(known ? *known : numbering.instrument(named));
  }
}

std::string Feeds::trouble() const {
  for (const TapeSource* tape : tapes_) {
    if (!tape->trouble().empty()) return tape->trouble();
  }
  return "";
}

void refuse_endless(const config::Config& config, std::optional<std::int64_t> duration_ns) {
  for (const auto& feed : config.feeds) {
    if (feed.type == config::FeedType::kSimulated && !duration_ns) {
      throw base::InputError("", "a simulated feed has no end: give --for DURATION, or --tape");
    }
  }
}

}  // namespace writ::cli
