#include "host/venue/net/endpoint.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace writ::venue::net {
namespace {

TEST(Endpoint, ReadsSchemeHostPortAndPrefix) {
  const auto endpoint = parse_endpoint("https://api.binance.com");
  ASSERT_TRUE(endpoint) << endpoint.error().step();
  EXPECT_EQ(*endpoint, (Endpoint{"api.binance.com", 443, true, "", ""}));
  EXPECT_EQ(*parse_endpoint("wss://ws-api.binance.com:9443/ws-api/v3"),
            (Endpoint{"ws-api.binance.com", 9443, true, "/ws-api/v3", ""}));
  EXPECT_EQ(*parse_endpoint("http://127.0.0.1:8080/"),
            (Endpoint{"127.0.0.1", 8080, false, "", ""}));
  EXPECT_EQ(*parse_endpoint("ws://localhost/a/b//"),
            (Endpoint{"localhost", 80, false, "/a/b", ""}));
  EXPECT_EQ(*parse_endpoint("ws://[::1]:81"), (Endpoint{"::1", 81, false, "", ""}));
}

TEST(Endpoint, RefusesWhatIsNoAddress) {
  for (const std::string url :
       {"", "api.binance.com", "ftp://a", "https://", "https:///x", "https://a:0",
        "https://a:65536", "https://a:80x", "https://a:", "https://a b", "https://u@a",
        "https://a/x?y=1", "https://a/x#y", "https://[::1", "https://[::1]80"}) {
    const auto endpoint = parse_endpoint(url);
    ASSERT_FALSE(endpoint) << url;
    EXPECT_EQ(endpoint.error().code(), base::Errc::kInvalid);
    EXPECT_STRNE(endpoint.error().step(), "");
  }
}

TEST(Endpoint, AuthorityHasThePortWhereItIsNotTheSchemes) {
  EXPECT_EQ(authority(*parse_endpoint("https://a")), "a");
  EXPECT_EQ(authority(*parse_endpoint("http://a:80")), "a");
  EXPECT_EQ(authority(*parse_endpoint("https://a:80")), "a:80");
  EXPECT_EQ(authority(*parse_endpoint("wss://[::1]:9443")), "[::1]:9443");
}

}  // namespace
}  // namespace writ::venue::net
