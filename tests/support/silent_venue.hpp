#pragma once

#include "host/execution/order_gateway.hpp"

namespace writ::test {

/// A venue that keeps what it is sent and says nothing by itself: all it says is in the inputs.
class SilentVenue final : public execution::OrderGateway {
 public:
  explicit SilentVenue(bool simulates) : simulates_(simulates) {}
  void observe(const writ_record& /*input*/) override {}
  void send(const writ_order& /*order*/) override {}
  [[nodiscard]] std::optional<std::int64_t> next_due() const override { return std::nullopt; }
  [[nodiscard]] const writ_record* take_report(std::int64_t /*until*/) override { return nullptr; }
  [[nodiscard]] bool simulates(std::uint32_t /*book*/) const override { return simulates_; }
  [[nodiscard]] std::vector<std::byte> save() const override { return {}; }
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> /*state*/) override {
    return {};
  }

 private:
  bool simulates_;
};

}  // namespace writ::test
