#include "host/cli/tape_source.hpp"

#include "host/base/assert.hpp"
#include "host/base/input_error.hpp"
#include "host/journal/verify.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"

#include <writ/money_abi.hpp>

#include <utility>

namespace writ::cli {
namespace {

// Reads a part of a tape to its end.
void check_part(journal::TapeReader& reader) {
  for (;;) {
    const auto next = reader.next();
    if (!next) throw base::InputError("", reader.describe(next.error()));
    if (*next == nullptr) return;
  }
}

journal::TapeReader open_checked(journal::Storage& storage, const std::filesystem::path& path,
                                 const TapePart& part) {
  auto reader = journal::TapeReader::open(storage, path);
  if (!reader) throw base::InputError::from(path.string(), reader.error());
  if (!part.is_whole()) {
    select_part(*reader, part);
    check_part(*reader);
    select_part(*reader, part);
    return std::move(*reader);
  }
  const auto report = journal::verify_tape(storage, path);
  if (!report) throw base::InputError::from(path.string(), report.error());
  if (!report->ok()) {
    throw base::InputError::at_offset(path.string(), report->damage->place.offset,
                                      report->damage->text);
  }
  return std::move(*reader);
}

std::uint32_t mapped(const std::map<std::uint32_t, std::uint32_t>& numbers, std::uint32_t number) {
  const auto found = numbers.find(number);
  return found == numbers.end() ? 0 : found->second;
}

bool is_market(std::uint16_t type) {
  return type >= WRIT_RECORD_BOOK_SNAPSHOT && type <= WRIT_RECORD_REDUCTION;
}

}  // namespace

void override_instrument(const std::map<std::string, config::InstrumentConfig>& overrides,
                         writ_instrument& instrument) {
  const auto found = overrides.find(model::canonical_name(instrument));
  if (found == overrides.end()) return;
  const auto& known = found->second;
  if (known.maker_fee) instrument.maker_fee = known.maker_fee->raw;
  if (known.taker_fee) instrument.taker_fee = known.taker_fee->raw;
  if (known.tick) instrument.tick = known.tick->raw;
  if (known.lot) instrument.lot = known.lot->raw;
  if (known.tick && known.lot) {
    instrument.flags &= ~static_cast<std::uint32_t>(WRIT_INSTRUMENT_TICK_INFERRED);
  }
  if (known.quantity_min) instrument.quantity_min = known.quantity_min->raw;
  if (known.notional_min) instrument.notional_min = to_abi(*known.notional_min);
}

TapeSource::TapeSource(journal::Storage& storage, const std::filesystem::path& path,
                       const std::map<std::string, config::InstrumentConfig>& overrides,
                       const TapePart& part, Numbering& numbering)
    : part_(part), reader_(open_checked(storage, path, part)) {
  enter_tables(overrides, numbering);
}

// The tables come first; the first market record ends them and stays.
void TapeSource::enter_tables(const std::map<std::string, config::InstrumentConfig>& overrides,
                              Numbering& numbering) {
  std::vector<writ_instrument> with_complement;
  for (;;) {
    const auto next = reader_.next();
    if (!next) throw base::InputError("", reader_.describe(next.error()));
    if (*next == nullptr && part_.is_whole()) {
      throw base::InputError(reader_.path().string(), "the tape has no events");
    }
    if (*next == nullptr) break;
    const writ_record& record = **next;
    if (const auto* asset = model::as<writ_asset>(record)) {
      assets_[asset->asset] = numbering.asset(model::text_of(asset->name), asset->decimals);
    } else if (const auto* instrument = model::as<writ_instrument>(record)) {
      if (!part_.has(model::canonical_name(*instrument))) continue;
      writ_instrument copy = *instrument;
      copy.header.size = sizeof copy;
      copy.base_asset = mapped(assets_, copy.base_asset);
      copy.quote_asset = mapped(assets_, copy.quote_asset);
      copy.settle_asset = mapped(assets_, copy.settle_asset);
      copy.complement = 0;  // it may come later
      if (copy.market_group != 0) {
        auto& group = groups_[copy.market_group];
        if (group == 0) group = numbering.market_group(copy);
        copy.market_group = group;
      }
      override_instrument(overrides, copy);
      const auto number = numbering.instrument(copy);
      instruments_[instrument->instrument] = number;
      instrument_numbers_.push_back(number);
      if (instrument->complement != 0) {
        copy.complement = instrument->complement;
        with_complement.push_back(copy);
      }
    } else if (const auto* stream = model::as<writ_stream>(record)) {
      const bool of_another =
          stream->instrument != 0 && mapped(instruments_, stream->instrument) == 0;
      if (of_another) continue;
      streams_[stream->stream] = numbering.stream(model::text_of(stream->source),
                                                  mapped(instruments_, stream->instrument));
    } else {
      model::assign(next_, record);
      break;
    }
  }
  for (writ_instrument& instrument : with_complement) {
    instrument.complement = mapped(instruments_, instrument.complement);
    numbering.instrument(instrument);
  }
  if (!next_.empty()) fetch();
}

// Translates the record read last; reads on while there is none the run can use.
void TapeSource::fetch() {
  while (next_.empty()) {
    const auto next = reader_.next();
    if (!next) {
      trouble_ = reader_.describe(next.error());
      return;
    }
    if (*next == nullptr) return;
    model::assign(next_, **next);
  }
  auto& record = model::record_in(next_);
  record.seq = 0;
  record.stream = static_cast<std::uint16_t>(mapped(streams_, record.stream));
  if (is_market(record.type)) {
    // Every market record names its instrument right after the header.
    auto& instrument = reinterpret_cast<writ_trade&>(record).instrument;
    if (instrument != 0) instrument = mapped(instruments_, instrument);
    if (record.type == WRIT_RECORD_REDUCTION) {
      auto& group = reinterpret_cast<writ_reduction&>(record).market_group;
      group = mapped(groups_, group);
    }
  } else if (record.type == WRIT_RECORD_CONVERSION) {
    auto& conversion = reinterpret_cast<writ_conversion&>(record);
    conversion.asset = mapped(assets_, conversion.asset);
    conversion.into = mapped(assets_, conversion.into);
  }
}

std::optional<std::int64_t> TapeSource::next_ts() {
  if (next_.empty()) return std::nullopt;
  return model::record_in(next_).ingest_ts;
}

const writ_record& TapeSource::take() {
  WRIT_ASSERT(!next_.empty());
  taken_.swap(next_);
  next_.clear();
  fetch();
  return model::record_in(taken_);
}

}  // namespace writ::cli
