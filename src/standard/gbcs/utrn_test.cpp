#include "standard/gbcs/utrn.h"

#include <gtest/gtest.h>

#include "standard/pki/key_store.h"
#include "tests/support/reference.h"

namespace meterway::gbcs {
namespace {

constexpr Eui64 kSupplier{0x90B3D51F30010000}, kEsme{0x00DB1234567890A0}, kGsme{0x00DB1234567890A1};

// Worked examples with published keys; the numbers were recomputed independently.
struct Example {
  Eui64 target;
  std::uint64_t counter;
  std::uint16_t value;
  std::uint8_t value_class;
  std::uint32_t mac;
  const char* token;
};
constexpr Example kExamples[] = {
    {kEsme, 0x0000000300000000, 10, 1, 0x9CD029E3, "73946144332040217315"},
    {kGsme, 0x0000000600000000, 1250, 0, 0xFF674C64, "73950067887105178605"},
    {kEsme, 0x0000000500000000, 10, 1, 0x26972203, "73948959061972833313"},
    {kEsme, 0x0000000100000000, 100, 1, 0xD51CA60B, "73943333457189043313"},
    {kEsme, 0x0000000400000000, 1234, 0, 0x3855D663, "73947252416745201637"},
    {kEsme, 0x0000000100000000, 8191, 1, 0xAE316057, "73943680956463432551"},
};

TEST(Utrn, ReadsAsTheFieldsOfTheWorkedExamples) {
  for (const Example& example : kExamples) {
    const auto fields = read_utrn(example.token);
    ASSERT_TRUE(fields) << example.token;
    EXPECT_EQ(fields->value, example.value);
    EXPECT_EQ(fields->value_class, example.value_class);
    EXPECT_EQ(fields->truncated_counter, example.counter >> 32);
    EXPECT_EQ(fields->mac, example.mac);
    EXPECT_EQ(write_utrn(*fields).value(), example.token);
  }
  EXPECT_EQ(read_utrn(kExamples[1].token)->pence(), 1250u);
  EXPECT_EQ(read_utrn(kExamples[3].token)->pence(), 10000u);
}

TEST(Utrn, IsMadeAsInTheWorkedExamples) {
  METERWAY_NEEDS_REFERENCE();
  const auto keys = pki::open_key_folder(tests::reference_path() / "keystore/rtds");
  ASSERT_TRUE(keys);
  const auto* prepayment = (*keys)->private_key(kSupplier, pki::KeyUse::PrepaymentKeyAgreement);
  ASSERT_NE(prepayment, nullptr);
  for (const Example& example : kExamples) {
    const auto* meter = (*keys)->public_key(example.target, pki::KeyUse::KeyAgreement);
    ASSERT_NE(meter, nullptr);
    const UtrnParties parties{kSupplier, example.target, {example.counter}};
    EXPECT_EQ(make_utrn(parties, example.value, example.value_class, *prepayment, *meter).value(), example.token);
  }
}

TEST(Utrn, ChecksItsLastDigit) {
  EXPECT_EQ(utrn_check_digit("7430182583759667200"), '5');
  EXPECT_EQ(utrn_check_digit("1234567891012131415"), '0');
  EXPECT_EQ(read_utrn("12345678910121314156").error().code, ErrorCode::BadDigest);
}

TEST(Utrn, NoticesEveryWrongDigitAndEverySwapOfNeighbours) {
  const std::string token = kExamples[0].token;
  for (std::size_t at = 0; at < token.size(); ++at) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string changed = token;
      changed[at] = digit;
      EXPECT_EQ(read_utrn(changed).has_value(), changed == token) << changed;
    }
    if (at == 0) continue;
    std::string swapped = token;
    std::swap(swapped[at - 1], swapped[at]);
    EXPECT_EQ(read_utrn(swapped).has_value(), swapped == token) << swapped;
  }
}

TEST(Utrn, IsRefusedWhenItIsNoNumberInItsRange) {
  EXPECT_EQ(read_utrn("7394614433204021731").error().code, ErrorCode::BadLength);
  EXPECT_EQ(read_utrn("739461443320402173150").error().code, ErrorCode::BadLength);
  EXPECT_EQ(read_utrn("7394614433 040217315").error().offset, 10u);
  for (std::string digits :
       {"7394156990786306047", "0000000000000000000", "7538272178862161920", "9999999999999999999"}) {
    digits += utrn_check_digit(digits);
    EXPECT_EQ(read_utrn(digits).error().code, ErrorCode::OutOfRange) << digits;
  }
  std::string last = "7538272178862161919";  // 57 bits above the offset, all ones
  last += utrn_check_digit(last);
  EXPECT_TRUE(read_utrn(last));
}

class UtrnMeterTest : public testing::Test {
 protected:
  const crypto::PrivateKey supplier_ = crypto::PrivateKey::generate().value();
  const crypto::PrivateKey meter_ = crypto::PrivateKey::generate().value();

  UtrnFields token(std::uint64_t counter, Eui64 target = kEsme) {
    const auto text = make_utrn({kSupplier, target, {counter << 32}}, 10, 1, supplier_, meter_.public_key());
    return read_utrn(text.value()).value();
  }
  Status check(const UtrnFields& fields, std::uint64_t whole_counter) {
    return check_utrn({kSupplier, kEsme, {whole_counter}}, fields, meter_, supplier_.public_key());
  }
};

TEST_F(UtrnMeterTest, ChecksWithItsOwnKeyWhatTheSupplierMadeWithHis) {
  EXPECT_TRUE(check(token(1'700'000'000), std::uint64_t{1'700'000'000} << 32));
}

TEST_F(UtrnMeterTest, RefusesAnotherMetersToken) {
  EXPECT_EQ(check(token(9, kGsme), std::uint64_t{9} << 32).error().code, ErrorCode::BadMac);
}

TEST_F(UtrnMeterTest, RefusesAChangedAmount) {
  auto fields = token(9);
  fields.value = 11;
  EXPECT_EQ(check(fields, std::uint64_t{9} << 32).error().code, ErrorCode::BadMac);
}

TEST_F(UtrnMeterTest, TellsCountersThatAgreeInTenBitsApart) {
  EXPECT_EQ(check(token(9), std::uint64_t{9 + 1024} << 32).error().code, ErrorCode::BadMac);
  EXPECT_EQ(check(token(9), std::uint64_t{10} << 32).error().code, ErrorCode::Conflict);
  EXPECT_EQ(check(token(9), (std::uint64_t{9} << 32) + 1).error().code, ErrorCode::Conflict);
}

TEST_F(UtrnMeterTest, MakesNoTokenOutsideTheFields) {
  const auto make = [&](std::uint64_t counter, std::uint16_t value, std::uint8_t value_class) {
    return make_utrn({kSupplier, kEsme, {counter}}, value, value_class, supplier_, meter_.public_key());
  };
  EXPECT_EQ(make(1, 1, 0).error().code, ErrorCode::OutOfRange);
  EXPECT_EQ(make(std::uint64_t{1} << 32, 8192, 0).error().code, ErrorCode::OutOfRange);
  EXPECT_EQ(make(std::uint64_t{1} << 32, 1, 2).error().code, ErrorCode::OutOfRange);
  EXPECT_TRUE(make(std::uint64_t{0xFFFFFFFF} << 32, 8191, 1));
}

}  // namespace
}  // namespace meterway::gbcs
