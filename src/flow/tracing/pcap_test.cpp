#include "flow/tracing/pcap.h"

#include <gtest/gtest.h>

#include "base/util/hex.h"

namespace meterway::flow::tracing {
namespace {

std::string hex_of(std::string_view text) {
  return to_hex(ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

TEST(Pcap, IsAHeaderAndADatagramAMessageWithItsTimeAndAddresses) {
  const Bytes message{0xDF, 0x09, 0x01};
  const Packet packet{*from_iso8601("2026-06-01T00:00:01.000250Z"), Eui64(0x90B3D51F30010000),
                      Eui64(0x00DB1234567890A0), message};
  const auto file = write_pcap({packet});
  ASSERT_EQ(file.size(), 24u + 16 + 40 + 8 + 3);
  EXPECT_EQ(hex_of(file.substr(0, 24)), "d4c3b2a1020004000000000000000000ffff000065000000");
  EXPECT_EQ(hex_of(file.substr(24, 16)), "81cb1c6afa0000003300000033000000");
  const auto ip = hex_of(file.substr(40, 40));
  EXPECT_EQ(ip.substr(0, 16), "60000000000b1140") << "version 6, 11 bytes of UDP, 64 hops";
  EXPECT_EQ(ip.substr(16), "fd0067626373000190b3d51f30010000fd0067626373000100db1234567890a0");
  EXPECT_EQ(hex_of(file.substr(80, 6)), "0fdb0fdb000b") << "port 4059 to 4059";
  EXPECT_EQ(hex_of(file.substr(88)), "df0901");
}

/// As a receiver does it: the sum over pseudo header and datagram is all ones.
TEST(Pcap, TheChecksumIsRightForEvenAndOddLengths) {
  for (std::size_t size = 0; size < 40; ++size) {
    const Bytes message(size, static_cast<std::uint8_t>(size * 37 + 1));
    const auto file = write_pcap({{UtcTime{}, Eui64(1), Eui64(2), message}});
    const auto ip = file.substr(40);
    std::uint32_t sum = static_cast<std::uint32_t>(8 + size) + 17;
    const auto covered = ip.substr(8, 32) + ip.substr(40);
    for (std::size_t i = 0; i < covered.size(); ++i)
      sum += static_cast<std::uint32_t>(static_cast<std::uint8_t>(covered[i])) << (i % 2 == 0 ? 8 : 0);
    while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
    EXPECT_EQ(sum, 0xFFFFu) << size;
  }
}

TEST(Pcap, WhatFitsNoDatagramIsLeftOut) {
  const Bytes large(kMostPacketBytes + 1, 0), most(kMostPacketBytes, 0);
  EXPECT_EQ(write_pcap({{UtcTime{}, Eui64(1), Eui64(2), large}}).size(), 24u);
  EXPECT_EQ(write_pcap({{UtcTime{}, Eui64(1), Eui64(2), most}}).size(), 24u + 16 + 48 + kMostPacketBytes);
}

TEST(Pcap, AnAddressIsMadeOfAnEui64) {
  EXPECT_EQ(address_of(Eui64(0x90B3D51F30010000)), "fd00:6762:6373:1:90b3:d51f:3001:0000");
}

}  // namespace
}  // namespace meterway::flow::tracing
