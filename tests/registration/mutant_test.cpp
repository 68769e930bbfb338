// What the fuzz target asks of every input, of its seeds with some bytes changed: in every build, in a second.
#include <gtest/gtest.h>

#include <fstream>

#include "base/util/random.h"
#include "fuzz/registration_fuzz.cpp"

namespace meterway::registration {
namespace {

TEST(Mutants, OfEverySeedKeepTheInvariantsOfTheFuzzTarget) {
  const auto folder = std::filesystem::path(METERWAY_SOURCE_DIR) / "fuzz/seeds/registration";
  SeededRandom random(1);
  std::size_t seeds = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(file.path(), std::ios::binary);
    const std::string seed((std::istreambuf_iterator<char>(in)), {});
    ASSERT_TRUE(look(TextContent(seed)).good) << file.path();
    ++seeds;
    for (int round = 0; round < 20000; ++round) {
      auto text = seed;
      for (auto changes = 1 + random.next_u64() % 3; changes > 0 && !text.empty(); --changes) {
        const auto at = random.next_u64() % text.size();
        const auto kind = random.next_u64() % 4;
        constexpr std::string_view kLikely = "|\",\r\n09AZ{}:-";
        const char byte = random.next_u64() % 2 == 0 ? kLikely[random.next_u64() % kLikely.size()]
                                                     : static_cast<char>(random.next_u64() & 0xFF);
        if (kind == 0) text.erase(at, 1 + random.next_u64() % 8);
        if (kind == 1) text.insert(at, 1, byte);
        if (kind >= 2) text[at] = byte;
      }
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    }
  }
  EXPECT_EQ(seeds, 3u);
}

}  // namespace
}  // namespace meterway::registration
