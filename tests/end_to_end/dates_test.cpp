#include "tests/end_to_end/supplier.h"

// Commands with a date, on the wall's clock: kept over a restart, sent on time, given up when it is too late.
namespace meterway::end_to_end {
namespace {

using std::chrono::seconds;

UtcTime now() { return SystemClock().now(); }

std::string dated(UtcTime date) { return "<sr:ExecutionDateTime>" + to_iso8601(date, 0) + "</sr:ExecutionDateTime>"; }

/// Whole seconds, as the document says it.
UtcTime in(seconds from_now) { return std::chrono::time_point_cast<seconds>(now() + from_now); }

TEST(Dates, WhatTheDccHoldsIsSentOnItsDateAlsoAfterARestart) {
  Node node({{"dated_spread_ms", 0}, {"reach_timeout_ms", 20000}});
  node.start_platform();
  node.start_estate();
  Supplier user(node);
  const auto date = in(seconds(5));
  const auto kept = user.next_id(kEsme), gas = user.next_id(kGpf);
  const auto request = user.request(kept, CommandVariant::SendCommand, "4.1.1", dated(date));
  const auto first = node.post('S', request);
  ASSERT_EQ(code_of(first), "I99") << first.body;
  EXPECT_EQ(node.post('S', request).body, first.body);
  EXPECT_EQ(code_of(node.post('S', user.request(gas, CommandVariant::SendCommand, "4.1.1", dated(date)))), "I99");
  node.stop_platform(SIGKILL);
  node.start_platform();
  EXPECT_EQ(node.post('S', request).body, first.body) << "held, after a crash";
  for (const auto& id : {kept, gas}) {
    ASSERT_TRUE(Node::eventually([&] { return times_traced(node, id, "correlate", "matched") == 1; }, 20))
        << node.trace(id.text()).dump(1);
    const auto arrived = arrivals_of(node, id);
    ASSERT_EQ(arrived.size(), 1U);
    EXPECT_GE(arrived.front(), date) << "not before its date";
    EXPECT_LT(arrived.front(), date + seconds(5)) << "and soon after it";
  }
  EXPECT_EQ(node.post('S', request).body, first.body) << "done";
  EXPECT_EQ(arrivals_of(node, kept).size(), 1U);
}

TEST(Dates, WhatTheDccHeldTooLongEndsWithE30AndIsNotSent) {
  Node node({{"dated_spread_ms", 0}, {"dcc_date_allowance_ms", 500}});
  node.start_platform();
  Supplier user(node);
  const auto date = in(seconds(2));
  const auto id = user.next_id(kEsme);
  const auto request = user.request(id, CommandVariant::SendCommand, "4.1.1", dated(date));
  const auto first = node.post('S', request);
  ASSERT_EQ(code_of(first), "I99") << first.body;
  node.stop_platform(SIGKILL);
  std::this_thread::sleep_for(date + seconds(1) - now());  // down over the date
  node.start_platform();
  node.start_estate();
  EXPECT_TRUE(Node::eventually([&] { return has(node.trace(id.text()).dump(), "E30"); }, 10))
      << node.trace(id.text()).dump(1);
  EXPECT_EQ(times_traced(node, id, "deliver", "queued"), 1);
  EXPECT_EQ(times_traced(node, id, "wan", "sent"), 0);
  EXPECT_EQ(node.post('S', request).body, first.body) << "asked again it is what was told at first";
  EXPECT_TRUE(arrivals_of(node, id).empty());
}

TEST(Dates, ADeviceThatLetsItsDatePassWithoutAWordEndsWithE30) {
  Node node(nlohmann::json{{"device_date_allowance_ms", 1000}});
  node.start_platform();
  node.start_estate();
  Supplier user(node);
  const auto date = in(seconds(6));
  auto tariff = node.signed_request({"1.1.1", "--to", kEsme, "--from", kSupplier});
  const std::string open = "<sr:UpdateImportTariffPrimaryElement>";
  ASSERT_TRUE(has(tariff, open));
  tariff = node.sign_again(tariff.insert(tariff.find(open) + open.size(), dated(date)), kSupplier);
  const auto id = RequestId::parse(element(tariff, "RequestID")).value();
  const auto made = node.post('T', tariff);
  ASSERT_EQ(code_of(made), "I0") << made.body;
  const auto accepted = node.post('S', user.signed_precommand(id, CommandVariant::SendSigned, "1.1.1", made));
  ASSERT_EQ(code_of(accepted), "I99") << accepted.body;
  ASSERT_TRUE(Node::eventually([&] { return times_traced(node, id, "correlate", "matched") == 1; }, 5))
      << node.trace(id.text()).dump(1) << "the device has taken it";
  ASSERT_LT(now(), date);
  node.stop_estate();
  EXPECT_TRUE(Node::eventually([&] { return has(node.trace(id.text()).dump(), "E30"); }, 15))
      << node.trace(id.text()).dump(1);
  EXPECT_GE(now(), date + seconds(1)) << "not before the allowance";
  EXPECT_EQ(times_traced(node, id, "deliver", "queued"), 2) << "the acceptance, and the E30";
}

}  // namespace
}  // namespace meterway::end_to_end
