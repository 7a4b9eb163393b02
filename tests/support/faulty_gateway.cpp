#include "tests/support/faulty_gateway.hpp"

#include "host/base/assert.hpp"
#include "host/base/byte_stream.hpp"
#include "host/model/record_view.hpp"
#include "tests/support/report_on.hpp"

#include <algorithm>
#include <utility>

namespace writ::test {
namespace {

constexpr std::uint64_t kCertain = 10'000;

bool strikes(base::RandomStream& random, std::uint32_t rate, std::uint64_t& count) {
  if (random.below(kCertain) >= rate) return false;
  ++count;
  return true;
}

std::uint64_t order_of(const writ_record& said) {
  if (const auto* fill = model::as<writ_fill>(said)) return fill->order_id;
  const auto* report = model::as<writ_report>(said);
  WRIT_ASSERT(report != nullptr);
  return report->order_id;
}

bool is_end(const writ_record& said) {
  const auto* report = model::as<writ_report>(said);
  return report != nullptr &&
         (report->kind == WRIT_REPORT_REJECTED || report->kind == WRIT_REPORT_CANCELLED ||
          report->kind == WRIT_REPORT_EXPIRED);
}

std::uint16_t refusal_of(std::uint16_t command) {
  switch (command) {
    case WRIT_COMMAND_SEND:
      return WRIT_REPORT_REJECTED;
    case WRIT_COMMAND_CANCEL:
      return WRIT_REPORT_CANCEL_REJECTED;
    case WRIT_COMMAND_REPLACE:
      return WRIT_REPORT_REPLACE_REJECTED;
    default:
      return WRIT_REPORT_UNKNOWN;
  }
}

void put_words(base::ByteWriter& out, const model::RecordWords& words) {
  out.put(static_cast<std::uint64_t>(words.size()));
  for (const auto word : words) out.put(word);
}

model::RecordWords get_words(base::ByteReader& in) {
  model::RecordWords words;
  for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
    words.push_back(in.get<std::uint64_t>());
  }
  return words;
}

}  // namespace

Faults Faults::all(std::uint32_t rate) {
  Faults faults;
  faults.rejected = faults.command_lost = faults.timed_out = faults.answer_lost = rate;
  faults.duplicate = faults.late = rate;
  faults.dropped = rate / 10;
  return faults;
}

// --- commands ----------------------------------------------------------------------------------

// What is due is taken here too: an answer that gets lost on the way is no input, and a replay,
// which asks for answers only where it has one, comes to the same state all the same.
void FaultyGateway::observe(const writ_record& input) {
  venue_.observe(input);
  take_from_venue(input.ingest_ts);
}

void FaultyGateway::send(const writ_order& order) {
  WRIT_ASSERT(order.command != WRIT_COMMAND_NONE);
  base::RandomStream random(seed_, "test.faulty_gateway.command", commands_++);
  if (order.command == WRIT_COMMAND_LOOKUP) ++counts_.lookups;
  if (!reaches_venue(order, random)) return;
  if (order.command == WRIT_COMMAND_LOOKUP) return look_up(order, random);
  pass_on(order);
}

bool FaultyGateway::reaches_venue(const writ_order& order, base::RandomStream& random) {
  const std::int64_t now = order.header.ingest_ts;
  if (strikes(random, faults_.dropped, counts_.dropped) && now >= dropped_until_) {
    dropped_from_ = now;
    dropped_until_ = now + faults_.drop_ns;
  }
  if (now < dropped_until_) return false;
  if (strikes(random, faults_.command_lost, counts_.command_lost)) return false;
  if (strikes(random, faults_.rejected, counts_.rejected)) {
    // An order the venue never saw, refused on the way, is a proven negative.
    answer(order, refusal_of(order.command), WRIT_REPORT_REASON_RATE_LIMIT);
    return false;
  }
  if (strikes(random, faults_.timed_out, counts_.timed_out)) {
    answer(order, WRIT_REPORT_UNKNOWN, WRIT_REPORT_REASON_TIMEOUT);
    return random.below(2) == 0;
  }
  return true;
}

void FaultyGateway::pass_on(const writ_order& order) {
  if (order.command == WRIT_COMMAND_SEND) {
    const bool first = arrived_.insert(order.order_id).second;
    WRIT_ASSERT(first);  // no order is ever sent twice
    auto& told = told_[order.order_id];
    told.price = order.price;
    told.quantity = order.quantity;
  } else if (arrived_.count(order.order_id) == 0) {
    return answer(order, refusal_of(order.command), WRIT_REPORT_REASON_NOT_FOUND);
  }
  venue_.send(order);
}

void FaultyGateway::look_up(const writ_order& order, base::RandomStream& random) {
  if (arrived_.count(order.order_id) == 0) {
    return answer(order, WRIT_REPORT_FAILED, WRIT_REPORT_REASON_NOT_FOUND);
  }
  const auto told = told_.find(order.order_id);
  if (told != told_.end()) {
    const std::int64_t due = order.header.ingest_ts + faults_.answer_ns;
    for (const auto& fill : told->second.fills) deliver(model::record_in(fill), due, random);
    if (!told->second.end.empty()) return deliver(model::record_in(told->second.end), due, random);
    if (filled_at_venue(order.order_id) >= told->second.quantity) {
      return answer_filled(order, told->second);
    }
  }
  venue_.send(order);
}

void FaultyGateway::answer(const writ_order& order, std::uint16_t kind, std::uint16_t reason) {
  auto report = report_on(order, kind, reason);
  if (kind == WRIT_REPORT_FOUND) report.filled = order.filled;
  enqueue(report.header, order.header.ingest_ts + faults_.answer_ns);
}

