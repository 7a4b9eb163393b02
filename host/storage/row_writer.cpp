#include "host/storage/row_writer.hpp"

#include "host/base/assert.hpp"
#include "host/model/utf8_text.hpp"

#include <writ/money_abi.hpp>

#include <algorithm>
#include <utility>

namespace writ::storage {
namespace {

// NUMERIC(38,18), and what of it is left of the 18th and of the 9th decimal.
constexpr Int128 kNano = 1'000'000'000;
constexpr Int128 kMost38 = kNano * kNano * kNano * kNano * 100 - 1;

// Digits of `value` before `end`, at least `width` of them; the new end.
char* digits_before(char* end, std::uint64_t value, int width) {
  char* at = end;
  for (; value != 0 || end - at < width; value /= 10) *--at = static_cast<char>('0' + value % 10);
  return at;
}

constexpr WriteSql kSave{"", "", "SAVEPOINT record"};
constexpr WriteSql kRelease{"", "", "RELEASE record"};

}  // namespace

std::string_view decimal_text(std::array<char, 48>& buffer, Int128 value, int scale) {
  // Three 64-bit parts of 18, 18 and 3 digits: a 128-bit division a digit would cost ten times
  // more.
  constexpr std::uint64_t kPart = 1'000'000'000'000'000'000;
  const bool negative = value < 0;
  const UInt128 magnitude =
      negative ? UInt128{0} - static_cast<UInt128>(value) : static_cast<UInt128>(value);
  char* const end = buffer.data() + buffer.size();
  char* at = end;
  const auto low = static_cast<std::uint64_t>(magnitude % kPart);
  const UInt128 rest = magnitude / kPart;
  if (rest == 0) {
    at = digits_before(end, low, scale + 1);
  } else {
    at = digits_before(end, low, 18);
    const auto middle = static_cast<std::uint64_t>(rest % kPart);
    const auto high = static_cast<std::uint64_t>(rest / kPart);
    at = digits_before(at, middle, high != 0 ? 18 : 1);
    if (high != 0) at = digits_before(at, high, 1);
  }
  char* last = end;
  if (scale > 0) {
    char* const dot = end - scale;  // units move one to the left, so that a dot fits before it
    std::move(at, dot, at - 1);
    --at;
    *(dot - 1) = '.';
    while (*(last - 1) == '0') --last;
    if (*(last - 1) == '.') --last;
  }
  if (negative) *--at = '-';
  return {at, static_cast<std::size_t>(last - at)};
}

void RowWriter::collect(Open open) {
  open_ = std::move(open);
  collects_ = true;
}

base::Result<void> RowWriter::open() { return open_ ? open_() : base::Result<void>(); }

RowWriter::Prepared* RowWriter::prepared(const WriteSql& sql) {
  if (const auto found = statements_.find(&sql); found != statements_.end()) return &found->second;
  const std::string text = statement_text(sql);
  auto statement = database_.prepare(text);
  if (!statement) return nullptr;
  Prepared made{std::move(*statement), parameter_count(text)};
  return &statements_.emplace(&sql, std::move(made)).first->second;
}

RowWriter& RowWriter::begin(const WriteSql& sql) {
  WRIT_ASSERT(current_ == nullptr);  // the row before was written
  table_ = sql.table;
  decimal_count_ = 0;
  cleaned_.clear();
  next_ = 0;
  waits_ = collects_ && RowBatch::takes(sql);
  if (waits_) {
    batch_->begin(sql);
  } else if (opened_ = open(); opened_) {
    current_ = prepared(sql);
  }
  return *this;
}

RowWriter& RowWriter::null() {
  ++next_;
  if (waits_) batch_->null();  // a statement's values are null as reset() left them
  return *this;
}

RowWriter& RowWriter::integer(std::int64_t value) {
  ++next_;
  if (waits_) {
    batch_->integer(value);
  } else if (current_ != nullptr) {
    current_->statement->bind_integer(next_, value);
  }
  return *this;
}

RowWriter& RowWriter::real(double value) {
  ++next_;
  if (waits_) {
    batch_->real(value);
  } else if (current_ != nullptr) {
    current_->statement->bind_real(next_, value);
  }
  return *this;
}

RowWriter& RowWriter::text(std::string_view value) {
  ++next_;
  if (!model::is_utf8_text(value)) value = cleaned_.emplace_back(model::utf8_text(value));
  if (waits_) {
    batch_->text(value);
  } else if (current_ != nullptr) {
    current_->statement->bind_text(next_, value);
  }
  return *this;
}

RowWriter& RowWriter::text_or_null(std::string_view value) {
  return value.empty() ? null() : text(value);
}

RowWriter& RowWriter::bytes(std::span<const std::byte> value) {
  ++next_;
  if (waits_) {
    batch_->bytes(value);
  } else if (current_ != nullptr) {
    current_->statement->bind_bytes(next_, value);
  }
  return *this;
}

RowWriter& RowWriter::decimal(Int128 value, int scale) {
  WRIT_ASSERT(decimal_count_ < kDecimals);
  const Int128 most = scale == 18  ? kMost38
                      : scale == 9 ? kMost38 / kNano
                                   : kMost38 / kNano / kNano;
  value = std::clamp(value, -most, most);
  return text(decimal_text(decimals_[decimal_count_++], value, scale));
}

RowWriter& RowWriter::money(writ_money value) { return decimal(from_abi(value).raw, 18); }

RowWriter& RowWriter::nano(std::int64_t value) {
  return value == WRIT_NONE ? null() : decimal(value, 9);
}

RowWriter& RowWriter::nano_or_zero(std::int64_t value) {
  return decimal(value == WRIT_NONE ? 0 : value, 9);
}

RowWriter& RowWriter::time(std::int64_t ns) { return ns == WRIT_NONE ? null() : integer(ns); }

base::Result<std::int64_t> RowWriter::write() {
  if (waits_) {
    waits_ = false;
    return batch_->end();
  }
  if (!opened_) return opened_.error();
  if (auto sent = flush(); !sent) {
    current_ = nullptr;
    return sent.error();
  }
  return execute();
}

base::Result<void> RowWriter::flush() {
  if (batch_->empty()) return {};
  if (auto opened = open(); !opened) return opened;
  auto sent = batch_->flush();
  if (!sent) why_ = database_.last_error();
  return sent;
}

base::Result<std::unique_ptr<Statement>> RowWriter::query(std::string_view sql) {
  if (auto opened = open(); !opened) return opened.error();
  if (auto sent = flush(); !sent) return sent.error();
  return database_.prepare(sql);
}

base::Result<void> RowWriter::save() {
  if (collects_) return {};
  const auto saved = begin(kSave).write();
  if (!saved) return saved.error();
  return {};
}

base::Result<void> RowWriter::release() {
  if (collects_) return {};
  const auto released = begin(kRelease).write();
  if (!released) return released.error();
  return {};
}

base::Result<void> RowWriter::undo() {
  WRIT_ASSERT(!collects_);
  return database_.execute("ROLLBACK TO record; RELEASE record");
}

base::Result<std::int64_t> RowWriter::execute() {
  if (current_ == nullptr) {
    why_ = database_.last_error();
    return base::Error(base::Errc::kState, "database prepare");
  }
  Prepared& made = *std::exchange(current_, nullptr);
  WRIT_ASSERT(next_ == made.parameters);
  const auto stepped = made.statement->step();
  if (!stepped) why_ = database_.last_error();
  const std::int64_t changed = stepped ? database_.changes() : 0;
  made.statement->reset();
  if (!stepped) return stepped.error();
  return changed;
}

base::Error RowWriter::refuse(std::string_view table, std::string why) {
  table_ = table;
  why_ = std::move(why);
  return {base::Errc::kRejected, "projection row"};
}

}  // namespace writ::storage
