#include "standard/gbcs/credentials.h"

#include <gtest/gtest.h>

#include "base/util/hex.h"

namespace meterway::gbcs {
namespace {

Bytes hex(const std::string& text) { return from_hex(text).value(); }

const std::string kHolder = "040890b3d51f30020000", kNewKey = "04084238d306b6f725a2", kOldKey = "040848cf97fa9f827fb5";

TEST(CredentialsReport, DetailsNameHolderAndKeyOfEachCellAndLeaveOutRolesThatHaveNone) {
  const auto cell =
      "3018"
      "03020780" +
      kHolder + kOldKey;
  const auto role =
      "3025"
      "020103"
      "0a0100"
      "02014d"
      "301a" +
      cell;
  const auto none =
      "3006"
      "020102"
      "0a0119";
  const auto cells = read_credentials_details(hex("302f" + role + none)).value();
  ASSERT_EQ(cells.size(), 1u);
  EXPECT_EQ(cells[0].role, PartyRole::NetworkOperator);
  EXPECT_EQ(cells[0].use, pki::KeyUse::DigitalSignature);
  EXPECT_EQ(cells[0].holder, Eui64(0x90B3D51F30020000));
  EXPECT_EQ(to_hex(cells[0].key_id), "48cf97fa9f827fb5");
}

TEST(CredentialsReport, AnOutcomeSaysWhatIsInTheCellsAfterwards) {
  const auto good =
      "3034"
      "3007020103"
      "03020780"
      "0a0100" +
      kHolder + kOldKey + kHolder + kNewKey;
  const auto failed =
      "3034"
      "3007020103"
      "03020308"
      "0a010a" +
      kHolder + kOldKey + kHolder + kOldKey;
  // SEQ{ NULL, SEQ{ counter, mode, SEQ OF role, SEQ OF cell } }
  const auto cells_list = "306c" + good + failed;
  const auto inner = std::string("020101") + "020103" + "3000" + cells_list;
  const auto whole = "3076" + inner;
  const auto cells = read_replacement_outcome(hex("307a"
                                                  "0500" +
                                                  whole))
                         .value();
  ASSERT_EQ(cells.size(), 2u);
  EXPECT_TRUE(cells[0].replaced);
  EXPECT_EQ(to_hex(cells[0].key_id), "4238d306b6f725a2");
  EXPECT_FALSE(cells[1].replaced);
  EXPECT_EQ(cells[1].use, pki::KeyUse::KeyAgreement);
}

TEST(CredentialsReport, ADatedCommandThatWasAcceptedSaysNothingYet) {
  EXPECT_TRUE(read_replacement_outcome(hex("30020500")).value().empty());
}

TEST(CredentialsReport, WhatHasAnotherShapeIsRefused) {
  for (const auto* text : {"", "30", "0500", "3000", "300405000500", "3005020103020101", "30090607020103020101"}) {
    const auto bytes = hex(text);
    EXPECT_FALSE(read_replacement_outcome(bytes)) << text;
  }
  EXPECT_FALSE(read_credentials_details(hex("3005300302010300")));
}

}  // namespace
}  // namespace meterway::gbcs
