#include "standard/duis/serial.h"

#include <gtest/gtest.h>

namespace meterway::duis {
namespace {

TEST(Serial, TurnsDecimalIntoHexAndBack) {
  EXPECT_EQ(*serial_to_hex("0"), "00");
  EXPECT_EQ(*serial_to_hex("255"), "ff");
  EXPECT_EQ(*serial_to_hex("256"), "0100");
  EXPECT_EQ(*serial_to_hex("340282366920938463463374607431768211455"), "ffffffffffffffffffffffffffffffff");
  EXPECT_EQ(*serial_to_decimal("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"), "340282366920938463463374607431768211455");
  EXPECT_EQ(*serial_to_decimal("000a"), "10");
  EXPECT_EQ(*serial_to_decimal("0"), "0");
  const std::string serial = "167048897159233642262001557408276884033";
  EXPECT_EQ(*serial_to_decimal(*serial_to_hex(serial)), serial);
}

TEST(Serial, RefusesWhatIsNoNumberOrTooLong) {
  EXPECT_FALSE(serial_to_hex(""));
  EXPECT_FALSE(serial_to_hex("12a"));
  EXPECT_FALSE(serial_to_hex("-1"));
  EXPECT_FALSE(serial_to_hex(std::string(60, '9')));
  EXPECT_FALSE(serial_to_decimal(""));
  EXPECT_FALSE(serial_to_decimal("xyz"));
  EXPECT_FALSE(serial_to_decimal(std::string(42, 'f')));
}

TEST(Issuer, IsTheSameWhateverTheBlanksAndTheOrder) {
  EXPECT_TRUE(same_issuer("CN=Z1,OU=07", "CN=Z1, OU=07"));
  EXPECT_TRUE(same_issuer("CN=Z1,OU=07", "ou=07,cn=Z1"));
  EXPECT_FALSE(same_issuer("CN=Z1,OU=07", "CN=Z1b,OU=07"));
  EXPECT_FALSE(same_issuer("CN=Z1,OU=07", "CN=Z1"));
  EXPECT_FALSE(same_issuer("CN=a\\,OU=07", "CN=a,OU=07"));
}

}  // namespace
}  // namespace meterway::duis
