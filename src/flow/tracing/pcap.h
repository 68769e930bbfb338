#pragma once
#include <string>
#include <vector>

#include "base/util/clock.h"
#include "standard/ids/ids.h"

/// GBCS messages as a capture of packets, which Wireshark opens: nothing of it went over a network like this.
///
/// Wire: a pcap file (little-endian, microseconds, link type 101: raw IP). Each message is one UDP datagram from port
/// 4059 to port 4059 over IPv6, with its time; the address of a party or device is fd00:6762:6373:1: and its EUI-64
/// ("gbcs" in ASCII, within the addresses that nobody on the internet has). The UDP checksum is right.
namespace meterway::flow::tracing {

struct Packet {
  UtcTime at{};
  Eui64 from, to;
  ByteView message;
};

inline constexpr std::size_t kMostPacketBytes = 65'000;  ///< of a message; a longer one does not fit a datagram

/// Packets whose message is longer than kMostPacketBytes are left out.
std::string write_pcap(const std::vector<Packet>& packets);

/// "fd00:6762:6373:1:90b3:d51f:3001:0000".
std::string address_of(Eui64 eui);

}  // namespace meterway::flow::tracing
