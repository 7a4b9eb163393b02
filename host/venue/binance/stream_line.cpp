#include "host/venue/binance/stream_line.hpp"

#include "host/base/monotonic_clock.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace writ::venue::binance {
namespace {

// More than this of a successor is not kept: it takes over.
constexpr std::size_t kKeptBytesMax = std::size_t{16} << 20;

}  // namespace

class StreamLine::State : public std::enable_shared_from_this<State> {
 public:
  State(net::IoThread& thread, net::Endpoint endpoint, std::string target, Handlers handlers,
        StreamLineOptions options)
      : thread_(thread),
        endpoint_(std::move(endpoint)),
        target_(std::move(target)),
        handlers_(std::move(handlers)),
        options_(std::move(options)) {}

  void begin() { current_ = connect(); }
  void end() {
    ended_ = true;
    current_.reset();
    successor_.reset();
  }
  void renew() {
    if (ended_ || successor_ || !is_up()) return;
    successor_ = connect();
  }
  [[nodiscard]] bool is_up() const noexcept { return is_up_; }

 private:
  struct Kept {
    std::string message;
    std::int64_t received_ts;
  };
  // One of the connections, and what it said before it was listened to.
  struct Link {
    std::unique_ptr<net::WebSocketClient> socket;
    std::vector<Kept> kept;
    std::size_t kept_bytes = 0;
    bool is_open = false;
  };
  using LinkPtr = std::shared_ptr<Link>;

  LinkPtr connect() {
    auto link = std::make_shared<Link>();
    const std::weak_ptr<Link> weak = link;
    auto options = options_.socket;
    options.seed += connections_++;
    // A handler may end all of this: it is held as long as one runs.
    const auto with = [state = weak_from_this(), weak](auto&& task) {
      const auto self = state.lock();
      const LinkPtr of = weak.lock();
      if (self && of) task(*self, of);
    };
    link->socket = std::make_unique<net::WebSocketClient>(
        thread_, endpoint_, target_,
        net::WebSocketHandlers{
            [with] { with([](State& self, const LinkPtr& of) { self.opened(of); }); },
            [with](std::string_view text, std::int64_t ts) {
              with([&](State& self, const LinkPtr& of) { self.hear(of, text, ts); });
            },
            [with](const net::Failure& why) {
              with([&](State& self, const LinkPtr& of) { self.closed(of, why); });
            }},
        options);
    return link;
  }

  void opened(const LinkPtr& link) {
    link->is_open = true;
    if (link == successor_) {
      thread_.after(options_.overlap_ns, [state = weak_from_this(), weak = std::weak_ptr(link)] {
        if (const auto self = state.lock()) self->take_over(weak.lock());
      });
      return;
    }
    begin_life();
    told_down_ = false;
    is_up_ = true;
    handlers_.up();
  }

  // Of a connection that is listened to from now on.
  void begin_life() {
    ++opened_;
    heard_ns_ = base::monotonic_ns();
    after(options_.life_ns, [](State& self) { self.renew(); });
    watch(options_.silence_ns);
  }
  void watch(std::int64_t delay_ns) {
    after(delay_ns, [](State& self) {
      const std::int64_t left_ns = self.heard_ns_ + self.options_.silence_ns - base::monotonic_ns();
      if (left_ns <= 0) self.renew();
      self.watch(left_ns > 0 ? left_ns : self.options_.silence_ns);
    });
  }
  // Unless another connection is listened to by then.
  void after(std::int64_t delay_ns, void (*task)(State&)) {
    thread_.after(delay_ns, [state = weak_from_this(), connection = opened_, task] {
      const auto self = state.lock();
      if (self && !self->ended_ && self->opened_ == connection) task(*self);
    });
  }

  void hear(const LinkPtr& link, std::string_view text, std::int64_t received_ts) {
    if (link == current_) return hand_out(text, received_ts);
    if (link != successor_) return;
    link->kept.push_back({std::string(text), received_ts});
    link->kept_bytes += text.size();
    if (link->kept_bytes > kKeptBytesMax) take_over(link);
  }

  void closed(const LinkPtr& link, const net::Failure& why) {
    const bool was_open = std::exchange(link->is_open, false);
    if (link == successor_) {  // tries again by itself, and begins anew
      link->kept.clear();
      link->kept_bytes = 0;
      return;
    }
    if (link != current_) return;
    if (was_open && successor_ && successor_->is_open) return take_over(successor_);
    successor_.reset();
    if (was_open || !told_down_) {
      is_up_ = false;
      told_down_ = true;
      handlers_.down(why);
    }
  }

  void take_over(LinkPtr link) {
    if (ended_ || !link || link != successor_ || !link->is_open) return;
    const LinkPtr before = std::exchange(current_, std::exchange(successor_, nullptr));
    before->socket.reset();
    begin_life();
    const std::vector<Kept> kept = std::move(link->kept);
    for (const Kept& message : kept) {
      if (ended_ || link != current_) return;
      hand_out(message.message, message.received_ts);
    }
  }

  void hand_out(std::string_view text, std::int64_t received_ts) {
    heard_ns_ = base::monotonic_ns();
    last_ts_ = std::max(last_ts_, received_ts);
    handlers_.message(text, last_ts_);
  }

  net::IoThread& thread_;
  net::Endpoint endpoint_;
  std::string target_;
  Handlers handlers_;
  StreamLineOptions options_;
  LinkPtr current_;
  LinkPtr successor_;
  std::uint64_t connections_ = 0;  // made
  std::uint64_t opened_ = 0;       // that were listened to
  std::int64_t heard_ns_ = 0;      // when it last said something
  std::int64_t last_ts_ = 0;
  bool is_up_ = false;
  bool told_down_ = false;
  bool ended_ = false;
};

StreamLine::StreamLine(net::IoThread& thread, net::Endpoint endpoint, std::string target,
                       Handlers handlers, StreamLineOptions options)
    : state_(std::make_shared<State>(thread, std::move(endpoint), std::move(target),
                                     std::move(handlers), std::move(options))) {
  state_->begin();
}

StreamLine::~StreamLine() { state_->end(); }

void StreamLine::renew() { state_->renew(); }
bool StreamLine::is_up() const noexcept { return state_->is_up(); }

}  // namespace writ::venue::binance
