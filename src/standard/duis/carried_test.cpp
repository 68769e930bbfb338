#include "standard/duis/carried.h"

#include <gtest/gtest.h>

namespace meterway::duis {
namespace {

TEST(Carried, EveryMessageOfADocumentIsFoundWithTheServiceBeforeIt) {
  const auto found = carried_messages(
      "<r:Response xmlns:r=\"urn:x\"><r:ServiceReferenceVariant>4.8.1</r:ServiceReferenceVariant>"
      "<r:GBCSPayload>\n3wkB\n</r:GBCSPayload><r:PreCommand><r:GBCSPayload>3wkC</r:GBCSPayload></r:PreCommand>"
      "</r:Response>");
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ(found->at(0).message, (Bytes{0xDF, 0x09, 0x01}));
  EXPECT_EQ(found->at(0).service, "4.8.1");
  EXPECT_EQ(found->at(1).message, (Bytes{0xDF, 0x09, 0x02}));
}

TEST(Carried, AnAlertHasNoService) {
  const auto found = carried_messages("<a><GBCSPayload>3wkB</GBCSPayload></a>");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->at(0).service, "");
}

TEST(Carried, WhatCarriesNothingOrIsNoDocumentIsRefused) {
  EXPECT_EQ(carried_messages("<a><b/></a>").error().code, ErrorCode::NotFound);
  EXPECT_EQ(carried_messages("<a><b></a>").error().code, ErrorCode::BadXml);
  EXPECT_EQ(carried_messages("<a><GBCSPayload>3w?B</GBCSPayload></a>").error().code, ErrorCode::BadBase64);
}

}  // namespace
}  // namespace meterway::duis
