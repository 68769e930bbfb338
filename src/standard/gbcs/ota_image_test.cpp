#include "standard/gbcs/ota_image.h"

#include <gtest/gtest.h>

#include "base/crypto/digest.h"
#include "base/util/hex.h"

namespace meterway::gbcs {
namespace {

OtaImage example() {
  OtaImage image;
  image.manufacturer = 0x121D;
  image.image_type = 3;
  image.version = {0x01, 0x02, 0x03, 0x04};
  image.least_hardware = 0x1111;
  image.greatest_hardware = 0x1112;
  image.text = "An image for tests";
  image.manufacturer_image = Bytes(100, 0x5A);
  image.signature.emplace().fill(0x77);
  return image;
}

TEST(OtaImage, IsWrittenInTheLayoutOfTheHeader) {
  const auto bytes = write_ota_image(example());
  EXPECT_EQ(to_hex(ByteView(bytes).first(20)),
            "1ef1ee0b00013c0004001d1203000403"
            "02010200");
  EXPECT_EQ(to_hex(ByteView(bytes).subspan(52, 8)), "e200000011111211");
  EXPECT_EQ(to_hex(ByteView(bytes).subspan(160, 3)), "004077");
  EXPECT_EQ(bytes.size(), 60u + 100 + 66);
}

TEST(OtaImage, ReadsBackAsItWasWritten) {
  const auto image = example();
  EXPECT_EQ(read_ota_image(write_ota_image(image), ImageKind::Signed).value(), image);
  auto plain = image;
  plain.signature.reset();
  EXPECT_EQ(read_ota_image(write_ota_image(plain), ImageKind::Unsigned).value(), plain);
}

TEST(OtaImage, HashIsOfTheManufacturerImageAlone) {
  auto image = example();
  const auto hash = image.hash();
  EXPECT_EQ(hash, crypto::sha256(Bytes(100, 0x5A)));
  image.signature.reset();
  image.version = {9, 9, 9, 9};
  EXPECT_EQ(image.hash(), hash);
}

TEST(OtaImage, RefusesEveryTruncationAndWhatIsLeftOver) {
  auto bytes = write_ota_image(example());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(read_ota_image(ByteView(bytes).first(size), ImageKind::Signed)) << size;
  bytes.push_back(0);
  EXPECT_EQ(read_ota_image(bytes, ImageKind::Signed).error().code, ErrorCode::BadLength);
}

TEST(OtaImage, SaysWhatIsWrongInTheHeader) {
  const auto with = [](std::size_t at, std::uint8_t value) {
    auto bytes = write_ota_image(example());
    bytes[at] = value;
    return read_ota_image(bytes, ImageKind::Signed).error();
  };
  EXPECT_EQ(with(0, 0x1F).code, ErrorCode::BadTag);
  EXPECT_EQ(with(5, 0x02).code, ErrorCode::Unsupported);
  EXPECT_EQ(with(6, 0x38).code, ErrorCode::BadLength);
  EXPECT_EQ(with(8, 0x00).code, ErrorCode::Unsupported);
  EXPECT_EQ(with(52, 0xE3).code, ErrorCode::BadLength);
  EXPECT_EQ(with(57, 0x12).code, ErrorCode::BadValue);
  EXPECT_EQ(with(161, 0x3F).code, ErrorCode::BadValue);
}

}  // namespace
}  // namespace meterway::gbcs
