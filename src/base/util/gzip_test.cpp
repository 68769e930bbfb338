#include "base/util/gzip.h"

#include <gtest/gtest.h>

namespace meterway {
namespace {

std::string text(std::size_t size) {
  std::string out;
  for (std::size_t i = 0; out.size() < size; ++i) out += "<sr:Value>" + std::to_string(i * 7919) + "</sr:Value>";
  out.resize(size);
  return out;
}

TEST(Gzip, GivesBackWhatWasPacked) {
  for (const std::size_t size : {0, 1, 100, 65536, 65537, 300000}) {
    const auto packed = gzip(text(size));
    ASSERT_TRUE(packed) << size;
    const auto plain = gunzip(*packed, size);
    ASSERT_TRUE(plain) << size << ": " << describe(plain.error());
    EXPECT_EQ(*plain, text(size));
  }
  EXPECT_LT(gzip(text(300000))->size(), 100000u);
}

TEST(Gzip, RefusesEveryTruncation) {
  const auto packed = *gzip(text(1000));
  for (std::size_t size = 0; size < packed.size(); ++size)
    EXPECT_FALSE(gunzip(std::string_view(packed).substr(0, size), 1000)) << size;
}

TEST(Gzip, RefusesAChangedByteAndABytePast) {
  const auto packed = *gzip(text(1000));
  auto changed = packed;
  changed[changed.size() - 5] ^= 1;  // in the check sum
  EXPECT_EQ(gunzip(changed, 1000).error().code, ErrorCode::BadValue);
  EXPECT_EQ(gunzip(packed + "x", 1000).error().code, ErrorCode::TrailingBytes);
  EXPECT_EQ(gunzip("not gzip at all", 1000).error().code, ErrorCode::BadValue);
}

TEST(Gzip, StopsWhereMoreComesOutThanIsAllowed) {
  const auto packed = *gzip(std::string(50u << 20, 'a'));
  EXPECT_EQ(gunzip(packed, 1u << 20).error().code, ErrorCode::TooLarge);
  EXPECT_EQ(gunzip(*gzip(text(1001)), 1000).error().code, ErrorCode::TooLarge);
}

}  // namespace
}  // namespace meterway
