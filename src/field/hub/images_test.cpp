#include "field/hub/images.h"

#include <gtest/gtest.h>

#include "base/crypto/digest.h"

namespace meterway::field {
namespace {

Bytes example(std::uint8_t seed, std::size_t size = 250) {
  Bytes out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i * 7 + seed);
  return out;
}

wire::LinkImageBlock block(const Bytes& image, std::uint32_t offset, std::size_t size) {
  const auto part = ByteView(image).subspan(offset, std::min(size, image.size() - offset));
  return {1, crypto::sha256(image), static_cast<std::uint32_t>(image.size()), offset, Bytes(part.begin(), part.end())};
}

TEST(Images, AreWholeWhenEveryBlockHasComeInWhateverOrderAndHoweverOften) {
  Images images;
  const auto image = example(1);
  for (const std::uint32_t offset : {200u, 0u, 0u, 100u, 200u}) images.take(block(image, offset, 50));
  EXPECT_EQ(images.whole(crypto::sha256(image)), nullptr);
  images.take(block(image, 150, 50));
  EXPECT_EQ(images.whole(crypto::sha256(image)), nullptr);
  images.take(block(image, 40, 70));
  ASSERT_NE(images.whole(crypto::sha256(image)), nullptr);
  EXPECT_EQ(*images.whole(crypto::sha256(image)), image);
}

TEST(Images, ThatAreNotWhatTheirHashSaysAreForgotten) {
  Images images;
  const auto image = example(1);
  auto spoilt = block(image, 0, 250);
  spoilt.bytes[9] ^= 1;
  images.take(spoilt);
  EXPECT_EQ(images.whole(spoilt.image), nullptr);
  images.take(block(image, 0, 250));
  EXPECT_NE(images.whole(spoilt.image), nullptr);
}

TEST(Images, TheLongestUntouchedGivesWay) {
  Images images;
  for (std::uint8_t seed = 0; seed <= Images::kMost; ++seed) images.take(block(example(seed), 0, 250));
  EXPECT_EQ(images.whole(crypto::sha256(example(0))), nullptr);
  EXPECT_NE(images.whole(crypto::sha256(example(1))), nullptr);
  EXPECT_NE(images.whole(crypto::sha256(example(Images::kMost))), nullptr);
}

}  // namespace
}  // namespace meterway::field