void FaultyGateway::answer_filled(const writ_order& order, const Told& told) {
  auto filled = order;
  filled.price = told.price;
  filled.quantity = filled.filled = told.quantity;
  answer(filled, WRIT_REPORT_FOUND, WRIT_REPORT_REASON_NONE);
}

// --- answers -----------------------------------------------------------------------------------

void FaultyGateway::remember(const writ_record& said) {
  auto& told = told_[order_of(said)];
  if (said.type == WRIT_RECORD_FILL) told.fills.push_back(model::words_of(said));
  if (is_end(said)) told.end = model::words_of(said);
  const auto* report = model::as<writ_report>(said);
  if (report != nullptr && report->kind == WRIT_REPORT_REPLACED) {
    told.price = report->price;
    told.quantity = report->quantity;
  }
}

void FaultyGateway::deliver(const writ_record& said, std::int64_t due, base::RandomStream& random) {
  const auto some_time = [&] {
    return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(faults_.late_ns) + 1));
  };
  if (due >= dropped_from_ && due < dropped_until_) due = dropped_until_;
  if (strikes(random, faults_.duplicate, counts_.duplicate)) enqueue(said, due + some_time());
  if (strikes(random, faults_.answer_lost, counts_.answer_lost)) return;
  enqueue(said, strikes(random, faults_.late, counts_.late) ? due + some_time() : due);
}

void FaultyGateway::enqueue(const writ_record& said, std::int64_t due) {
  auto words = model::words_of(said);
  model::record_in(words).ingest_ts = due;
  queue_.emplace(std::pair{due, ++enqueued_}, std::move(words));
}

void FaultyGateway::take_from_venue(std::int64_t until) {
  while (const auto* said = venue_.take_report(until)) {
    base::RandomStream random(seed_, "test.faulty_gateway.answer", answers_++);
    remember(*said);
    deliver(*said, said->ingest_ts, random);
  }
}

std::optional<std::int64_t> FaultyGateway::next_due() const {
  auto due = venue_.next_due();
  if (!queue_.empty()) due = std::min(due.value_or(INT64_MAX), queue_.begin()->first.first);
  return due;
}

const writ_record* FaultyGateway::take_report(std::int64_t until) {
  take_from_venue(until);
  if (queue_.empty() || queue_.begin()->first.first > until) return nullptr;
  taken_ = std::move(queue_.begin()->second);
  queue_.erase(queue_.begin());
  return &model::record_in(taken_);
}

Int128 FaultyGateway::filled_at_venue(std::uint64_t order_id) const {
  Int128 filled = 0;
  const auto told = told_.find(order_id);
  if (told == told_.end()) return filled;
  for (const auto& fill : told->second.fills) {
    filled += model::as<writ_fill>(model::record_in(fill))->quantity;
  }
  return filled;
}

// --- saved state -------------------------------------------------------------------------------

std::vector<std::byte> FaultyGateway::save() const {
  base::ByteWriter out;
  const auto venue = venue_.save();
  out.put(static_cast<std::uint64_t>(venue.size()));
  for (const auto byte : venue) out.put(byte);
  out.put(commands_);
  out.put(answers_);
  out.put(dropped_from_);
  out.put(dropped_until_);
  out.put(static_cast<std::uint64_t>(arrived_.size()));
  for (const auto order : arrived_) out.put(order);
  out.put(static_cast<std::uint64_t>(told_.size()));
  for (const auto& [order, told] : told_) {
    out.put(order);
    out.put(static_cast<std::uint64_t>(told.fills.size()));
    for (const auto& fill : told.fills) put_words(out, fill);
    put_words(out, told.end);
    out.put(told.price);
    out.put(told.quantity);
  }
  out.put(enqueued_);
  out.put(static_cast<std::uint64_t>(queue_.size()));
  for (const auto& [key, words] : queue_) {
    out.put(key.first);
    out.put(key.second);
    put_words(out, words);
  }
  return out.take();
}

base::Result<void> FaultyGateway::load(std::span<const std::byte> state) {
  base::ByteReader in(state);
  std::vector<std::byte> venue;
  for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
    venue.push_back(in.get<std::byte>());
  }
  FaultyGateway fresh(venue_, seed_, faults_);
  fresh.commands_ = in.get<std::uint64_t>();
  fresh.answers_ = in.get<std::uint64_t>();
  fresh.dropped_from_ = in.get<std::int64_t>();
  fresh.dropped_until_ = in.get<std::int64_t>();
  for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
    fresh.arrived_.insert(in.get<std::uint64_t>());
  }
  for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
    auto& told = fresh.told_[in.get<std::uint64_t>()];
    for (auto fills = in.get<std::uint64_t>(); in.ok() && fills > 0; --fills) {
      told.fills.push_back(get_words(in));
    }
    told.end = get_words(in);
    told.price = in.get<std::int64_t>();
    told.quantity = in.get<std::int64_t>();
  }
  fresh.enqueued_ = in.get<std::uint64_t>();
  for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
    const auto due = in.get<std::int64_t>();
    const auto number = in.get<std::uint64_t>();
    fresh.queue_.emplace(std::pair{due, number}, get_words(in));
  }
  if (!in.complete()) return base::Error{base::Errc::kCorrupt, "load faulty gateway"};
  if (auto loaded = venue_.load(venue); !loaded) return loaded.error();
  commands_ = fresh.commands_;
  answers_ = fresh.answers_;
  dropped_from_ = fresh.dropped_from_;
  dropped_until_ = fresh.dropped_until_;
  arrived_ = std::move(fresh.arrived_);
  told_ = std::move(fresh.told_);
  enqueued_ = fresh.enqueued_;
  queue_ = std::move(fresh.queue_);
  return {};
}

}  // namespace writ::test
