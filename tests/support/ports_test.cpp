#include "tests/support/ports.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

namespace meterway::tests {
namespace {

TEST(PortBlock, IsNobodyElsesWhileItIsHeld) {
  const PortBlock mine, another;
  EXPECT_GE(std::abs(mine[0] - another[0]), PortBlock::kPorts);
  EXPECT_THROW(mine[PortBlock::kPorts], std::out_of_range);
  // Of another process too, even one whose number leads it to the same block first.
  const pid_t child = ::fork();
  if (child == 0) {
    const PortBlock theirs;
    ::_exit(theirs[0] == mine[0] || theirs[0] == another[0] ? 1 : 0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(PortBlock, IsFreeAgainAfterwards) {
  for (int more_than_there_are = 0; more_than_there_are < 2000; ++more_than_there_are) EXPECT_NO_THROW(PortBlock());
}

}  // namespace
}  // namespace meterway::tests
