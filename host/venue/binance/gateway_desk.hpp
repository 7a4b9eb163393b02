#pragma once

#include "host/base/spsc_queue.hpp"
#include "host/execution/venue_account.hpp"
#include "host/model/record_words.hpp"
#include "host/venue/binance/account_desk.hpp"
#include "host/venue/binance/gateway.hpp"
#include "host/venue/net/http_client.hpp"
#include "host/venue/net/io_thread.hpp"
#include "host/venue/net/web_socket_client.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace writ::venue::binance {

/// The I/O thread's side of a gateway: moves the bytes of an account's desk, and its records.
class GatewayDesk : public std::enable_shared_from_this<GatewayDesk> {
 public:
  using Answer = base::Result<execution::VenueState>;
  struct Question {
    std::uint64_t number = 0;
    execution::VenueQuestion question;
  };
  /// A table record, an order's command, a question about the account.
  using Command = std::variant<model::RecordWords, writ_order, Question>;

  GatewayDesk(net::IoThread& thread, GatewaySetup setup, const Credentials& credentials,
              std::function<void()> wake, std::function<bool(const writ_order&)> latch);

  // [sequencer-thread]
  /// False: too many wait.
  [[nodiscard]] bool push(Command&& command);
  [[nodiscard]] std::optional<model::RecordWords> pop() { return told_.try_pop(); }
  [[nodiscard]] std::optional<Answer> take_answer(std::uint64_t number);
  [[nodiscard]] std::optional<execution::OrderGateway::Left> take_left() { return left_.try_pop(); }

  /// [any thread]
  void cancel_everything();

  // [I/O thread]
  void start();
  /// Nothing runs any more.
  void stop();

 private:
  void later(std::int64_t delay_ns, std::function<void(GatewayDesk&)> task);
  void drain();
  void carry_out(Command& command);
  void ask(Question question);
  void answer(std::uint64_t number, Answer state);
  void connect_orders();
  void connect_reports(const std::string& listen_key);
  void pump();
  void write(WrittenRequest request);
  void on_leaving(std::int64_t ts);
  void on_answer(const std::string& id, const net::HttpResult& result);
  void tell(const writ_record& record);
  void hand_over();

  net::IoThread& thread_;
  const Market market_;
  const net::Endpoint rest_at_;
  const net::Endpoint orders_at_;
  const net::Endpoint reports_at_;
  const std::function<void()> wake_;
  const bool timed_;

  AccountDesk account_;
  std::optional<net::HttpClient> rest_;
  std::optional<net::WebSocketClient> order_socket_;
  std::unique_ptr<net::WebSocketClient> report_socket_;
  bool stopped_ = false;
  std::int64_t timer_at_ = std::numeric_limits<std::int64_t>::max();

  base::SpscQueue<Command> commands_;
  std::atomic<bool> drain_posted_{false};
  base::SpscQueue<model::RecordWords> told_;
  std::deque<model::RecordWords> waiting_;  ///< found no room
  std::deque<std::uint64_t> leaving_;       ///< order_seq of what the socket has yet to write
  base::SpscQueue<execution::OrderGateway::Left> left_;
  std::mutex answer_mutex_;
  std::optional<std::pair<std::uint64_t, Answer>> answer_;
};

}  // namespace writ::venue::binance
