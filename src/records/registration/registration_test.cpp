#include "records/registration/registration.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "records/registration/loads.h"

namespace meterway::registration {
namespace {

UtcTime at(const char* text) { return *from_iso8601(text); }
MarketParticipant who(const char* id) { return *MarketParticipant::parse(id); }
const Mpxn kPoint = *Mpxn::parse("1200023305967"), kOther = *Mpxn::parse("2000050773706");
constexpr std::uint8_t kRdp = 0, kCss = 2;

Operation starts(UserRole role, const char* id, const char* from, std::uint8_t source = kRdp) {
  Operation out{Operation::Kind::Start};
  out.entry = {role, source, at(from), *id == '\0' ? MarketParticipant() : who(id), 0};
  return out;
}
Operation of(Operation::Kind kind, UserRole role, const char* from, std::uint8_t source = kRdp) {
  Operation out{kind};
  out.entry = {role, source, at(from), {}, 0};
  return out;
}
std::string has(const Point& point, const char* moment, UserRole role = UserRole::IS) {
  const auto* entry = point.at(role, at(moment));
  return entry == nullptr ? "-" : entry->who.text();
}

TEST(RegisteredPoint, AMomentDecidesFromItsFirstMicrosecond) {
  Point point{kPoint, {}, {}};
  apply(point,
        {starts(UserRole::IS, "OLD", "2020-01-01T00:00:00Z"), starts(UserRole::IS, "NEW", "2026-06-30T23:00:00Z")}, 1,
        nullptr);
  EXPECT_EQ(has(point, "2019-12-31T23:59:59.999999Z"), "-");
  EXPECT_EQ(has(point, "2026-06-30T22:59:59.999999Z"), "OLD");
  EXPECT_EQ(has(point, "2026-06-30T23:00:00Z"), "NEW");
  EXPECT_EQ(has(point, "2026-06-30T23:00:00Z", UserRole::ES), "-");
  EXPECT_FALSE(point.knows(UserRole::ES));
}

TEST(RegisteredPoint, TheOrderInWhichThingsAreLearnedDoesNotMatter) {
  const std::vector<Operation> all = {starts(UserRole::IS, "A", "2020-01-01T00:00:00Z"),
                                      starts(UserRole::IS, "B", "2021-01-01T00:00:00Z"),
                                      starts(UserRole::IS, "C", "2022-01-01T00:00:00Z")};
  std::vector<std::size_t> order = {0, 1, 2};
  do {
    Point point{kPoint, {}, {}};
    for (const auto i : order) apply(point, {all[i]}, static_cast<std::uint32_t>(i + 1), nullptr);
    EXPECT_EQ(has(point, "2020-06-01T00:00:00Z"), "A");
    EXPECT_EQ(has(point, "2021-06-01T00:00:00Z"), "B");
    EXPECT_EQ(has(point, "2022-06-01T00:00:00Z"), "C");
    const auto spans = point.spans(UserRole::IS);
    ASSERT_EQ(spans.size(), 3u);
    EXPECT_EQ(spans[1].until, at("2022-01-01T00:00:00Z"));
    EXPECT_FALSE(spans[2].until);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(RegisteredPoint, AnEndGivesWayToWhoeverBeginsThen) {
  Point point{kPoint, {}, {}};
  apply(point,
        {starts(UserRole::IS, "A", "2020-01-01T00:00:00Z"),
         of(Operation::Kind::End, UserRole::IS, "2021-01-01T00:00:00Z")},
        1, nullptr);
  EXPECT_EQ(has(point, "2021-01-01T00:00:00Z"), "") << "known to be nobody's";
  apply(point, {starts(UserRole::IS, "B", "2021-01-01T00:00:00Z")}, 2, nullptr);
  EXPECT_EQ(has(point, "2021-01-01T00:00:00Z"), "B");
  apply(point, {of(Operation::Kind::End, UserRole::IS, "2021-01-01T00:00:00Z")}, 3, nullptr);
  EXPECT_EQ(has(point, "2021-01-01T00:00:00Z"), "B");
  apply(point, {of(Operation::Kind::Cancel, UserRole::IS, "2021-01-01T00:00:00Z")}, 4, nullptr);
  EXPECT_EQ(has(point, "2021-01-01T00:00:00Z"), "A") << "the switch was withdrawn";
}

TEST(RegisteredPoint, OfTwoSourcesThatSpeakOfOneMomentPrecedenceDecidesAndBothStay) {
  for (const bool css_first : {true, false}) {
    Point point{kPoint, {}, {}};
    const auto rdp = starts(UserRole::IS, "RDP", "2026-01-01T00:00:00Z"),
               css = starts(UserRole::IS, "CSS", "2026-01-01T00:00:00Z", kCss);
    apply(point, {css_first ? css : rdp}, 1, nullptr);
    apply(point, {css_first ? rdp : css}, 2, nullptr);
    EXPECT_EQ(has(point, "2026-01-01T00:00:00Z"), "CSS");
    EXPECT_EQ(point.entries.size(), 2u);
    Operation clear{Operation::Kind::Clear};
    clear.entry.source = kRdp;
    apply(point, {clear}, 3, nullptr);
    EXPECT_EQ(point.entries.size(), 1u) << "a refresh of one source leaves the other's";
    EXPECT_EQ(has(point, "2026-01-01T00:00:00Z"), "CSS");
  }
}

TEST(RegisteredPoint, WhatIsTakenAwayIsKeptAsItsPastAndWhatIsSaidAgainIsNot) {
  Point point{kPoint, {}, {}};
  std::vector<Was> was;
  apply(point,
        {starts(UserRole::IS, "A", "2020-01-01T00:00:00Z"), starts(UserRole::ED, "LOND", "2015-01-01T00:00:00Z")}, 1,
        &was);
  EXPECT_TRUE(was.empty());
  Operation clear{Operation::Kind::Clear};
  apply(
      point,
      {clear, starts(UserRole::IS, "B", "2020-01-01T00:00:00Z"), starts(UserRole::ED, "LOND", "2015-01-01T00:00:00Z")},
      7, &was);
  ASSERT_EQ(was.size(), 1u);
  EXPECT_EQ(was[0].entry.who.text(), "A");
  EXPECT_EQ(was[0].entry.load, 1u);
  EXPECT_EQ(was[0].by, 7u);
  EXPECT_EQ(point.at(UserRole::ED, at("2026-01-01T00:00:00Z"))->load, 1u) << "said again: known since the first";
}

TEST(RegisteredPoint, MoreThanASourceMaySayNeverTakesAwayWhoHasTheRoleNowNorWhatAnotherSays) {
  const auto now = at("2026-06-01T00:00:00Z");
  Point point{kPoint, {}, {}};
  apply(point,
        {starts(UserRole::IS, "PAST", "2019-01-01T00:00:00Z"), starts(UserRole::IS, "NOW", "2020-01-01T00:00:00Z"),
         starts(UserRole::ED, "LOND", "2015-01-01T00:00:00Z"),
         starts(UserRole::IS, "CSSN", "2027-01-01T00:00:00Z", kCss)},
        1, nullptr, now);
  std::vector<Operation> flood;
  for (int i = 0; i < 200; ++i) {
    flood.push_back(starts(UserRole::IS, "MANY", "2028-01-01T00:00:00Z"));
    flood.back().entry.from += std::chrono::hours(24 * i);
  }
  std::vector<Was> was;
  for (std::uint32_t load = 2; load < 4; ++load) {
    apply(point, flood, load, &was, now);
    for (auto& one : flood) one.entry.from += std::chrono::hours(1);
  }
  EXPECT_EQ(has(point, "2026-06-01T00:00:00Z"), "NOW");
  EXPECT_EQ(has(point, "2026-06-01T00:00:00Z", UserRole::ED), "LOND");
  EXPECT_EQ(has(point, "2027-06-01T00:00:00Z"), "CSSN");
  EXPECT_EQ(has(point, "2028-01-01T00:00:00Z"), "MANY") << "what comes next is kept before what is far ahead";
  EXPECT_EQ(point.entries.size(), kMostOfSource + 1);
  EXPECT_EQ(std::count_if(was.begin(), was.end(), [](const Was& one) { return one.entry.who.text() == "PAST"; }), 1);
  EXPECT_EQ(read_point(kPoint, write_point(point))->entries.size(), point.entries.size());
}

TEST(RegisteredPoint, ReadsAsItWasWrittenAndRefusesEveryTruncationInsideAnEntry) {
  Point point{kPoint, {}, {{{Detail::ProfileClass, 0}, "1"}, {{Detail::MeterOperator, kCss}, "MOPX"}}};
  apply(point,
        {starts(UserRole::IS, "A", "2020-01-01T00:00:00Z"), starts(UserRole::ES, "EXPT", "2105-01-01T00:00:00Z", kCss)},
        9, nullptr);
  const auto row = write_point(point);
  EXPECT_EQ(*read_point(kPoint, row), point);
  EXPECT_LE(write_point({kPoint, point.entries, {}}).size(), 2u + 2 * 13);
  for (std::size_t size = 0; size < 28; ++size) EXPECT_FALSE(read_point(kPoint, row.substr(0, size))) << size;
  std::string operations;
  const auto start = starts(UserRole::GS, "GAS", "2020-01-01T00:00:00Z");
  append_operation(operations, start);
  for (std::size_t size = 1; size < operations.size(); ++size)
    EXPECT_FALSE(read_operations(operations.substr(0, size))) << size;
  EXPECT_EQ(read_operations(operations)->front().entry.who.text(), "GAS");
}

TEST(PlainAddress, IsWhatTwoWritersOfOneAddressHaveInCommon) {
  EXPECT_EQ(plain_address(" Flat 2,  14 "), "FLAT 2 14");
  EXPECT_EQ(plain_address("St. John's"), "ST JOHNS");
  EXPECT_EQ(*plain_post_code("sw1a 1aa"), "SW1A1AA");
  for (const auto* wrong : {"", "SW1", "SW1A 1AAA", "SW1A-1AA"}) EXPECT_FALSE(plain_post_code(wrong)) << wrong;
}

class RegistrationStore : public ::testing::Test {
 protected:
  RegistrationStore() {
    auto pattern = (std::filesystem::temp_directory_path() / "meterway_reg_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store_ = *store::open_sqlite((folder_ / "store.db").string());
    write([](store::WriteView& view) {
      return put_sender(view, {"RDP1", "Network", kRdp, {}, 1, 1, Route::File, "", false});
    });
  }
  ~RegistrationStore() override { std::filesystem::remove_all(folder_); }
  void write(const std::function<Status(store::WriteView&)>& work) {
    const auto done = store_->write(work);
    EXPECT_TRUE(done) << describe(done.error());
  }
  template <class Value>
  Value read(const std::function<Result<Value>(const store::ReadView&)>& work) {
    std::optional<Value> out;
    const auto done = store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(out, work(view));
      return {};
    });
    EXPECT_TRUE(done) << describe(done.error());
    return std::move(*out);
  }
  std::uint32_t staged(LoadKind kind, Mpxn mpxn, const std::vector<Operation>& operations) {
    std::uint32_t number = 0;
    write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(number, next_load_number(view));
      METERWAY_TRY(const bool fits, stage(view, number, kind, kRdp, mpxn, operations));
      EXPECT_TRUE(fits);
      return {};
    });
    return number;
  }
  Load load(std::uint32_t number, std::uint64_t sequence) {
    Load out;
    out.sender = "RDP1";
    out.sequence = sequence;
    out.number = number;
    out.name = "file";
    return out;
  }
  std::string supplier(const char* moment, Mpxn mpxn = kPoint) {
    return read<MarketParticipant>([&](const auto& view) { return registrant(view, mpxn, UserRole::IS, at(moment)); })
        .text();
  }

  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
};

Operation address_of(const char* post_code, const char* identifier) {
  Address address;
  address.post_code = post_code;
  address.identifier = identifier;
  Operation out{Operation::Kind::SetAddress};
  out.text = std::string(1, static_cast<char>(kRdp)) + write_address(address);
  return out;
}

TEST_F(RegistrationStore, ALoadIsNothingUntilItIsOnAndTheSameBeforeAndAfterItIsBroughtIn) {
  const auto number = staged(LoadKind::Update, kPoint,
                             {starts(UserRole::IS, "A", "2020-01-01T00:00:00Z"), address_of("SW1A 1AA", "10")});
  EXPECT_EQ(supplier("2026-01-01T00:00:00Z"), "");
  write([&](store::WriteView& view) { return turn_on(view, load(number, 1)); });
  const auto addresses = [&] {
    return read<std::vector<Address>>([&](const auto& view) { return addresses_of(view, kPoint, Date()); });
  };
  const auto matches = [&] {
    return read<std::vector<AddressMatch>>(
        [&](const auto& view) { return match_address(view, "sw1a1aa", "10", std::nullopt, Date()); });
  };
  for (const bool brought_in : {false, true}) {
    if (brought_in) {
      ASSERT_TRUE(bring_in(*store_, 1));
    }
    ASSERT_EQ(matches().size(), 1u);
    EXPECT_EQ(matches()[0].points, std::vector<Mpxn>{kPoint});
    EXPECT_EQ(supplier("2026-01-01T00:00:00Z"), "A");
    ASSERT_EQ(addresses().size(), 1u);
    EXPECT_EQ(addresses()[0].identifier, "10");
    EXPECT_EQ(addresses()[0].load, number);
  }
  EXPECT_EQ(read<std::optional<Load>>([&](const auto& view) { return load_of_number(view, number); })->sequence, 1u);
}

TEST_F(RegistrationStore, ASearchByAddressSeesALoadWholeWhileItIsBroughtIn) {
  const auto at_house = [&](const char* post_code) {
    const auto found = read<std::vector<AddressMatch>>(
        [&](const auto& view) { return match_address(view, post_code, "10", std::nullopt, Date()); });
    return found.empty() ? std::vector<Mpxn>() : found[0].points;
  };
  const auto first = staged(LoadKind::Update, kPoint, {address_of("SW1A 1AA", "10")});
  write([&](store::WriteView& view) { return turn_on(view, load(first, 1)); });
  ASSERT_TRUE(bring_in(*store_, 1));
  std::uint32_t number = 0;
  write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(number, next_load_number(view));
    for (const auto point : {kPoint, kOther}) {
      METERWAY_TRY(const bool fits,
                   stage(view, number, LoadKind::Refresh, kRdp, point, {address_of("EC1A 1BB", "10")}));
      EXPECT_TRUE(fits);
    }
    return {};
  });
  EXPECT_EQ(at_house("SW1A1AA"), std::vector<Mpxn>{kPoint}) << "not on yet";
  write([&](store::WriteView& view) { return turn_on(view, load(number, 2)); });
  const std::vector<Mpxn> both = {kPoint, kOther};
  for (const bool brought_in : {false, true}) {
    if (brought_in) {
      ASSERT_TRUE(bring_in(*store_, 1));
    }
    EXPECT_EQ(at_house("EC1A1BB"), both) << "two properties are never one";
    EXPECT_TRUE(at_house("SW1A1AA").empty()) << "it has moved";
  }
  EXPECT_TRUE(read<std::vector<store::Row>>([&](const auto& view) {
                return view.scan("registration-staged-postcode", "", "", 10);
              }).empty());
}

