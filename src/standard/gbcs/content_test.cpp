#include <gtest/gtest.h>

#include "base/util/hex.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/dlms.h"
#include "standard/gbcs/gbz.h"
#include "standard/gbcs/zcl.h"

namespace meterway::gbcs {
namespace {

Bytes hex(std::string_view text) { return from_hex(text).value(); }

// --- DLMS

TEST(DlmsData, ReadsWhatItWritesForEveryType) {
  using dlms::Data;
  using dlms::Type;
  Data bits;
  bits.type = Type::BitString;
  bits.bits = 10;
  bits.bytes = {0xAA, 0x80};
  Data compact;
  compact.type = Type::CompactArray;
  compact.shape.push_back(
      {Type::Structure, 0, {{Type::Uint32, 0, {}}, {Type::Array, 2, {{Type::OctetString, 0, {}}}}}});
  compact.items.push_back(
      Data::structure({Data::of(Type::Uint32, 7), Data::array({Data::octets(hex("0102")), Data::octets({})})}));
  for (const auto& data :
       {Data::null(), Data::of(Type::Boolean, 0xFF), Data::of(Type::Int8, -5), Data::of(Type::Int16, -300),
        Data::of(Type::Int32, -70000), Data::of(Type::Uint32, 0xFFFFFFFF), Data::of(Type::Int64, -1),
        Data::of(Type::Uint64, -1), Data::of(Type::Enum, 30), Data::text(Type::VisibleString, "abc"),
        Data::text(Type::Utf8String, "{}"), bits, compact,
        Data::array({Data::structure({Data::of(Type::Uint8, 1), Data::of(Type::Uint16, 2)})})}) {
    const auto bytes = dlms::write_data(data);
    const auto read = dlms::read_data(bytes);
    ASSERT_TRUE(read) << to_hex(bytes) << ": " << describe(read.error());
    EXPECT_EQ(*read, data) << to_hex(bytes);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      EXPECT_FALSE(dlms::read_data(ByteView(bytes).first(size))) << to_hex(bytes) << size;
  }
}

TEST(DlmsData, IsBoundedInDepthAndInWhatItExpandsTo) {
  Bytes deep;
  for (int i = 0; i < 100; ++i) append(deep, hex("0201"));
  EXPECT_EQ(dlms::read_data(deep).error().code, ErrorCode::TooDeep);
  // An array of 65535 arrays of 65535 octets that takes a dozen bytes to describe.
  EXPECT_FALSE(dlms::read_data(hex("1301ffff01ffff110100")));
  // Elements without any bytes would never end.
  EXPECT_EQ(dlms::read_data(hex("13000100")).error().code, ErrorCode::BadValue);
}

TEST(DlmsData, RefusesTagsThatGbcsDoesNotUse) {
  const auto data = dlms::read_data(hex("020211010711"));
  ASSERT_FALSE(data);
  EXPECT_EQ(data.error().code, ErrorCode::UnknownCode);
  EXPECT_EQ(data.error().offset, 4u);
}

TEST(DlmsApdu, ReadsTheWorkedFirmwareVersionRead) {
  const auto bytes = hex("d9200003e8000101000100000002 01ff020100");
  const auto apdu = dlms::read_apdu(bytes);
  ASSERT_TRUE(apdu) << describe(apdu.error());
  const auto& request = std::get<dlms::AccessRequest>(*apdu);
  EXPECT_EQ(request.invoke_id, dlms::invoke_id(OriginatorCounter{1000}));
  ASSERT_EQ(request.specifications.size(), 1u);
  EXPECT_EQ(request.specifications[0].choice, dlms::Choice::Get);
  EXPECT_EQ(dlms::to_string(request.specifications[0].instance), "0-0:0.2.1.255");
  EXPECT_EQ(dlms::write_apdu(*apdu), bytes);
}

TEST(DlmsApdu, RefusesListsThatDoNotMatch) {
  const auto apdu = dlms::read_apdu(hex("da200003e80000020000010100"));
  ASSERT_FALSE(apdu);
  EXPECT_EQ(apdu.error().code, ErrorCode::BadLength);
}

TEST(DlmsApdu, FindsTheProtectedBlockItWrote) {
  const dlms::ProtectionParameters parameters{OriginatorCounter{1000}, Eui64(0x00DB1234567890A0),
                                              Eui64(0x90B3D51F30010000)};
  const auto block =
      hex("3100000000"
          "aabb"
          "000102030405060708090a0b");
  const auto data = dlms::protected_attributes(parameters, block);
  EXPECT_EQ(to_hex(dlms::protected_block(data)), to_hex(block));
  EXPECT_EQ(to_hex(dlms::write_data(dlms::protection_parameters(parameters))),
            "010102021602020509090400000000000003e8090800db1234567890a0090890b3d51f30010000090002021602020209010209"
            "00");
  EXPECT_TRUE(dlms::protected_block(dlms::Data::octets(block)).empty());
}

// --- GBZ and ZCL

TEST(Gbz, ReadsTheWorkedAnswerWithAnEncryptedComponent) {
  const auto bytes =
      hex("010901"
          "03"
          "0702"
          "0035"
          "0000"
          "180001"
          "002e"
          "3100000000"
          "4f09e4c663039dbc1ac6e41687acf517e94a67906e819baeade786602f"
          "c6be7509e30300a9ccba6cda");
  const auto frames = gbz::read_frames(bytes);
  ASSERT_TRUE(frames) << describe(frames.error());
  ASSERT_EQ(frames->components.size(), 1u);
  EXPECT_EQ(frames->components[0].encrypted_counter, 0);
  EXPECT_EQ(frames->components[0].payload.size(), 46u);
  EXPECT_EQ(gbz::write_frames(*frames), bytes);
}

TEST(Gbz, RefusesAComponentThatIsLastTooEarlyOrNever) {
  const auto frame =
      "0702"
      "0003"
      "000000";
  EXPECT_TRUE(gbz::read_frames(hex(std::string("010901") + "01" + frame)));
  EXPECT_EQ(gbz::read_frames(hex(std::string("010901") + "00" + frame)).error().code, ErrorCode::BadValue);
  EXPECT_EQ(gbz::read_frames(hex(std::string("010902") + "01" + frame + "01" + frame)).error().code,
            ErrorCode::BadValue);
  EXPECT_EQ(gbz::read_frames(hex(std::string("010901") + "05" + frame)).error().code, ErrorCode::BadValue);
}

TEST(Gbz, CountsTimeFromTheYear2000) {
  EXPECT_EQ(to_iso8601(gbz::ZigbeeTime{0x1C374A80}.utc(), 0), "2015-01-01T00:00:00Z");
  EXPECT_EQ(gbz::ZigbeeTime::from(from_iso8601("2015-01-01T00:00:00Z").value()).seconds, 0x1C374A80u);
}

TEST(Zcl, NamesTheFieldsOfACommandInOrder) {
  const auto payload = hex("00143733393530303637383837313035313738363035");
  const auto fields = zcl::read_fields(0x0705, 0x01, 0x04, payload);
  ASSERT_TRUE(fields) << describe(fields.error());
  ASSERT_EQ(fields->size(), 2u);
  EXPECT_EQ((*fields)[1].name, "utrn");
  EXPECT_EQ(std::string((*fields)[1].bytes.begin(), (*fields)[1].bytes.end()), "73950067887105178605");
  EXPECT_EQ(zcl::write_fields(*fields), payload);
}

TEST(Zcl, LeavesOutTheValueOfAnAttributeThatCouldNotBeRead) {
  const auto payload =
      hex("0602"
          "86"
          "0003"
          "00"
          "3001");
  const auto fields = zcl::read_fields(0x0702, 0x08, 0x01, payload);
  ASSERT_TRUE(fields) << describe(fields.error());
  const auto* attributes = zcl::find(*fields, "attributes");
  ASSERT_NE(attributes, nullptr);
  ASSERT_EQ(attributes->items.size(), 2u);
  EXPECT_EQ(attributes->items[0].size(), 2u);
  EXPECT_EQ(attributes->items[1].size(), 3u);
  EXPECT_EQ(zcl::attribute_name(0x0702, 0x0300), "Unit of Measure");
  EXPECT_EQ(zcl::write_fields(*fields), payload);
}

TEST(Zcl, RefusesLeftOversAndCommandsWithoutARow) {
  EXPECT_EQ(zcl::read_fields(0x0702, 0x09, 0x0D, hex("010000")).error().code, ErrorCode::TrailingBytes);
  EXPECT_EQ(zcl::read_fields(0x0702, 0x09, 0x0D, hex("01")).error().code, ErrorCode::Truncated);
  EXPECT_EQ(zcl::read_fields(0x0702, 0x01, 0x7F, {}).error().code, ErrorCode::Unsupported);
}

// --- ASN.1

TEST(Asn1, ReadsTheWorkedFirmwareActivation) {
  const auto bytes =
      hex("3026"
          "0420"
          "aa758690730934ff0685aa758690730934ff0685657788990011223344556677"
          "020203e8");
  const auto node = asn1::read(bytes, asn1::Lengths::Shortest);
  ASSERT_TRUE(node) << describe(node.error());
  ASSERT_EQ(node->items.size(), 2u);
  EXPECT_EQ(asn1::integer_value(node->items[1]).value(), 1000u);
  EXPECT_EQ(asn1::write(*node), bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(asn1::read(ByteView(bytes).first(size))) << size;
}

TEST(Asn1, KeepsALengthThatIsLongerThanNeededAndRefusesItWhenAskedTo) {
  const auto bytes =
      hex("30820003"
          "020100");
  const auto node = asn1::read(bytes);
  ASSERT_TRUE(node);
  EXPECT_EQ(asn1::write(*node), bytes);
  EXPECT_EQ(asn1::read(bytes, asn1::Lengths::Shortest).error().code, ErrorCode::BadLength);
}

TEST(Asn1, RefusesWhatIsNotDer) {
  EXPECT_EQ(asn1::read(hex("30800000")).error().code, ErrorCode::BadLength);  // indefinite length
  EXPECT_EQ(asn1::read(hex("02020001")).error().code, ErrorCode::BadValue);   // integer with a needless zero
  EXPECT_EQ(asn1::read(hex("1f810100")).error().code, ErrorCode::BadTag);     // tag of several bytes
  EXPECT_EQ(asn1::read(hex("050000")).error().code, ErrorCode::TrailingBytes);
  Bytes deep = hex("0500");
  for (int i = 0; i < 40; ++i) {
    Bytes outer{0x30, static_cast<std::uint8_t>(deep.size())};
    append(outer, deep);
    deep = outer;
  }
  EXPECT_EQ(asn1::read(deep).error().code, ErrorCode::TooDeep);
}

TEST(Asn1, WritesIntegersInTheirShortestForm) {
  EXPECT_EQ(to_hex(asn1::write(asn1::Node::integer(0))), "020100");
  EXPECT_EQ(to_hex(asn1::write(asn1::Node::integer(0x8F66))), "0203008f66");
  EXPECT_EQ(to_hex(asn1::write(asn1::Node::integer(~std::uint64_t{0}))), "020900ffffffffffffffff");
  EXPECT_EQ(asn1::integer_value(asn1::Node::integer(~std::uint64_t{0})).value(), ~std::uint64_t{0});
}

}  // namespace
}  // namespace meterway::gbcs
