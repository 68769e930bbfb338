#include "field/sim/alert_order.h"

#include <gtest/gtest.h>

namespace meterway::field {
namespace {

TEST(AlertOrder, IsTheSameAfterTheSocketWhateverStandsInItsValues) {
  const AlertOrder order{0x8F88, Eui64(0x00DB1234567890A0), {{"update", "{\"a b\": 100%}\n"}, {"to", "supplier"}}};
  const auto line = write_alert_order(order);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto read = read_alert_order(line);
  ASSERT_TRUE(read) << line;
  EXPECT_EQ(read->alert, order.alert);
  EXPECT_EQ(read->device, order.device);
  EXPECT_EQ(read->parameters, order.parameters);
}

TEST(AlertOrder, TakesACodeAsPeopleWriteItAndNothingElse) {
  EXPECT_EQ(parse_alert_code("8F36").value(), 0x8F36);
  EXPECT_EQ(parse_alert_code("0x8f36").value(), 0x8F36);
  for (const auto* wrong : {"", "8F3", "8F361", "supply", "0x"}) EXPECT_FALSE(parse_alert_code(wrong)) << wrong;
}

TEST(AlertOrder, RefusesALineThatIsNone) {
  for (const auto* wrong : {"alert", "alert 8f36", "alert 8f36 meter", "alert 8f36 00db1234567890a0 start",
                            "alert 8f36 00db1234567890a0 a=%4"})
    EXPECT_FALSE(read_alert_order(wrong)) << wrong;
}

TEST(AlertOrder, SaysThatTheAlertIsSwitchedOffAndWhetherItWasLogged) {
  Raised raised;
  raised.route = gbcs::find_alert_route(0x81A4, DeviceType::ESME);
  raised.switched_off = raised.logged = true;
  const AlertOrder order{0x81A4, Eui64(0x00DB1234567890A0), {}};
  const auto logged = describe_raised(order, raised);
  EXPECT_NE(logged.find("\"sent\":false,\"switched_off\":"), std::string::npos) << logged;
  EXPECT_NE(logged.find("\"log\":\"event\""), std::string::npos) << logged;
  raised.logged = false;
  EXPECT_NE(describe_raised(order, raised).find("\"log\":\"\""), std::string::npos);
}

}  // namespace
}  // namespace meterway::field