TEST_F(RegistrationStore, OneLoadSaysOnlySoMuchOfOnePointAndWhatIsTakenBackIsAsIfItHadNotCome) {
  std::uint32_t number = 0;
  write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(number, next_load_number(view));
    for (std::size_t i = 0; i < kMostOperations + 5; ++i) {
      METERWAY_TRY(const bool fits, stage(view, number, LoadKind::Update, kRdp, kPoint,
                                          {starts(UserRole::IS, "A", "2020-01-01T00:00:00Z")}));
      EXPECT_EQ(fits, i < kMostOperations) << i;
    }
    METERWAY_TRY(const bool fits, stage(view, number, LoadKind::Update, kRdp, kOther, {address_of("SW1A 1AA", "10")}));
    EXPECT_TRUE(fits) << "another point";
    return unstage(view, number, kOther);
  });
  for (const auto* table : {"registration-staged", "registration-staged-postcode"}) {
    const auto rows = read<std::vector<store::Row>>([&](const auto& view) { return view.scan(table, "", "", 10); });
    EXPECT_EQ(rows.size(), std::string_view(table) == "registration-staged" ? 1u : 0u);
  }
}

TEST_F(RegistrationStore, ALoadComesInItsTurnAlone) {
  const auto number = staged(LoadKind::Update, kPoint, {starts(UserRole::IS, "A", "2020-01-01T00:00:00Z")});
  for (const auto wrong : {0u, 2u})
    EXPECT_FALSE(store_->write([&](store::WriteView& view) { return turn_on(view, load(number, wrong)); })) << wrong;
  EXPECT_EQ(supplier("2026-01-01T00:00:00Z"), "");
}

