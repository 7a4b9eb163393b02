#include "host/ops/incident_delivery.hpp"

#include <utility>

namespace writ::ops {

IncidentDelivery::IncidentDelivery(Attempt attempt, const IncidentDeliveryOptions& options)
    : attempt_(std::move(attempt)),
      options_(options),
      queue_(options.waiting_max),
      thread_([this] { work(); }) {}

IncidentDelivery::~IncidentDelivery() { finish({}); }

void IncidentDelivery::post(std::string incident) {
  if (!queue_.try_push(std::move(incident))) dropped_.fetch_add(1);
  attention_.raise();
}

void IncidentDelivery::finish(std::chrono::nanoseconds patience) {
  if (!thread_.joinable()) return;
  deadline_.store((Clock::now() + patience).time_since_epoch().count());
  ending_.store(true);
  attention_.raise();
  thread_.join();
}

IncidentDelivery::Status IncidentDelivery::status() const {
  Status status{delivered_.load(), failed_.load(), dropped_.load(), queue_.size(), {}};
  const std::lock_guard lock(trouble_mutex_);
  status.trouble = trouble_;
  return status;
}

void IncidentDelivery::work() {
  while (true) {
    if (const auto incident = queue_.try_pop()) {
      deliver(*incident);
    } else if (ending_.load()) {
      return;
    } else {
      static_cast<void>(attention_.wait(-1));
    }
  }
}

void IncidentDelivery::deliver(const std::string& incident) {
  auto pause = options_.pause;
  for (std::uint32_t i = 1; i <= options_.attempts; ++i, pause *= 2) {
    if (ending_.load() && Clock::now().time_since_epoch().count() >= deadline_.load()) break;
    auto why = attempt_(incident);
    const bool there = why.empty();
    note_trouble(std::move(why));
    if (there) {
      delivered_.fetch_add(1);
      return;
    }
    if (i < options_.attempts && ended_after(pause)) break;
  }
  failed_.fetch_add(1);
}

// Whether the end has come, at the latest after this time.
bool IncidentDelivery::ended_after(Clock::duration pause) {
  const auto until = Clock::now() + pause;
  while (!ending_.load()) {
    const auto left = until - Clock::now();
    if (left <= Clock::duration::zero()) return false;
    static_cast<void>(attention_.wait(std::chrono::nanoseconds(left).count()));
  }
  return true;
}

void IncidentDelivery::note_trouble(std::string why) {
  const std::lock_guard lock(trouble_mutex_);
  trouble_ = std::move(why);
}

}  // namespace writ::ops
