#include "host/ops/control_queue.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace writ::ops {
namespace {

std::shared_ptr<ControlRequest> request(const char* command) {
  boost::json::object asked;
  asked["command"] = command;
  return std::make_shared<ControlRequest>(std::move(asked), [] {});
}

TEST(ControlQueue, GivesRequestsInOrderAndCallsForAttention) {
  Attention attention;
  ControlQueue queue(attention);
  queue.push(request("pause"));
  queue.push(request("resume"));
  EXPECT_TRUE(attention.wait(0));
  EXPECT_EQ(queue.poll()->text("command"), "pause");
  EXPECT_EQ(queue.poll()->text("command"), "resume");
  EXPECT_EQ(queue.poll(), nullptr);
}

TEST(ControlQueue, AnAnswerSaysOkAndARefusalWhy) {
  const auto asked = request("status");
  EXPECT_FALSE(asked->answer().has_value());
  boost::json::object answer;
  answer["events"] = 3;
  asked->reply(std::move(answer));
  EXPECT_EQ(asked->answer()->at("ok"), true);
  EXPECT_EQ(asked->answer()->at("events"), 3);

  const auto refused = request("dance");
  refused->refuse("unknown command");
  EXPECT_EQ(refused->answer()->at("ok"), false);
  EXPECT_EQ(refused->answer()->at("error"), "unknown command");
}

TEST(ControlQueue, RefusesMoreThanItHolds) {
  Attention attention;
  ControlQueue queue(attention);
  std::vector<std::shared_ptr<ControlRequest>> asked;
  for (int i = 0; i < 65; ++i) {
    asked.push_back(request("status"));
    queue.push(asked.back());
  }
  EXPECT_FALSE(asked[63]->answer().has_value());
  ASSERT_TRUE(asked[64]->answer().has_value());
  EXPECT_EQ(asked[64]->answer()->at("error"), "the host is busy");
}

TEST(ControlQueue, CloseRefusesWhatWaitsAndWhatComes) {
  Attention attention;
  ControlQueue queue(attention);
  const auto waiting = request("status");
  queue.push(waiting);
  queue.close();
  const auto late = request("status");
  queue.push(late);
  EXPECT_EQ(waiting->answer()->at("error"), "the run has ended");
  EXPECT_EQ(late->answer()->at("error"), "the run has ended");
  EXPECT_EQ(queue.poll(), nullptr);
}

}  // namespace
}  // namespace writ::ops
