#include "standard/pki/serial.h"

#include <gtest/gtest.h>

namespace meterway::pki {
namespace {

TEST(SmkiSerial, ReadsAsOneNumberInBothOfItsTexts) {
  const auto serial = SmkiSerial::from_decimal("167048897159233642262001557408276884033");
  ASSERT_TRUE(serial);
  EXPECT_EQ(serial->hex(), "7DAC7283AAD29BDD23C9EFBFDDB52A41");
  EXPECT_EQ(serial->decimal(), "167048897159233642262001557408276884033");
  EXPECT_EQ(SmkiSerial::from_hex("7dac7283aad29bdd23c9efbfddb52a41").value(), *serial);
}

TEST(SmkiSerial, DoesNotMindLeadingZeros) {
  const auto serial = SmkiSerial::from_hex("f4889EF197D41E9016966F9D5AB0402");
  ASSERT_TRUE(serial);
  EXPECT_EQ(serial->hex(), "0F4889EF197D41E9016966F9D5AB0402");
  EXPECT_EQ(SmkiSerial::from_hex("000F4889EF197D41E9016966F9D5AB0402").value(), *serial);
  EXPECT_EQ(SmkiSerial::from_decimal("0" + serial->decimal()).value(), *serial);
}

TEST(SmkiSerial, ComparesAsANumber) {
  EXPECT_LT(SmkiSerial::from_decimal("255").value(), SmkiSerial::from_decimal("256").value());
  EXPECT_LT(SmkiSerial::from_decimal("9").value(), SmkiSerial::from_decimal("10").value());
}

TEST(SmkiSerial, RefusesWhatIsNoPositiveNumberOfTwentyBytes) {
  EXPECT_EQ(SmkiSerial::from_decimal("").error().code, ErrorCode::BadNumber);
  EXPECT_EQ(SmkiSerial::from_decimal("-1").error().code, ErrorCode::BadNumber);
  EXPECT_EQ(SmkiSerial::from_decimal("12a").error().offset, 2u);
  EXPECT_EQ(SmkiSerial::from_hex("0x12").error().offset, 1u);
  EXPECT_EQ(SmkiSerial::from_decimal("0").error().code, ErrorCode::OutOfRange);
  EXPECT_TRUE(SmkiSerial::from_hex(std::string(40, 'f')));
  EXPECT_EQ(SmkiSerial::from_hex(std::string(41, 'f')).error().code, ErrorCode::OutOfRange);
  EXPECT_EQ(SmkiSerial::from_decimal(std::string(100000, '9')).error().code, ErrorCode::OutOfRange);
}

}  // namespace
}  // namespace meterway::pki