TEST_F(RegistrationStore, WhatWasNeverTurnedOnIsRemoved) {
  (void)staged(LoadKind::Update, kPoint, {starts(UserRole::IS, "A", "2020-01-01T00:00:00Z")});
  write([&](store::WriteView& view) { return put_outcome(view, 1, {3, true, "1", "point", "none"}); });
  ASSERT_TRUE(bring_in(*store_, 10));
  EXPECT_TRUE(read<std::vector<Outcome>>([&](const auto& view) { return outcomes_of(view, 1, 0, 10); }).empty());
  EXPECT_TRUE(read<std::vector<store::Row>>([&](const auto& view) {
                return view.scan("registration-staged", "", "", 10);
              }).empty());
}

TEST_F(RegistrationStore, ARefreshReplacesThePointsThatItListsAndNoOther) {
  std::uint32_t number = 0;
  write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(number, next_load_number(view));
    for (const auto& [point, begins] :
         std::map<Mpxn, std::vector<Operation>>{{kOther, {starts(UserRole::IS, "C", "2020-01-01T00:00:00Z")}},
                                                {kPoint,
                                                 {starts(UserRole::IS, "A", "2020-01-01T00:00:00Z"),
                                                  starts(UserRole::IS, "B", "2022-01-01T00:00:00Z")}}}) {
      METERWAY_TRY(const bool fits, stage(view, number, LoadKind::Update, kRdp, point, begins));
      EXPECT_TRUE(fits);
    }
    return {};
  });
  write([&](store::WriteView& view) { return turn_on(view, load(number, 1)); });
  ASSERT_TRUE(bring_in(*store_, 1));
  const auto second = staged(LoadKind::Refresh, kPoint, {starts(UserRole::IS, "A", "2020-01-01T00:00:00Z")});
  write([&](store::WriteView& view) { return turn_on(view, load(second, 2)); });
  EXPECT_EQ(supplier("2026-01-01T00:00:00Z"), "A");
  ASSERT_TRUE(bring_in(*store_, 1));
  EXPECT_EQ(supplier("2026-01-01T00:00:00Z"), "A");
  EXPECT_EQ(supplier("2026-01-01T00:00:00Z", kOther), "C");
  const auto past = read<std::vector<Was>>([&](const auto& view) { return past_of(view, kPoint); });
  ASSERT_EQ(past.size(), 1u);
  EXPECT_EQ(past[0].entry.who.text(), "B");
  EXPECT_EQ(past[0].by, second);
}

