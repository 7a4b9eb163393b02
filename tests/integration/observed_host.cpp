// observed_host CONFIG FD: `writ run` as seen from outside. The same assembly, but what the core
// has put on record is told to the pipe FD at once: 24 bytes for each, kind, seq and a checksum of
// the record's bytes. Kinds: 1 the run's beginning is on record up to this seq, 2 an input, after
// its append returned, 3 an order that the gateway was given.
#include "host/base/crc32c.hpp"
#include "host/base/result.hpp"
#include "host/cli/clock_pacer.hpp"
#include "host/cli/host_session.hpp"
#include "host/engine/run.hpp"
#include "host/execution/order_gateway.hpp"
#include "host/model/record_view.hpp"
#include "host/storage/projection_thread.hpp"

#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>

namespace {

using namespace writ;

class Pipe {
 public:
  explicit Pipe(int end) : end_(end) {}
  void tell(std::uint64_t kind, std::uint64_t seq, std::uint64_t checksum) const {
    const std::array<std::uint64_t, 3> message{kind, seq, checksum};
    if (::write(end_, message.data(), sizeof message) != sizeof message) std::_Exit(9);
  }

 private:
  int end_;
};

class ObservedGateway final : public execution::OrderGateway {
 public:
  ObservedGateway(execution::OrderGateway& venue, const Pipe& pipe) : venue_(venue), pipe_(pipe) {}

  /// What is observed from here on was put on record by this process.
  void begin() { begun_ = true; }

  void observe(const writ_record& input) override {
    tell(2, input);
    venue_.observe(input);
  }
  void send(const writ_order& order) override {
    tell(3, order.header);
    venue_.send(order);
  }
  [[nodiscard]] std::optional<std::int64_t> next_due() const override { return venue_.next_due(); }
  [[nodiscard]] const writ_record* take_report(std::int64_t until) override {
    return venue_.take_report(until);
  }
  [[nodiscard]] std::vector<std::byte> save() const override { return venue_.save(); }
  [[nodiscard]] base::Result<void> load(std::span<const std::byte> state) override {
    return venue_.load(state);
  }

 private:
  void tell(std::uint64_t kind, const writ_record& record) const {
    if (begun_) pipe_.tell(kind, record.seq, base::crc32c(model::bytes_of(record)));
  }

  execution::OrderGateway& venue_;
  const Pipe& pipe_;
  bool begun_ = false;
};

class NoOperators final : public engine::OperatorPort {
 public:
  [[nodiscard]] std::optional<Request> poll() override { return std::nullopt; }
};

void run(const char* config, const Pipe& pipe) {
  auto loaded = config::load_config(config);
  journal::PosixStorage storage;
  auto lock = cli::lock_journal(storage, loaded.config);
  auto past = engine::open_past(storage, *lock);
  if (!past) throw base::Failure(past.error());
  const engine::Past* continues = *past ? &**past : nullptr;
  cli::HostSession session(std::move(loaded), storage, std::move(lock), continues, {});

  ObservedGateway gateway(session.venue(), pipe);
  ops::Attention attention;
  cli::ClockPacer pacer(attention);
  NoOperators operators;
  auto begun = engine::Run::start(session.setup(), storage, continues, session.feeds().source(),
                                  gateway, pacer, operators);
  if (!begun) throw base::Failure(begun.error());
  engine::Run& host = **begun;
  pipe.tell(1, host.last_seq().raw(), 0);
  gateway.begin();
  storage::ProjectionThread projection(session.loaded().config.storage.url);
  projection.follow(storage, session.loaded().config.journal.dir, host.setup().identity.run_number);
  static_cast<void>(host.go());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    run(argv[1], Pipe(std::atoi(argv[2])));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "observed_host: %s\n", error.what());
    return 1;
  }
  return 0;
}
