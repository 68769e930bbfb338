#include "flow/tracing/pcap.h"

#include <array>

#include "base/util/hex.h"
#include "base/wire/writer.h"

namespace meterway::flow::tracing {
namespace {

constexpr std::uint16_t kPort = 4059;
constexpr std::uint8_t kUdp = 17, kHops = 64;
constexpr std::size_t kUdpHeader = 8;
constexpr std::array<std::uint8_t, 8> kPrefix = {0xFD, 0x00, 0x67, 0x62, 0x63, 0x73, 0x00, 0x01};

void put_little(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(value >> shift & 0xFF);
}
void put_little(std::string& out, std::uint16_t value) {
  out += static_cast<char>(value & 0xFF);
  out += static_cast<char>(value >> 8);
}

void put_address(wire::Writer& out, Eui64 eui) { out.bytes(kPrefix).u64(eui.value()); }

/// Of the pseudo header and the datagram (RFC 8200, 8.1; RFC 768): ones' complement, and never 0.
std::uint16_t checksum_of(ByteView bytes) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += static_cast<std::uint64_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  const auto out = static_cast<std::uint16_t>(~sum);
  return out == 0 ? std::uint16_t{0xFFFF} : out;
}

void put_udp(wire::Writer& out, const Packet& packet, std::uint16_t checksum) {
  const auto size = static_cast<std::uint16_t>(kUdpHeader + packet.message.size());
  out.u16(kPort).u16(kPort).u16(size).u16(checksum).bytes(packet.message);
}

Bytes datagram_of(const Packet& packet) {
  const auto size = static_cast<std::uint16_t>(kUdpHeader + packet.message.size());
  wire::Writer pseudo;
  put_address(pseudo, packet.from);
  put_address(pseudo, packet.to);
  pseudo.u32(size).u32(kUdp);
  put_udp(pseudo, packet, 0);
  wire::Writer out;
  out.u32(0x60000000).u16(size).u8(kUdp).u8(kHops);
  put_address(out, packet.from);
  put_address(out, packet.to);
  put_udp(out, packet, checksum_of(pseudo.view()));
  return {out.view().begin(), out.view().end()};
}

}  // namespace

std::string address_of(Eui64 eui) {
  wire::Writer out;
  put_address(out, eui);
  const auto digits = to_hex(out.view());
  std::string text = "fd00:6762:6373:1";
  for (std::size_t at = 16; at < digits.size(); at += 4) text += ":" + digits.substr(at, 4);
  return text;
}

std::string write_pcap(const std::vector<Packet>& packets) {
  std::string out;
  put_little(out, std::uint32_t{0xA1B2C3D4});
  put_little(out, std::uint16_t{2});
  put_little(out, std::uint16_t{4});
  put_little(out, std::uint32_t{0});  // time zone
  put_little(out, std::uint32_t{0});  // accuracy
  put_little(out, std::uint32_t{65'535});
  put_little(out, std::uint32_t{101});
  for (const auto& packet : packets) {
    if (packet.message.size() > kMostPacketBytes) continue;
    const auto bytes = datagram_of(packet);
    const auto micros = packet.at.time_since_epoch().count();
    put_little(out, static_cast<std::uint32_t>(micros / 1'000'000));
    put_little(out, static_cast<std::uint32_t>(micros % 1'000'000));
    put_little(out, static_cast<std::uint32_t>(bytes.size()));
    put_little(out, static_cast<std::uint32_t>(bytes.size()));
    out.append(bytes.begin(), bytes.end());
  }
  return out;
}

}  // namespace meterway::flow::tracing
