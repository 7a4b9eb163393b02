#pragma once

#include "host/ops/attention.hpp"

#include <boost/json/object.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace writ::ops {

/// Something a client of the control socket asks for: the member `command` says what.
class ControlRequest {
 public:
  using Done = std::function<void()>;

  ControlRequest(boost::json::object asked, Done done)
      : asked_(std::move(asked)), done_(std::move(done)) {}

  [[nodiscard]] const boost::json::object& asked() const noexcept { return asked_; }
  /// The text member of this name; empty if there is none.
  [[nodiscard]] std::string text(std::string_view name) const;

  /// Ends the request: `{"ok":true, ...answer}`. Once. [sequencer-thread]
  void reply(boost::json::object answer);
  /// `{"ok":false,"error":why}`.
  void refuse(std::string_view why);

  /// What was replied; nothing yet. [any thread]
  [[nodiscard]] std::optional<boost::json::object> answer() const;

 private:
  void finish(boost::json::object answer);

  boost::json::object asked_;
  Done done_;
  mutable std::mutex mutex_;
  std::optional<boost::json::object> answer_;
};

/// Requests on their way from the socket's thread to the sequencer, which takes them between two
/// inputs. Bounded: a host that does not come to look refuses more.
class ControlQueue {
 public:
  /// `attention` of the sequencer is raised by each request; it must outlive the queue.
  explicit ControlQueue(Attention& attention) : attention_(attention) {}
  /// As close().
  ~ControlQueue();
  ControlQueue(const ControlQueue&) = delete;
  ControlQueue& operator=(const ControlQueue&) = delete;

  /// Hands a request over; refuses it at once if the queue is full or closed. [any thread]
  void push(const std::shared_ptr<ControlRequest>& request);
  /// The oldest request; nullptr while there is none. [sequencer-thread]
  [[nodiscard]] std::shared_ptr<ControlRequest> poll();
  /// From here on every request is refused, those waiting first: the run has ended.
  void close();

 private:
  static constexpr std::size_t kWaitingMax = 64;

  Attention& attention_;
  std::mutex mutex_;
  std::deque<std::shared_ptr<ControlRequest>> waiting_;
  bool closed_ = false;
};

}  // namespace writ::ops
