#include "host/cli/numbering.hpp"

#include "host/base/assert.hpp"
#include "host/base/input_error.hpp"
#include "host/model/record_view.hpp"
#include "host/model/record_words.hpp"

#include <algorithm>
#include <cstring>

namespace writ::cli {
namespace {

template <std::size_t N>
void put_name(char (&field)[N], std::string_view name, const char* what) {
  if (name.empty() || name.size() >= N) {
    throw base::InputError("", std::string(what) + " \"" + std::string(name) + "\" needs 1 to " +
                                   std::to_string(N - 1) + " bytes");
  }
  std::memset(field, 0, N);
  std::memcpy(field, name.data(), name.size());
}

// The next number of a table.
template <class Rows, class Number>
std::uint32_t next_number(const Rows& rows, Number number) {
  std::uint32_t most = 0;
  for (const auto* row : rows) most = std::max(most, number(*row));
  return most + 1;
}

// Equal but for when it was put on record.
bool same_content(const writ_record& a, const writ_record& b) {
  if (a.size != b.size || a.type != b.type) return false;
  const auto* left = reinterpret_cast<const char*>(&a) + sizeof(writ_record);
  const auto* right = reinterpret_cast<const char*>(&b) + sizeof(writ_record);
  return std::memcmp(left, right, a.size - sizeof(writ_record)) == 0;
}

// As a table keeps it: without when and where it was on record.
engine::TableRecord table_record(const writ_record& record) {
  auto words = model::words_of(record);
  auto& copy = model::record_in(words);
  copy.seq = 0;
  copy.stream = 0;
  copy.event_ts = 0;
  copy.ingest_ts = 0;
  return words;
}

}  // namespace

Numbering::Numbering(const model::InstrumentTable& past) {
  for (const auto* record : past.records()) {
    const auto applied = tables_.apply(*record);
    WRIT_ASSERT(applied.has_value());
  }
}

void Numbering::enter(const writ_record& record) {
  for (const auto* known : tables_.records()) {
    if (same_content(*known, record)) return;
  }
  if (const auto applied = tables_.apply(record); !applied) {
    throw base::InputError("", "too many names: " + to_string(applied.error()));
  }
  changed_.push_back(table_record(record));
}

std::uint32_t Numbering::asset(std::string_view name, std::uint32_t decimals) {
  auto record = model::make_record<writ_asset>();
  put_name(record.name, name, "asset");
  if (const auto known = tables_.find_asset(name)) {
    const auto* before = tables_.asset(*known);
    if (decimals == 0 || before->decimals == decimals) return *known;
    record.asset = *known;
  } else {
    record.asset = next_number(tables_.assets(), [](const auto& row) { return row.asset; });
  }
  record.decimals = decimals;
  enter(record.header);
  return record.asset;
}

std::uint32_t Numbering::account(std::string_view name, std::uint32_t reporting_asset,
                                 std::uint32_t shadow_of) {
  auto record = model::make_record<writ_account>();
  put_name(record.name, name, "account");
  record.reporting_asset = reporting_asset;
  record.shadow_of = shadow_of;
  record.book = shadow_of == 0 ? WRIT_BOOK_MAIN : WRIT_BOOK_SHADOW;
  record.account =
      tables_.find_account(model::canonical_name(record))
          .value_or(next_number(tables_.accounts(), [](const auto& row) { return row.account; }));
  enter(record.header);
  return record.account;
}

std::uint32_t Numbering::instrument(writ_instrument record) {
  record.instrument = tables_.find_instrument(model::canonical_name(record))
                          .value_or(next_number(tables_.instruments(),
                                                [](const auto& row) { return row.instrument; }));
  enter(record.header);
  return record.instrument;
}

std::uint32_t Numbering::market_group(const writ_instrument& instrument) const {
  std::uint32_t most = 0;
  for (const auto* known : tables_.instruments()) {
    const bool same_market = model::text_of(known->venue) == model::text_of(instrument.venue) &&
                             model::text_of(known->market) == model::text_of(instrument.market);
    if (same_market && known->market_group != 0) return known->market_group;
    most = std::max(most, known->market_group);
  }
  return most + 1;
}

std::uint32_t Numbering::stream(std::string_view source, std::uint32_t instrument) {
  for (const auto* known : tables_.streams()) {
    if (known->instrument == instrument && model::text_of(known->source) == source) {
      return known->stream;
    }
  }
  auto record = model::make_record<writ_stream>();
  put_name(record.source, source, "source");
  record.instrument = instrument;
  record.stream = next_number(tables_.streams(), [](const auto& row) { return row.stream; });
  if (record.stream > UINT16_MAX) throw base::InputError("", "more than 65535 streams");
  enter(record.header);
  return record.stream;
}

std::uint32_t Numbering::instance_number(std::string_view name) const {
  return tables_.find_instance(name).value_or(
      next_number(tables_.instances(), [](const auto& row) { return row.instance; }));
}

std::uint32_t Numbering::instance(writ_instance record, std::string_view parameters) {
  record.instance = instance_number(model::text_of(record.name));
  record.parameters_size = static_cast<std::uint32_t>(parameters.size());
  model::RecordBuffer buffer;
  enter(buffer.begin(record).append(parameters.data(), parameters.size()).finish());
  return record.instance;
}

std::vector<engine::TableRecord> Numbering::all() const {
  std::vector<engine::TableRecord> result;
  for (const auto* record : tables_.records()) result.push_back(table_record(*record));
  return result;
}

std::vector<engine::TableRecord> Numbering::changed() const {
  // What other records name comes first.
  auto result = changed_;
  std::stable_sort(result.begin(), result.end(), [](const auto& a, const auto& b) {
    return model::record_in(a).type < model::record_in(b).type;
  });
  return result;
}

}  // namespace writ::cli
