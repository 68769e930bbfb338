#include "field/sim/replay_order.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "field/device/test_world.h"

namespace meterway::field {
namespace {

using nlohmann::json;

Bytes command() {
  gbcs::Message message;
  message.header = {gbcs::Kind::Command, {7}, test::kSupplier, test::kEsme, {}, {0x0052}, {}, {}, {}, {}};
  message.content = {1, 2, 3};
  return gbcs::write_message(message);
}

TEST(ReplayOrder, IsReadAsItIsWritten) {
  const auto order = read_replay_order(write_replay_order(command()));
  ASSERT_TRUE(order);
  EXPECT_EQ(order->device, test::kEsme);
  EXPECT_EQ(order->message, command());
}

TEST(ReplayOrder, WhatIsNoMessageIsRefused) {
  for (const auto* line : {"", "replay", "replay ", "replay zz", "replay 00", "replay df", "fault df09"})
    EXPECT_FALSE(read_replay_order(line)) << line;
}

TEST(ReplayOrder, TellsWhatCameOfItInOneLine) {
  const ReplayOrder order{test::kEsme, command()};
  Outcome outcome;
  outcome.response = Bytes{0xDF, 0x09};
  outcome.alerts = {{0xDD}};
  const auto told = describe_replayed(order, outcome);
  EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 1);
  EXPECT_EQ(json::parse(told), (json{{"device", "00db1234567890a0"}, {"response", "df09"}, {"alerts", {"dd"}}}));
  outcome = {};
  outcome.refusal = "mac";
  EXPECT_EQ(
      json::parse(describe_replayed(order, outcome)),
      (json{{"device", "00db1234567890a0"}, {"response", nullptr}, {"alerts", json::array()}, {"refusal", "mac"}}));
  EXPECT_EQ(json::parse(describe_replayed(order, Unexpected<std::string>{"no such device"})),
            (json{{"error", "no such device"}}));
}

}  // namespace
}  // namespace meterway::field
