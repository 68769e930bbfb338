#include "records/access/leave.h"

#include <gtest/gtest.h>

namespace meterway::access {
namespace {

duis::Element leaf(const char* name, const char* text) {
  duis::Element out;
  out.name = name;
  out.text = text;
  return out;
}

duis::Element body(const char* floor, const char* certificate) {
  duis::Element out;
  out.name = "UpdateSecurityCredentialsKRP";
  out.children = {leaf("RemotePartyRole", "NetworkOperator"), leaf("RemotePartyFloorSeqNumber", floor),
                  leaf("Certificate", certificate)};
  return out;
}

TEST(Leave, IsForOneBodyHoweverItIsBroken) {
  registry::Correction leave;
  EXPECT_TRUE(is_prepared(body("5", "AAAA"), leave)) << "of an earlier node, which kept no body";
  leave.body = body_digest(body("7", "AAAABBBB"));
  EXPECT_TRUE(is_prepared(body("7", "AAAABBBB"), leave));
  EXPECT_TRUE(is_prepared(body("7", "AAAA\n  BBBB"), leave));
  EXPECT_FALSE(is_prepared(body("5", "AAAABBBB"), leave));
  EXPECT_FALSE(is_prepared(body("7", "AAAABBBC"), leave));
  auto more = body("7", "AAAABBBB");
  more.children.push_back(leaf("ExecutionDateTime", "2026-12-01T00:00:00Z"));
  EXPECT_FALSE(is_prepared(more, leave));
  auto other_order = body("7", "AAAABBBB");
  std::swap(other_order.children[0], other_order.children[1]);
  EXPECT_FALSE(is_prepared(other_order, leave));
}

}  // namespace
}  // namespace meterway::access
