#include "host/ops/control_queue.hpp"

#include "host/base/assert.hpp"

#include <boost/json/string.hpp>

#include <utility>

namespace writ::ops {

std::string ControlRequest::text(std::string_view name) const {
  const auto* value = asked_.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

void ControlRequest::reply(boost::json::object answer) {
  boost::json::object whole;
  whole["ok"] = true;
  for (auto& [key, value] : answer) whole[key] = std::move(value);
  finish(std::move(whole));
}

void ControlRequest::refuse(std::string_view why) {
  boost::json::object whole;
  whole["ok"] = false;
  whole["error"] = why;
  finish(std::move(whole));
}

void ControlRequest::finish(boost::json::object answer) {
  {
    const std::lock_guard lock(mutex_);
    WRIT_ASSERT(!answer_.has_value());
    answer_ = std::move(answer);
  }
  done_();
}

std::optional<boost::json::object> ControlRequest::answer() const {
  const std::lock_guard lock(mutex_);
  return answer_;
}

ControlQueue::~ControlQueue() { close(); }

void ControlQueue::push(const std::shared_ptr<ControlRequest>& request) {
  const char* refusal = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) {
      refusal = "the run has ended";
    } else if (waiting_.size() >= kWaitingMax) {
      refusal = "the host is busy";
    } else {
      waiting_.push_back(request);
    }
  }
  if (refusal != nullptr) {
    request->refuse(refusal);
  } else {
    attention_.raise();
  }
}

std::shared_ptr<ControlRequest> ControlQueue::poll() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return nullptr;
  auto request = std::move(waiting_.front());
  waiting_.pop_front();
  return request;
}

void ControlQueue::close() {
  std::deque<std::shared_ptr<ControlRequest>> left;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    left.swap(waiting_);
  }
  for (const auto& request : left) request->refuse("the run has ended");
}

}  // namespace writ::ops
