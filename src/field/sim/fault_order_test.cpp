#include "field/sim/fault_order.h"

#include <gtest/gtest.h>

namespace meterway::field {
namespace {

constexpr Eui64 kMeter{0x00DB1234567890A0};

TEST(FaultOrder, IsReadAsItIsWritten) {
  const FaultOrder breaks{kMeter, FaultOrder::What::Break, {"0702/0A00", 0}};
  const auto read = read_fault_order(write_fault_order(breaks, "not found")).value();
  EXPECT_EQ(read.device, kMeter);
  EXPECT_EQ(read.what, FaultOrder::What::Break);
  EXPECT_EQ(read.fault.at, "0702/0A00");
  EXPECT_EQ(read.fault.code, 0x8B);
  const FaultOrder mends{kMeter, FaultOrder::What::Mend, {}};
  EXPECT_EQ(read_fault_order(write_fault_order(mends, ""))->what, FaultOrder::What::Mend);
  const FaultOrder tells{kMeter, FaultOrder::What::Tell, {}};
  EXPECT_EQ(read_fault_order(write_fault_order(tells, ""))->what, FaultOrder::What::Tell);
}

TEST(FaultOrder, OfNoKnownFormIsRefused) {
  for (const char* line : {"fault", "fault 00db1234567890a0", "fault 00db1234567890a0 nowhere", "fault x 0702/06",
                           "fault 00db1234567890a0 0702/06 no such name", "break 00db1234567890a0 0702/06", ""})
    EXPECT_FALSE(read_fault_order(line)) << line;
}

TEST(FaultOrder, IsAnsweredWithWhatIsBrokenOrWhyNobodyKnows) {
  using Faults = Result<std::map<std::string, std::uint8_t>, std::string>;
  EXPECT_EQ(describe_faults(kMeter, Faults(std::map<std::string, std::uint8_t>{{"0702/06", 192}})),
            "{\"device\":\"00db1234567890a0\",\"faults\":{\"0702/06\":192}}\n");
  EXPECT_EQ(describe_faults(kMeter, Faults(Unexpected<std::string>{"no supply"})), "{\"error\":\"no supply\"}\n");
}

}  // namespace
}  // namespace meterway::field
