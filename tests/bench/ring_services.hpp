#pragma once

#include "host/plugin/host_services.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace writ::bench {

/// Copies records into a ring, as the least queue between two threads would.
class RecordRing {
 public:
  std::uint64_t push(const writ_record& record) {
    if (at_ + record.size > bytes_.size()) at_ = 0;
    std::memcpy(bytes_.data() + at_, &record, record.size);
    at_ += record.size;
    return ++count_;
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  std::vector<std::byte> bytes_ = std::vector<std::byte>(std::size_t{1} << 20U);
  std::size_t at_ = 0;
  std::uint64_t count_ = 0;
};

/// A core that does nothing with an intent but put it into a ring.
class RingServices final : public plugin::HostServices {
 public:
  [[nodiscard]] std::int64_t now() const override { return 1; }
  writ_status submit(std::uint32_t, const writ_intent& intent, std::uint64_t& id) override {
    id = ring.push(intent.header);
    return WRIT_OK;
  }
  writ_status publish(std::uint32_t, const writ_record&) override { return WRIT_E_UNSUPPORTED; }
  writ_status set_timer(std::uint32_t, std::uint64_t, std::int64_t) override {
    return WRIT_E_UNSUPPORTED;
  }
  writ_status cancel_timer(std::uint32_t, std::uint64_t) override { return WRIT_E_UNSUPPORTED; }
  writ_status random(std::uint32_t, std::uint64_t&) override { return WRIT_E_UNSUPPORTED; }
  void log(std::uint32_t, std::uint32_t, std::string_view) override { ++lines; }
  std::int32_t book_levels(std::uint32_t, std::uint32_t, std::uint32_t,
                           std::span<writ_level>) override {
    return 0;
  }
  std::int32_t working_orders(std::uint32_t, std::uint32_t, std::span<writ_order>) override {
    return 0;
  }

  RecordRing ring;
  std::uint64_t lines = 0;
};

}  // namespace writ::bench
