#include "tests/sim/binance/virtual_network.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace writ::test {
namespace {

constexpr std::int64_t kTickNs = 20'000'000;
constexpr std::uint32_t kMillion = 1'000'000;

}  // namespace

VirtualNetwork::VirtualNetwork(VirtualTime& time, venue_sim::Venue& venue, std::uint64_t seed,
                               const NetworkOptions& options)
    : time_(time), venue_(venue), random_(seed, "virtual_network"), options_(options) {
  time_.after(kTickNs, [this] { tick(); });
}

std::int64_t VirtualNetwork::delay() {
  const auto range = static_cast<std::uint64_t>(options_.delay_max_ns - options_.delay_min_ns);
  return options_.delay_min_ns + static_cast<std::int64_t>(random_.below(range + 1));
}

bool VirtualNetwork::happens(std::uint32_t share) {
  return share != 0 && random_.below(kMillion) < share;
}

VirtualNetwork::Connection* VirtualNetwork::find(std::uint64_t connection) {
  const auto found = connections_.find(connection);
  return found == connections_.end() ? nullptr : &found->second;
}

// The venue's own time goes on, and connections are found dead.
void VirtualNetwork::tick() {
  venue_.advance(time_.now());
  deliver_outputs();
  std::vector<std::uint64_t> dead;
  for (const auto& [id, connection] : connections_) {
    const auto& since = connection.frozen_since;
    if (since && time_.now() - *since > options_.idle_ns) dead.push_back(id);
  }
  for (const auto id : dead) {
    venue_.closed(id);
    close(id, "no answer to pings");
  }
  time_.after(kTickNs, [this] { tick(); });
}

void VirtualNetwork::ask(venue_sim::RestAsk ask, std::int64_t timeout_ns, OnAnswer on_answer) {
  const std::int64_t sent = time_.now();
  const std::uint64_t life = life_;
  if (happens(options_.requests_lost)) {
    time_.after(timeout_ns, [this, life, sent, on_answer = std::move(on_answer)] {
      if (life == life_) on_answer(nullptr, sent);
    });
    return;
  }
  time_.after(delay(), [this, life, sent, timeout_ns, ask = std::move(ask),
                        on_answer = std::move(on_answer)] {
    venue_.advance(time_.now());
    auto answer = venue_.rest(ask);
    deliver_outputs();
    const bool comes = answer && !happens(options_.answers_lost);
    const std::int64_t arrives = comes ? time_.now() + delay() : sent + timeout_ns;
    time_.at(arrives, [this, life, sent, comes, answer = std::move(answer), on_answer] {
      if (life == life_) on_answer(comes ? &*answer : nullptr, sent);
    });
  });
}

std::uint64_t VirtualNetwork::open(std::string target, Handlers handlers) {
  const std::uint64_t id = ++opened_;
  connections_[id].handlers = std::move(handlers);
  time_.after(delay(), [this, id, target = std::move(target)] {
    if (find(id) == nullptr) return;
    venue_.advance(time_.now());
    const bool there = venue_.opened(id, target);
    find(id)->in_until = time_.now() + delay();
    time_.at(find(id)->in_until, [this, id, there] {
      auto* connection = find(id);
      if (connection == nullptr) return;
      if (!there) return close(id, "404");
      connection->is_open = true;
      connection->handlers.opened();
    });
    deliver_outputs();
  });
  return id;
}

void VirtualNetwork::send(std::uint64_t id, std::string message) {
  auto* connection = find(id);
  if (connection == nullptr || !connection->is_open) return;
  connection->out_until = std::max(connection->out_until, time_.now() + delay());
  time_.at(connection->out_until, [this, id, message = std::move(message)] {
    if (find(id) == nullptr) return;
    venue_.advance(time_.now());
    venue_.received(id, message);
    deliver_outputs();
  });
}

void VirtualNetwork::drop(std::uint64_t connection) {
  if (connections_.erase(connection) != 0) venue_.closed(connection);
}

void VirtualNetwork::drop_all() {
  ++life_;
  while (!connections_.empty()) drop(connections_.begin()->first);
}

void VirtualNetwork::close(std::uint64_t id, std::string_view why) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  const auto closed = std::move(found->second.handlers.closed);
  connections_.erase(found);
  closed(why);
}

void VirtualNetwork::deliver_outputs() {
  using Kind = venue_sim::Output::Kind;
  for (auto& output : venue_.take_output()) {
    auto* connection = find(output.connection);
    if (connection == nullptr) continue;
    if (output.kind == Kind::kFreeze) {
      connection->frozen_since = time_.now();
      continue;
    }
    connection->in_until = std::max(connection->in_until, time_.now() + delay());
    const bool closes = output.kind != Kind::kText;
    time_.at(connection->in_until,
             [this, id = output.connection, closes, text = std::move(output.text)] {
               auto* listener = find(id);
               if (listener == nullptr) return;
               if (closes) {
                 venue_.closed(id);
                 return close(id, "closed by the venue");
               }
               // It may be dropped by its own handler.
               const auto message = listener->handlers.message;
               message(text);
             });
  }
}

}  // namespace writ::test
