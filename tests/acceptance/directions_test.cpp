// Signed directions (seed A49) by the moment: keys, directions and releases, each from its first until its last.
#include "oversight/devices/directions.h"

#include "base/util/base64.h"
#include "records/registry/lifecycle.h"
#include "tests/acceptance/gatekeeper.h"

namespace meterway::acceptance {
namespace {

using devices::DirectionText;

constexpr auto kHour = std::chrono::hours(1);

/// Two meters that are blocked, and an authority whose key holds from an hour ago until in an hour.
class Directions : public Gatekeeper {
 public:
  Directions() {
    for (const auto one : {kFirst, kSecond}) {
      device(one, {});
      EXPECT_EQ(create("blocked_device", {{"device", {one.plain()}}, {"cause", {"no certificate"}}}), "");
    }
    EXPECT_EQ(key_from_until(key_, clock.now() - kHour, clock.now() + kHour), "");
  }
  static constexpr Eui64 kFirst{0x00DB0000000000A1}, kSecond{0x00DB0000000000A2};

  DirectionText text(const char* number = "PMA 1") const {
    return {"SMKI PMA", number, "release", clock.now() - kHour, clock.now() + kHour, {kFirst}};
  }
  std::string key_from_until(const crypto::PrivateKey& key, UtcTime from, UtcTime until) {
    Bytes spki{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
               0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
    append(spki, key.public_key().point());
    return create("authority_key", {{"authority", {"SMKI PMA"}},
                                    {"key", {to_base64(spki)}},
                                    {"from", {to_iso8601(from, 0)}},
                                    {"until", {to_iso8601(until, 0)}}});
  }
  /// "" when it is taken, else why not.
  std::string take(const DirectionText& direction) { return take(direction, key_); }
  std::string take(const DirectionText& direction, const crypto::PrivateKey& key) {
    const auto document = devices::write_direction_text(direction);
    return take(document, to_base64(*key.sign(bytes_of(document))));
  }
  std::string take(const std::string& document, const std::string& signature) {
    return create("signed_direction", {{"document", {document}}, {"signature", {signature}}});
  }
  std::string sign(const std::string& document) { return to_base64(*key_.sign(bytes_of(document))); }
  std::string execute(const std::string& direction, Eui64 device = kFirst) {
    return act("signed_direction", direction, "execute", {{"devices", {device.plain()}}});
  }
  std::string act(const char* kind, const std::string& reference, const char* action, ledger::Fields fields) {
    ledger::Draft draft;
    draft.fields = std::move(fields);
    return words(ledger().act(registry::operator_person(), kind, reference, {}, action, draft));
  }
  bool is_blocked(Eui64 device) {
    return read<bool>([&](const auto& view) { return registry::is_blocked(view, device); });
  }
  std::size_t count(const char* kind) {
    const auto found = ledger().reader(registry::operator_person()).list({kind});
    return found ? found->records.size() : 0;
  }

 private:
  static ByteView bytes_of(const std::string& document) {
    return {reinterpret_cast<const std::uint8_t*>(document.data()), document.size()};
  }
  static std::string words(const Result<ledger::Record, ledger::Problem>& done) {
    if (done) return {};
    auto why = done.error().detail;
    for (const auto& field : done.error().fields) why += "; " + field.field + ": " + field.detail;
    return why;
  }
  std::string create(const char* kind, ledger::Fields fields) {
    ledger::Draft draft;
    draft.fields = std::move(fields);
    return words(ledger().create(registry::operator_person(), kind, draft));
  }

  const crypto::PrivateKey key_ = crypto::PrivateKey::generate().value();
};

bool says(const std::string& why, std::string_view words) { return why.find(words) != std::string::npos; }

TEST(acceptance, A49KeysHoldFromTheirFirstUntilTheirLast) {
  Directions world;
  const auto next = crypto::PrivateKey::generate().value();
  const auto now = world.clock.now();
  EXPECT_EQ(world.key_from_until(next, now + kHour, now + kHour * 2), "");
  EXPECT_TRUE(says(world.take(world.text("PMA 1"), next), "fits no key")) << "it does not hold yet";
  EXPECT_EQ(world.take(world.text("PMA 2")), "");
  world.clock.set(now + kHour - std::chrono::microseconds(1));
  EXPECT_EQ(world.take(world.text("PMA 3")), "");
  world.clock.set(now + kHour);
  EXPECT_TRUE(says(world.take(world.text("PMA 4")), "fits no key")) << "it has expired";
  EXPECT_EQ(world.take(world.text("PMA 5"), next), "");
  EXPECT_EQ(world.count("signed_direction"), 3u);
  // A clock that is set back: by the moment that it shows.
  world.clock.set(now);
  EXPECT_TRUE(says(world.take(world.text("PMA 6"), next), "fits no key"));
}

TEST(acceptance, A49NothingBeforeItsFirstMomentNorFromItsLast) {
  Directions world;
  const auto now = world.clock.now();
  auto later = world.text();
  later.from = now + kHour;
  later.until = now + kHour * 2;
  ASSERT_EQ(world.take(later), "") << "announced";
  EXPECT_TRUE(says(world.execute("PMD0001"), "is in force from " + to_iso8601(later.from, 0)));
  EXPECT_TRUE(says(world.act("blocked_device", "BD0000001", "release", {{"direction", {"PMD0001"}}}), "in force from"));
  world.clock.set(later.from - std::chrono::microseconds(1));
  EXPECT_TRUE(says(world.execute("PMD0001"), "in force from"));
  world.clock.set(later.until);
  EXPECT_TRUE(says(world.execute("PMD0001"), "has expired at " + to_iso8601(later.until, 0)));
  EXPECT_TRUE(says(world.act("blocked_device", "BD0000001", "release", {{"direction", {"PMD0001"}}}), "has expired"));
  EXPECT_TRUE(world.is_blocked(Directions::kFirst));
  world.clock.set(later.from);
  EXPECT_EQ(world.execute("PMD0001"), "") << "from its first moment";
  EXPECT_FALSE(world.is_blocked(Directions::kFirst));
  EXPECT_TRUE(world.is_blocked(Directions::kSecond));
  // What has ended before it comes is not taken.
  world.clock.set(now + kHour * 3);
  auto old = world.text("PMA 2");
  old.until = world.clock.now();
  EXPECT_NE(world.take(old), "");
  EXPECT_EQ(world.count("signed_direction"), 1u);
}

TEST(acceptance, A49AClockSetBackLetsNothingGoTwiceAndNothingThatIsNotInForce) {
  Directions world;
  const auto now = world.clock.now();
  auto both = world.text();
  both.scope = {Directions::kFirst, Directions::kSecond};
  ASSERT_EQ(world.take(both), "");
  ASSERT_EQ(world.execute("PMD0001"), "");
  EXPECT_FALSE(world.is_blocked(Directions::kFirst));
  world.clock.set(now - kHour * 48);
  EXPECT_FALSE(world.is_blocked(Directions::kFirst)) << "what was let go is not blocked again";
  EXPECT_TRUE(says(world.execute("PMD0001", Directions::kSecond), "in force from"));
  EXPECT_TRUE(says(world.act("blocked_device", "BD0000002", "release", {{"direction", {"PMD0001"}}}), "in force from"));
  EXPECT_TRUE(world.is_blocked(Directions::kSecond));
  EXPECT_TRUE(says(world.take(world.text("PMA 2")), "fits no key")) << "nor is its key in use";
  world.clock.set(now);
  EXPECT_NE(world.execute("PMD0001"), "") << "once for each of its devices";
  EXPECT_NE(world.take(both), "") << "its number was used";
  EXPECT_EQ(world.execute("PMD0001", Directions::kSecond), "");
  EXPECT_EQ(world.count("signed_direction"), 1u);
}

TEST(acceptance, A49AWithdrawnDirectionLetsNothingGo) {
  Directions world;
  ASSERT_EQ(world.take(world.text()), "");
  EXPECT_NE(world.act("signed_direction", "PMD0001", "withdraw", {}), "") << "without a reason";
  EXPECT_EQ(world.act("signed_direction", "PMD0001", "withdraw", {{"why", {"the remedy has failed"}}}), "");
  EXPECT_NE(world.execute("PMD0001"), "");
  EXPECT_TRUE(
      says(world.act("blocked_device", "BD0000001", "release", {{"direction", {"PMD0001"}}}), "PMD0001 is withdrawn"));
  EXPECT_TRUE(world.is_blocked(Directions::kFirst));
}

TEST(acceptance, A49ASignatureIsForItsDocumentAlone) {
  Directions world;
  const auto document = devices::write_direction_text(world.text());
  const auto signature = world.sign(document);
  auto longer = world.text();
  longer.until += kHour;
  auto wider = world.text();
  wider.scope.push_back(Directions::kSecond);
  for (const auto& other : {longer, wider})
    EXPECT_TRUE(says(world.take(devices::write_direction_text(other), signature), "fits no key"));
  for (std::size_t at = 0; at < document.size(); at += 7) {
    auto broken = document;
    broken[at] = static_cast<char>(broken[at] ^ 1);
    EXPECT_NE(world.take(broken, signature), "") << at;
  }
  EXPECT_EQ(world.count("signed_direction"), 0u);
  EXPECT_EQ(world.take(document, signature), "");
}

}  // namespace
}  // namespace meterway::acceptance
