#include "faults.hpp"

#include "refusal.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace writ::venue_sim {
namespace {

constexpr std::array<std::string_view, 13> kWords = {"gap",
                                                     "duplicate",
                                                     "reorder",
                                                     "stale",
                                                     "accept_then_timeout",
                                                     "accept_then_silence",
                                                     "server_error",
                                                     "rate_limit",
                                                     "drop",
                                                     "half_open",
                                                     "listen_key_expiry",
                                                     "cut_24h",
                                                     "server_shutdown"};

bool lasts(FaultKind kind) noexcept { return kind == FaultKind::kStale; }

std::int64_t number(const boost::json::object& object, std::string_view name,
                    std::int64_t otherwise) {
  const boost::json::value* value = object.if_contains(name);
  return value == nullptr ? otherwise : value->to_number<std::int64_t>();
}

}  // namespace

void Faults::add(const boost::json::object& fault, std::int64_t now) {
  const boost::json::value* word = fault.if_contains("fault");
  const auto known =
      word == nullptr || !word->is_string()
          ? kWords.end()
          : std::find(kWords.begin(), kWords.end(), std::string_view(word->get_string()));
  if (known == kWords.end()) throw Refusal(-1102, "no such fault");
  Fault made;
  made.kind = static_cast<FaultKind>(known - kWords.begin());
  if (const boost::json::value* target = fault.if_contains("target")) {
    made.target = target->as_string().c_str();
  }
  made.count = number(fault, "count", 1);
  made.for_ns = number(fault, "for_ms", 0) * 1'000'000;
  made.at_ts = now + number(fault, "at_ms", 0) * 1'000'000;
  made.status = static_cast<int>(number(fault, "status", 503));
  faults_.push_back(std::move(made));
}

std::vector<Fault> Faults::due(std::int64_t now) {
  std::vector<Fault> due;
  for (auto at = faults_.begin(); at != faults_.end();) {
    if (at->kind < FaultKind::kRateLimit || now < at->at_ts) {
      ++at;
      continue;
    }
    due.push_back(*at);
    ++counts_[static_cast<std::size_t>(at->kind)];
    at = faults_.erase(at);
  }
  return due;
}

Fault* Faults::find(FaultKind kind, std::string_view name, std::int64_t now) {
  for (Fault& fault : faults_) {
    const bool on = fault.kind == kind && now >= fault.at_ts && fault.count > 0 &&
                    name.find(fault.target) != std::string_view::npos;
    if (on && (!lasts(kind) || now < fault.at_ts + fault.for_ns)) return &fault;
  }
  return nullptr;
}

void Faults::used(Fault& fault) {
  ++counts_[static_cast<std::size_t>(fault.kind)];
  if (!lasts(fault.kind)) --fault.count;
}

Fate Faults::of_message(std::string_view stream, std::int64_t now) {
  if (faults_.empty()) return Fate::kSent;
  constexpr std::array<std::pair<FaultKind, Fate>, 4> kFates = {
      {{FaultKind::kStale, Fate::kHeld},
       {FaultKind::kGap, Fate::kLost},
       {FaultKind::kDuplicate, Fate::kTwice},
       {FaultKind::kReorder, Fate::kAfterNext}}};
  for (const auto& [kind, fate] : kFates) {
    if (Fault* fault = find(kind, stream, now)) {
      used(*fault);
      return fate;
    }
  }
  return Fate::kSent;
}

bool Faults::is_stale(std::int64_t now) const {
  return std::any_of(faults_.begin(), faults_.end(), [&](const Fault& fault) {
    return fault.kind == FaultKind::kStale && now >= fault.at_ts &&
           now < fault.at_ts + fault.for_ns;
  });
}

void Faults::before(std::string_view request, std::int64_t now) {
  if (Fault* fault = find(FaultKind::kServerError, request, now)) {
    used(*fault);
    throw Refusal(-1001, "Internal error; unable to process your request. Please try again.",
                  fault->status);
  }
}

void Faults::after(std::string_view request, std::int64_t now) {
  if (Fault* fault = find(FaultKind::kAcceptThenSilence, request, now)) {
    used(*fault);
    throw Silence{};
  }
  if (Fault* fault = find(FaultKind::kAcceptThenTimeout, request, now)) {
    used(*fault);
    throw Refusal(-1007,
                  "Timeout waiting for response from backend server. Send status unknown; "
                  "execution status unknown.",
                  408);
  }
}

boost::json::object Faults::counts() const {
  boost::json::object counts;
  for (std::size_t at = 0; at < kWords.size(); ++at) counts[kWords[at]] = counts_[at];
  return counts;
}

}  // namespace writ::venue_sim
