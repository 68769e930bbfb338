#include <fmt/format.h>

#include "base/util/base64.h"
#include "standard/pki/certificate.h"
#include "standard/pki/key_store.h"
#include "tests/end_to_end/node.h"

// An inventory of ten thousand: taken over, there after a restart, and no slower to ask than one of ten.
// `meterway bench registry` does the same with a million.
namespace meterway::end_to_end {
namespace {

constexpr std::size_t kDevices = 10'000;
constexpr std::uint64_t kFirst = 0x00DA000000000000;  // all before those of the node's own home

std::string certificate_of(const Node& node, const std::string& name) {
  const auto text = slurp(fs::path(node.data()) / "platform" / "certificates" / (name + ".pem"));
  const auto read = pki::parse_certificate({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  EXPECT_TRUE(read) << name;
  return read ? to_base64(read->der) : std::string();
}

/// Meters behind hubs, two to a home; the last line is the electricity meter of the node's own home, with what the
/// table now says of it.
void write_table(const Node& node, const fs::path& file) {
  std::ofstream out(file);
  out << "eui\ttype\tstate\thub\tUPRN\tImportMPxN\tresponsible\tsigning\tagreement\n";
  for (std::size_t i = 0; i + 1 < kDevices; ++i) {
    const auto hub = Eui64(kFirst + i / 2 * 2).plain();
    out << fmt::format("{}\t{}\tCommissioned\t{}\t{}\t{}\tIS:{}\t\t\n", Eui64(kFirst + i).plain(),
                       i % 2 == 0 ? "CHF" : "ESME", hub, 100'000'000'000 + i / 2,
                       i % 2 == 0 ? std::string() : std::to_string(1'300'000'000'000 + i), kSupplier);
  }
  out << fmt::format("{}\tESME\tCommissioned\t{}\t100099999999\t1399999999999\tIS:{}\t{}\t{}\n", kEsme, kHub, kSupplier,
                     certificate_of(node, std::string(kEsme) + "-ds"),
                     certificate_of(node, std::string(kEsme) + "-ka"));
}

TEST(LargeInventory, IsTakenOverInSecondsAndAskedAboutItsLastDeviceAfterARestart) {
  Node node;
  node.start_platform();
  const auto table = node.root() / "devices.tsv";
  write_table(node, table);
  const auto seconds_since = [](auto began) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  };
  auto began = std::chrono::steady_clock::now();
  const auto said = node.run({"device", "import", "--data", node.data(), "--batch", "1000", table.string()});
  EXPECT_EQ(said.status, 0) << said.out;
  EXPECT_TRUE(has(said.out, "9999 devices added, 1 changed, 0 certificates")) << said.out;
  EXPECT_LT(seconds_since(began), 30) << "a million take a hundred times as long";
  node.stop_platform();

  began = std::chrono::steady_clock::now();
  node.start_platform();
  EXPECT_LT(seconds_since(began), 5);
  node.start_estate();
  const auto show = node.run({"device", "show", "--data", node.data(), Eui64(kFirst + kDevices - 2).plain()});
  EXPECT_TRUE(has(show.out, "1300000009998") || has(show.out, "100000004999")) << show.out;
  const auto answer = node.send({"7.4", "--to", kEsme});
  EXPECT_EQ(answer.status, 0) << answer.out;
  const auto inventory = node.send({"8.2", "--to", kEsme});
  EXPECT_TRUE(has(inventory.out, "1399999999999")) << inventory.out;
}

}  // namespace
}  // namespace meterway::end_to_end
