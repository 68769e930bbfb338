#include "flow/transform/integers.h"

#include <gtest/gtest.h>

namespace meterway::flow::transform {
namespace {

TEST(Integers, EveryFormOfXmlSchemaMeansItsNumber) {
  EXPECT_EQ(read_integer("6"), 6);
  EXPECT_EQ(read_integer("+6"), 6);
  EXPECT_EQ(read_integer("006"), 6);
  EXPECT_EQ(read_integer("-32768"), -32768);
  EXPECT_EQ(read_integer("-0"), 0);
  EXPECT_EQ(read_integer("9223372036854775807"), INT64_MAX);
}

TEST(Integers, WhatIsNoNumberMeansNone) {
  for (const auto* text : {"", "+", "-", "+-6", "6 ", "6.0", "0x6", "9223372036854775808"}) {
    EXPECT_FALSE(read_integer(text)) << text;
  }
}

TEST(Integers, NumbersAreTheSameByTheirValueAndNamesByTheirLetters) {
  EXPECT_TRUE(same_value("1", "01"));
  EXPECT_TRUE(same_value("winter", "winter"));
  EXPECT_FALSE(same_value("1", "2"));
  EXPECT_FALSE(same_value("winter", "Winter"));
}

}  // namespace
}  // namespace meterway::flow::transform
