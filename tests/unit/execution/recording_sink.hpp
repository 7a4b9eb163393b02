#pragma once

#include "host/model/record_sink.hpp"
#include "host/model/record_view.hpp"

#include <writ/abi/journal.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace writ::test {

/// A sink that keeps what it is given, numbered as a journal would. Inputs take their number here
/// too.
class RecordingSink final : public model::RecordSink {
 public:
  [[nodiscard]] RunNumber run() const override { return RunNumber{1}; }
  [[nodiscard]] Seq next_seq() const override { return Seq{next_seq_}; }

  /// From now on nothing can be put on record.
  void fail() { failed_ = true; }

  std::uint64_t append(writ_record& record) override {
    if (failed_) return record.seq = 0;
    record.seq = next_seq_++;
    record.event_ts = now_;
    record.ingest_ts = now_;
    keep(record);
    return record_id<OrderId>(run(), Seq{record.seq}).raw();
  }

  /// Numbers an input and makes its time the present.
  void input(writ_record& record, std::int64_t now) {
    now_ = now;
    record.seq = next_seq_++;
    record.ingest_ts = now;
    keep(record);
  }

  /// Every record so far, inputs included, in order.
  [[nodiscard]] const std::vector<std::vector<std::uint64_t>>& records() const { return records_; }
  [[nodiscard]] const writ_record& record(std::size_t at) const {
    return *reinterpret_cast<const writ_record*>(records_.at(at).data());
  }

  /// Those of one type, in order.
  template <model::Record T>
  [[nodiscard]] std::vector<T> all() const {
    std::vector<T> found;
    for (std::size_t i = 0; i < records_.size(); ++i) {
      if (const auto* typed = model::as<T>(record(i))) found.push_back(*typed);
    }
    return found;
  }
  template <model::Record T>
  [[nodiscard]] T last() const {
    return all<T>().back();
  }
  [[nodiscard]] std::size_t incidents(std::uint16_t code) const {
    std::size_t count = 0;
    for (const auto& incident : all<writ_incident>()) count += incident.code == code ? 1 : 0;
    return count;
  }

 private:
  void keep(const writ_record& record) {
    std::vector<std::uint64_t> words(record.size / 8);
    std::memcpy(words.data(), &record, record.size);
    records_.push_back(std::move(words));
  }

  std::uint64_t next_seq_ = 1;
  std::int64_t now_ = 0;
  bool failed_ = false;
  std::vector<std::vector<std::uint64_t>> records_;
};

}  // namespace writ::test
