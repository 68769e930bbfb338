#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "base/util/hex.h"
#include "standard/gbcs/decoded.h"
#include "standard/gbcs/document.h"
#include "standard/mmc/mmc.h"
#include "tests/conformance/reference_messages.h"
#include "tests/support/reference.h"
#include "tests/support/sanitized.h"

/// Reference messages that were cut or changed on the way: whoever tests a system hands such to `decode`. All places
/// with METERWAY_EXHAUSTIVE=1, otherwise a part that is another one for each message.
namespace meterway::tests {
namespace {

std::size_t stride() { return std::getenv("METERWAY_EXHAUSTIVE") != nullptr ? 1 : kSanitized ? 1999 : 199; }

/// All three faces of what may be a message. Empty when they keep their word: whatever reads has a document that gives
/// the same octets back, a text, and an MMC document or a reason why not.
std::string broken_word(const Bytes& bytes) {
  const auto message = gbcs::read_message(bytes);
  const auto json = gbcs::to_json(bytes, nullptr);
  const auto text = gbcs::to_text(bytes, nullptr);
  const auto mapped = mmc::to_mmc(bytes, {});
  if (message.has_value() != json.has_value() || message.has_value() != text.has_value()) return "faces disagree";
  if (!message) return mapped ? "MMC of what is no message" : "";
  if (mapped && message->header.kind == gbcs::Kind::Command) return "MMC of a command";
  const auto back = gbcs::from_json(*json);
  return back && *back == bytes ? "" : "another message comes back";
}

TEST(ChangedOctets, AMessageCutAnywhereIsRefusedOrShownAsWhatIsLeft) {
  METERWAY_NEEDS_REFERENCE();
  std::size_t turn = 0, refused = 0, read = 0;
  for (const auto& one : reference_messages()) {
    const Bytes& whole = one.bytes;
    for (std::size_t size = turn++ % stride(); size < whole.size(); size += stride()) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_EQ(broken_word(cut), "") << one.name << " at " << size;
      ++(gbcs::read_message(cut) ? read : refused);
    }
  }
  std::cout << refused << " cut messages refused, " << read << " read\n";
  EXPECT_GT(refused, read);
}

TEST(ChangedOctets, AMessageWithOneOctetChangedIsRefusedOrShownAsItIs) {
  METERWAY_NEEDS_REFERENCE();
  std::size_t turn = 0, refused = 0, read = 0;
  for (const auto& one : reference_messages()) {
    for (std::size_t at = turn++ % stride(); at < one.bytes.size(); at += stride()) {
      for (const std::uint8_t change : {0x01, 0x80, 0xFF}) {
        Bytes changed = one.bytes;
        changed[at] ^= change;
        EXPECT_EQ(broken_word(changed), "") << one.name << " at " << at << " by " << int{change};
        ++(gbcs::read_message(changed) ? read : refused);
      }
    }
  }
  std::cout << refused << " changed messages refused, " << read << " read\n";
  EXPECT_GT(refused, 0u);
  EXPECT_GT(read, 0u);
}

}  // namespace
}  // namespace meterway::tests
