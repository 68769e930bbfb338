#include "base/util/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace meterway {
namespace {

TEST(File, ReadsBackWhatWasWrittenWithItsPermission) {
  const auto path = std::filesystem::path(testing::TempDir()) / "meterway_file_test";
  ASSERT_TRUE(write_text_file(path, "secret", 0600));
  EXPECT_EQ(read_text_file(path).value(), "secret");
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  std::filesystem::remove(path);
}

TEST(File, SaysWhetherItIsMissingOrTooLarge) {
  EXPECT_EQ(read_file("/nonexistent/file").error().code, ErrorCode::NotFound);
  const auto path = std::filesystem::path(testing::TempDir()) / "meterway_file_limit_test";
  ASSERT_TRUE(write_text_file(path, "12345"));
  EXPECT_EQ(read_file(path, 4).error().code, ErrorCode::TooLarge);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace meterway
