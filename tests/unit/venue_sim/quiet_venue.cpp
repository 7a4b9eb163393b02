#include "quiet_venue.hpp"

#include <writ/decimal.hpp>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <iterator>
#include <utility>

namespace writ::venue_sim {
namespace {

constexpr std::int64_t kStart = 1'700'000'000'000'000'000;

VenueOptions options_of(Market market) {
  VenueOptions options;
  options.market = market;
  options.listings = default_listings(market);
  options.fees = {parse_rate("0.0002").value, parse_rate("0.001").value};
  options.quiet = true;
  options.start_ts = kStart;
  for (const char* name : {"a", "b"}) {
    AccountOption account;
    account.name = name;
    account.keys.push_back({std::string("key-") + name, 0, std::string("secret-") + name, ""});
    account.balances = {{"USDT", parse_money("10000").value}};
    if (market == Market::kSpot) {
      account.balances["BTC"] = parse_money("1").value;
      account.balances["BNB"] = parse_money("5").value;
    }
    options.accounts.push_back(std::move(account));
  }
  return options;
}

}  // namespace

QuietVenue::QuietVenue(Market market) : venue(options_of(market)) {}

void QuietVenue::offer(std::string_view symbol, Side side, std::string_view price,
                       std::string_view quantity) {
  venue.exchange().others_offer(std::string(symbol), side, parse_price(price).value,
                                parse_quantity(quantity).value);
}

void QuietVenue::take(std::string_view symbol, Side side, std::string_view price,
                      std::string_view quantity) {
  venue.exchange().others_take(std::string(symbol), side, parse_price(price).value,
                               parse_quantity(quantity).value);
}

RestAnswer QuietVenue::ask(std::string_view account, std::string_view method, std::string_view path,
                           std::string query) {
  if (!query.empty()) query += '&';
  query += "timestamp=" + std::to_string(venue.exchange().now() / 1'000'000);
  query += "&signature=" + hmac("secret-" + std::string(account), query);
  const auto answer = venue.rest(
      {std::string(method), std::string(path) + '?' + query, "", "key-" + std::string(account)});
  if (!answer) return {0, {}, ""};
  return *answer;
}

boost::json::value QuietVenue::answer(std::string_view account, std::string_view method,
                                      std::string_view path, std::string query, int status) {
  const RestAnswer answer = ask(account, method, path, std::move(query));
  EXPECT_EQ(answer.status, status) << answer.body;
  return boost::json::parse(answer.body);
}

std::string QuietVenue::refusal(std::string_view account, std::string_view method,
                                std::string_view path, std::string query) {
  const RestAnswer answer = ask(account, method, path, std::move(query));
  EXPECT_NE(answer.status, 200) << answer.body;
  if (answer.status == 200) return {};
  const boost::json::value refused = boost::json::parse(answer.body);
  return std::to_string(refused.at("code").as_int64()) + ' ' +
         std::string(refused.at("msg").as_string());
}

std::vector<std::string> QuietVenue::heard(ConnectionId connection) {
  std::vector<Output> said = venue.take_output();
  waiting_.insert(waiting_.end(), std::make_move_iterator(said.begin()),
                  std::make_move_iterator(said.end()));
  std::vector<std::string> texts;
  std::vector<Output> others;
  for (Output& output : waiting_) {
    if (output.connection == connection && output.kind == Output::Kind::kText) {
      texts.push_back(std::move(output.text));
    } else {
      others.push_back(std::move(output));
    }
  }
  waiting_ = std::move(others);
  return texts;
}

void QuietVenue::pass_ms(std::int64_t ms) {
  venue.advance(venue.exchange().now() + ms * 1'000'000);
}

std::string hmac(std::string_view secret, std::string_view payload) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(payload.data()), payload.size(), digest.data(),
       &size);
  std::string text;
  for (unsigned int at = 0; at < size; ++at) {
    for (const int digit : {digest[at] / 16, digest[at] % 16}) {
      text += static_cast<char>(digit < 10 ? '0' + digit : 'a' + digit - 10);
    }
  }
  return text;
}

}  // namespace writ::venue_sim