TEST_F(RegistrationStore, TheNetworkOperatorIsTheRegisteredOneAndTheListedOneWhereNothingIsRegistered) {
  constexpr Eui64 kOne(1), kTwo(2), kRegistered(3);
  const char* switched = "2021-01-01T00:00:00Z";
  registry::User user{kRegistered, "network", {UserRole::ED}, registry::UserState::Live, ""};
  user.participants = {{UserRole::ED, who("DIST")}};
  write([&](store::WriteView& view) { return registry::put_user(view, user); });
  registry::Device device;
  device.details = {{"ImportMPxN", kPoint.text()}};
  device.responsible = {{UserRole::ED, kOne, {}, at(switched)}, {UserRole::ED, kTwo, at(switched), {}}};
  const auto operators = [&](const char* moment) {
    return read<std::vector<Eui64>>([&](const auto& view) { return network_operators(view, device, at(moment)); });
  };
  EXPECT_EQ(operators("2020-12-31T23:59:59.999999Z"), std::vector<Eui64>{kOne});
  EXPECT_EQ(operators(switched), std::vector<Eui64>{kTwo});
  const auto number = staged(LoadKind::Update, kPoint, {starts(UserRole::ED, "DIST", "2020-01-01T00:00:00Z")});
  write([&](store::WriteView& view) { return turn_on(view, load(number, 1)); });
  EXPECT_EQ(operators(switched), std::vector<Eui64>{kRegistered});
}

