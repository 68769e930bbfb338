#include "field/sim/control.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace meterway::field {
namespace {

namespace fs = std::filesystem;

fs::path socket_path() {
  return fs::temp_directory_path() / ("meterway_control_" + std::to_string(::getpid()) + ".socket");
}

TEST(Control, AnswersALineAtATimeToWhoeverMayOpenTheSocket) {
  const auto server = ControlServer::open(socket_path(), [](const std::string& line) { return "<" + line + ">"; });
  ASSERT_TRUE(server) << describe(server.error());
  EXPECT_EQ(fs::status(socket_path()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(ask_control(socket_path(), "stats").value(), "<stats>");
  EXPECT_EQ(ask_control(socket_path(), "outage hubs=5").value(), "<outage hubs=5>");
}

TEST(Control, SaysWhenNobodyListens) {
  EXPECT_EQ(ask_control(socket_path(), "stats").error().code, ErrorCode::NotFound);
  {
    ASSERT_TRUE(ControlServer::open(socket_path(), [](const std::string&) { return "x"; }));
  }
  EXPECT_FALSE(fs::exists(socket_path()));
  EXPECT_EQ(ask_control(fs::path("/tmp") / std::string(200, 'x'), "stats").error().code, ErrorCode::TooLarge);
}

}  // namespace
}  // namespace meterway::field
