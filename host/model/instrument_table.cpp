#include "host/model/instrument_table.hpp"

#include "host/model/record_view.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace writ::model {
namespace {

using base::Errc;
using base::Error;
using base::Result;

template <class T>
const T* typed(const writ_record* record) noexcept {
  return record == nullptr ? nullptr : as<T>(*record);
}

template <class T>
std::vector<const T*> typed_list(const std::vector<const writ_record*>& records) {
  std::vector<const T*> list;
  list.reserve(records.size());
  for (const writ_record* record : records) list.push_back(as<T>(*record));
  return list;
}

}  // namespace

std::string canonical_name(const writ_instrument& instrument) {
  std::string name(text_of(instrument.venue));
  name += '/';
  name += text_of(instrument.market);
  if (const auto selection = text_of(instrument.selection); !selection.empty()) {
    name += '/';
    name += selection;
  }
  return name;
}

std::string canonical_name(const writ_account& account) {
  std::string name(text_of(account.name));
  if (account.book == WRIT_BOOK_SHADOW) name += "/shadow";
  return name;
}

const InstrumentTable::Row* InstrumentTable::Rows::row(std::uint32_t number) const noexcept {
  if (number == 0 || number > rows.size()) return nullptr;
  return rows[number - 1].get();
}

const writ_record* InstrumentTable::Rows::record(std::uint32_t number) const noexcept {
  const Row* found = row(number);
  return found == nullptr ? nullptr : reinterpret_cast<const writ_record*>(found->words.data());
}

std::string_view InstrumentTable::Rows::name(std::uint32_t number) const noexcept {
  const Row* found = row(number);
  return found == nullptr ? std::string_view{} : std::string_view(found->name);
}

std::optional<std::uint32_t> InstrumentTable::Rows::find(std::string_view name) const {
  const auto found = numbers.find(name);
  if (found == numbers.end()) return std::nullopt;
  return found->second;
}

void InstrumentTable::Rows::list(std::vector<const writ_record*>& out) const {
  for (const auto& found : rows) {
    if (found) out.push_back(reinterpret_cast<const writ_record*>(found->words.data()));
  }
}

Result<void> InstrumentTable::put(Rows& rows, std::uint32_t number, std::string name,
                                  const writ_record& record) {
  if (number == 0 || number > kNumberMax) return Error(Errc::kInvalid, "table number", number);
  const auto other = rows.find(name);
  const bool renumbered = other && *other != number;
  if (renumbered && record.type != WRIT_RECORD_INSTANCE) {
    return Error(Errc::kExists, "name in a table", number);
  }
  if (rows.rows.size() < number) rows.rows.resize(number);
  auto& row = rows.rows[number - 1];
  if (!row) row = std::make_unique<Row>();
  if (row->name != name || renumbered) {
    if (const auto old = rows.find(row->name); old && *old == number) rows.numbers.erase(row->name);
    rows.numbers.insert_or_assign(name, number);
    row->name = std::move(name);
  }
  row->words.resize(record.size / 8);
  std::memcpy(row->words.data(), &record, record.size);
  return {};
}

Result<void> InstrumentTable::put_instrument(const writ_instrument& instrument) {
  const std::uint32_t number = instrument.instrument;
  const writ_instrument* before = this->instrument(number);
  const std::uint64_t left = before == nullptr ? 0 : market_key(*before);  // no key is 0
  if (auto done = put(instruments_, number, canonical_name(instrument), instrument.header); !done) {
    return done;
  }
  if (left == market_key(instrument)) return {};
  if (left != 0) std::erase(markets_[left], number);
  auto& market = markets_[market_key(instrument)];
  market.insert(std::lower_bound(market.begin(), market.end(), number), number);
  return {};
}

Result<void> InstrumentTable::apply(const writ_record& record) {
  if (const auto* asset = as<writ_asset>(record)) {
    return put(assets_, asset->asset, std::string(text_of(asset->name)), record);
  }
  if (const auto* account = as<writ_account>(record)) {
    return put(accounts_, account->account, canonical_name(*account), record);
  }
  if (const auto* instrument = as<writ_instrument>(record)) {
    return put_instrument(*instrument);
  }
  if (const auto* stream = as<writ_stream>(record)) {
    // Several streams of one source differ in their instrument.
    return put(streams_, stream->stream,
               std::string(text_of(stream->source)) + "#" + std::to_string(stream->stream), record);
  }
  if (const auto* instance = as<writ_instance>(record)) {
    return put(instances_, instance->instance, std::string(text_of(instance->name)), record);
  }
  return {};
}