TEST_F(RegistrationStore, ADeviceIsHeldByWhoIsRegisteredAtItsPoints) {
  const auto number = staged(LoadKind::Update, kPoint, {starts(UserRole::IS, "A", "2020-01-01T00:00:00Z")});
  write([&](store::WriteView& view) { return turn_on(view, load(number, 1)); });
  registry::Device device;
  device.details = {{"ImportMPxN", kPoint.text()}, {"ExportMPAN", kOther.text()}};
  const auto holders = [&](const char* moment) {
    return read<std::vector<Holder>>([&](const auto& view) { return holders_of(view, device, at(moment)); });
  };
  ASSERT_EQ(holders("2026-01-01T00:00:00Z").size(), 2u) << "nothing is known of its export";
  EXPECT_FALSE(holders("2026-01-01T00:00:00Z")[1].said) << "nothing is said of its network operator";
  EXPECT_EQ(holders("2026-01-01T00:00:00Z")[0].who.text(), "A");
  EXPECT_TRUE(holders("2019-01-01T00:00:00Z")[0].who.empty());
  registry::User user{Eui64(7), "supplier", {UserRole::IS}, registry::UserState::Live, ""};
  user.participants = {{UserRole::IS, who("A")}};
  write([&](store::WriteView& view) { return registry::put_user(view, user); });
  const auto users = [&](UserRole role, MarketParticipant participant) {
    return read<std::vector<Eui64>>([&](const auto& view) { return users_of(view, role, participant); });
  };
  EXPECT_EQ(users(UserRole::IS, who("A")), std::vector<Eui64>{Eui64(7)});
  EXPECT_TRUE(users(UserRole::ES, who("A")).empty());
  EXPECT_TRUE(users(UserRole::IS, {}).empty());
  device.details = {{"ImportMPxN", "1000000000001"}};
  EXPECT_TRUE(holders("2026-01-01T00:00:00Z").empty()) << "no metering point: its check digit is wrong";
  EXPECT_TRUE(names_unreadable_point(device)) << "and so nobody's: see decide()";
  device.details = {{"ImportMPxN", kPoint.text()}};
  EXPECT_FALSE(names_unreadable_point(device));
}

TEST(SenderJson, ReadsWhatItWrites) {
  const Sender sender{"RDP1", "Network", kCss, {"10", "12"}, 7, 3, Route::Message, "pem", true};
  EXPECT_EQ(*read_sender(to_json(sender), "RDP1"), sender);
  EXPECT_EQ(read_sender(R"({"party":"X"})", "RDP1").error(), "source: missing");
  EXPECT_EQ(read_sender(R"({"party":"X","source":"css","next":0})", "RDP1").error(), "next: expected a number from 1");
  EXPECT_EQ(read_sender(R"({"party":"X","source":"nobody"})", "RDP1").error(),
            "source: expected a source of spec/registration_sources.tsv");
  for (const auto* id : {"", "../x", "rdp", "ABCDEFGHIJK"}) EXPECT_FALSE(is_sender_id(id)) << id;
}

}  // namespace
}  // namespace meterway::registration