const writ_instrument* InstrumentTable::instrument(std::uint32_t number) const noexcept {
  return typed<writ_instrument>(instruments_.record(number));
}
const writ_asset* InstrumentTable::asset(std::uint32_t number) const noexcept {
  return typed<writ_asset>(assets_.record(number));
}
const writ_account* InstrumentTable::account(std::uint32_t number) const noexcept {
  return typed<writ_account>(accounts_.record(number));
}
const writ_instance* InstrumentTable::instance(std::uint32_t number) const noexcept {
  return typed<writ_instance>(instances_.record(number));
}
const writ_stream* InstrumentTable::stream(std::uint32_t number) const noexcept {
  return typed<writ_stream>(streams_.record(number));
}

std::uint16_t InstrumentTable::book_of(std::uint32_t account) const noexcept {
  const auto* found = this->account(account);
  return found != nullptr && found->book == WRIT_BOOK_SHADOW ? WRIT_BOOK_SHADOW : WRIT_BOOK_MAIN;
}

std::uint32_t InstrumentTable::shadowed(std::uint32_t account) const noexcept {
  const auto* found = this->account(account);
  return found == nullptr || found->shadow_of == 0 ? account : found->shadow_of;
}

std::vector<std::uint32_t> InstrumentTable::with_shadow(std::uint32_t account) const {
  std::vector<std::uint32_t> numbers{account};
  for (const auto* other : accounts()) {
    if (account != 0 && other->shadow_of == account) numbers.push_back(other->account);
  }
  return numbers;
}

std::string_view InstrumentTable::instrument_name(std::uint32_t number) const noexcept {
  return instruments_.name(number);
}
std::string_view InstrumentTable::asset_name(std::uint32_t number) const noexcept {
  return assets_.name(number);
}
std::string_view InstrumentTable::account_name(std::uint32_t number) const noexcept {
  return accounts_.name(number);
}
std::string_view InstrumentTable::instance_name(std::uint32_t number) const noexcept {
  return instances_.name(number);
}
std::string_view InstrumentTable::stream_source(std::uint32_t number) const noexcept {
  const writ_stream* found = stream(number);
  return found == nullptr ? std::string_view{} : text_of(found->source);
}

std::optional<std::uint32_t> InstrumentTable::find_instrument(std::string_view name) const {
  return instruments_.find(name);
}
std::optional<std::uint32_t> InstrumentTable::find_asset(std::string_view name) const {
  return assets_.find(name);
}
std::optional<std::uint32_t> InstrumentTable::find_account(std::string_view name) const {
  return accounts_.find(name);
}
std::optional<std::uint32_t> InstrumentTable::find_instance(std::string_view name) const {
  return instances_.find(name);
}

std::vector<const writ_instrument*> InstrumentTable::instruments() const {
  std::vector<const writ_record*> list;
  instruments_.list(list);
  return typed_list<writ_instrument>(list);
}
std::vector<const writ_asset*> InstrumentTable::assets() const {
  std::vector<const writ_record*> list;
  assets_.list(list);
  return typed_list<writ_asset>(list);
}
std::vector<const writ_account*> InstrumentTable::accounts() const {
  std::vector<const writ_record*> list;
  accounts_.list(list);
  return typed_list<writ_account>(list);
}
std::vector<const writ_instance*> InstrumentTable::instances() const {
  std::vector<const writ_record*> list;
  instances_.list(list);
  return typed_list<writ_instance>(list);
}
std::vector<const writ_stream*> InstrumentTable::streams() const {
  std::vector<const writ_record*> list;
  streams_.list(list);
  return typed_list<writ_stream>(list);
}

std::vector<const writ_record*> InstrumentTable::records() const {
  std::vector<const writ_record*> list;
  for (const Rows* rows : {&assets_, &accounts_, &instruments_, &streams_, &instances_}) {
    rows->list(list);
  }
  return list;
}

}  // namespace writ::model
