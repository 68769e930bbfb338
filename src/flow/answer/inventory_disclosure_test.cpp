// 8.2 cannot disclose: for pairs of estates that differ only in what the User may not be told of, drawn from seeds,
// every search has the same answer and the same reads and writes.
#include <algorithm>
#include <map>

#include "flow/answer/inventory.h"
#include "flow/answer/inventory_search.h"
#include "records/anomaly/book.h"
#include "records/registration/loads.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::answer {
namespace {

using tests::kOtherSupplier;
using tests::kSupplier;
const auto kUs = *MarketParticipant::parse("US"), kThem = *MarketParticipant::parse("THEM");

/// What was asked of the store: how many times, by operation and table.
using Operations = std::map<std::string, std::size_t>;

class Counted : public store::WriteView {
 public:
  Counted(const store::ReadView& read, store::WriteView* write, Operations& seen)
      : read_(read), write_(write), seen_(seen) {}
  Result<std::optional<std::string>> get(std::string_view table, std::string_view key) const override {
    note("get", table);
    return read_.get(table, key);
  }
  Result<std::vector<store::Row>> scan(std::string_view table, std::string_view from, std::string_view to,
                                       std::size_t limit) const override {
    note("scan", table);
    return read_.scan(table, from, to, limit);
  }
  Status put(std::string_view table, std::string_view key, std::string_view value) override {
    note("put", table);
    return write_->put(table, key, value);
  }
  Status erase(std::string_view table, std::string_view key) override {
    note("erase", table);
    return write_->erase(table, key);
  }
  Status append(std::string_view table, std::string_view key, std::string_view value) override {
    note("append", table);
    return write_->append(table, key, value);
  }

 private:
  void note(const char* what, std::string_view table) const { ++seen_[what + (" " + std::string(table))]; }
  const store::ReadView& read_;
  store::WriteView* write_;
  Operations& seen_;
};

class Watched : public store::Store {
 public:
  explicit Watched(store::Store& store) : store_(store) {}
  Status read(const std::function<Status(const store::ReadView&)>& work) const override {
    return store_.read([&](const store::ReadView& view) { return work(Counted(view, nullptr, seen)); });
  }
  Status write(const std::function<Status(store::WriteView&)>& work) override {
    return store_.write([&](store::WriteView& view) {
      Counted counted(view, &view, seen);
      return work(counted);
    });
  }
  Status backup(const std::string& path) const override { return store_.backup(path); }
  mutable Operations seen;

 private:
  store::Store& store_;
};

struct Draw {
  SeededRandom random;
  explicit Draw(std::uint64_t seed) : random(seed) {}
  std::size_t below(std::size_t limit) { return random.next_u64() % limit; }
  bool one_in(std::size_t n) { return below(n) == 0; }
};

constexpr const char* kPostCodes[] = {"AB1 2CD", "AB12CD", "ab1 2cd", "AB1 2CE"};
constexpr const char* kHouses[] = {"12", "12 High Street", "Flat 2, 12", "THE ELMS", "the elms", "12A"};

/// A home as it lies in the store: devices, and what registration data say of its points.
struct Home {
  std::vector<registry::Device> devices;
  std::vector<std::pair<Mpxn, registration::Operation>> said;
};

/// `ours`: the User may be told of it, by registration data or by the devices' own lists.
Home home(std::uint64_t number, bool ours, Draw& draw) {
  Home out;
  const Eui64 hub(0x00DB000000000000 + number * 16);
  const auto mpxn = Mpxn::mpan(130000000000 + number);
  const std::string post_code = kPostCodes[draw.below(std::size(kPostCodes))];
  const std::string house = kHouses[draw.below(std::size(kHouses))];
  const bool registered = draw.one_in(2), has_hub = !draw.one_in(5);
  const DeviceType types[] = {DeviceType::ESME, DeviceType::CHF, DeviceType::GPF, DeviceType::PPMID};
  for (std::size_t i = 0; i < (has_hub ? 1 + draw.below(4) : 1); ++i) {
    registry::Device device;
    device.eui = Eui64(hub.value() + i);
    device.type = types[i];
    device.state = registry::DeviceState::Commissioned;
    if (has_hub) device.hub = hub;
    device.details["UPRN"] = std::to_string(1000 + draw.below(6));
    if (i == 0) device.details["ImportMPxN"] = mpxn.text();
    if (!registered || draw.one_in(2)) {
      device.details["PostCode"] = kPostCodes[draw.below(std::size(kPostCodes))];
      device.details["AddressIdentifier"] = kHouses[draw.below(std::size(kHouses))];
    }
    device.responsible = {{UserRole::IS, ours && !registered ? kSupplier : kOtherSupplier, {}, {}}};
    out.devices.push_back(std::move(device));
  }
  if (!registered) return out;
  registration::Operation start;
  start.kind = registration::Operation::Kind::Start;
  start.entry.role = UserRole::IS;
  start.entry.source = 1;
  start.entry.from = *from_iso8601(draw.one_in(3) ? "2027-01-01T00:00:00Z" : "2020-01-01T00:00:00Z");
  start.entry.who = ours ? kUs : kThem;
  out.said.emplace_back(mpxn, start);
  for (std::uint8_t source = 1; source <= 2; ++source) {
    if (draw.one_in(3)) continue;
    registration::Address address;
    address.source = source;
    address.post_code = source == 1 ? post_code : kPostCodes[draw.below(std::size(kPostCodes))];
    address.identifier = source == 1 ? house : kHouses[draw.below(std::size(kHouses))];
    registration::Operation told;
    told.kind = registration::Operation::Kind::SetAddress;
    told.text = static_cast<char>(source) + registration::write_address(address);
    out.said.emplace_back(mpxn, told);
  }
  return out;
}

struct Answer {
  std::string text;  ///< of the whole answer, or why there is none
  Operations operations;
};

std::string written(const duis::Element& element) {
  std::string out = element.name + "(" + element.text;
  for (const auto& child : element.children) out += written(child);
  return out + ")";
}

class Disclosure : public tests::FlowBench {
 protected:
  Disclosure() {
    user_ = {kSupplier, "supplier", {UserRole::IS}, registry::UserState::Live, ""};
    user_.participants = {{UserRole::IS, kUs}};
  }
  void put(const Home& home) {
    write([&](store::WriteView& view) -> Status {
      for (const auto& device : home.devices) METERWAY_CHECK(registry::put_device(view, device));
      std::map<Mpxn, std::vector<registration::Operation>> said;
      for (const auto& [mpxn, operation] : home.said) said[mpxn].push_back(operation);
      for (const auto& [mpxn, operations] : said) {
        METERWAY_TRY(const auto load, registration::next_load_number(view));
        registration::Point point{mpxn, {}, {}};
        registration::apply(point, operations, load, nullptr);
        METERWAY_CHECK(view.put("registration", mpxn.key(), registration::write_point(point)));
        for (const auto& one : operations) {
          if (one.kind != registration::Operation::Kind::SetAddress) continue;
          METERWAY_TRY(auto address, registration::read_address(std::string_view(one.text).substr(1)));
          address.source = static_cast<std::uint8_t>(one.text[0]);
          METERWAY_CHECK(registration::put_address(view, mpxn, address.source, address));
        }
      }
      return {};
    });
  }
  void remove(const Home& home) {
    write([&](store::WriteView& view) -> Status {
      for (const auto& device : home.devices) METERWAY_CHECK(registry::erase_device(view, device.eui));
      for (const auto& [mpxn, operation] : home.said) {
        METERWAY_CHECK(view.erase("registration", mpxn.key()));
        for (std::uint8_t source = 1; source <= 2; ++source)
          METERWAY_CHECK(registration::put_address(view, mpxn, source, std::nullopt));
      }
      return {};
    });
  }
  Answer ask(const duis::Element& query) {
    Watched watched(context().store);
    const auto& with = context();
    const Context here{watched,    with.certificates, with.keys,     with.signer,  with.broker,
                       with.clock, with.random,       with.executor, with.network, with.settings};
    AuthorisedRequest request;
    request.service = duis::find_service("8.2");
    request.user = user_;
    request.verified.request.id = {kSupplier, tests::kBroker, {++counter_}};
    request.verified.request.body = query;
    const auto answered = read_inventory(std::move(request), here);
    Answer out;
    out.text = !answered           ? std::string(name(answered.error().why)) + ": " + answered.error().detail
               : answered->content ? written(*answered->content)
                                   : "nothing";
    out.operations = std::move(watched.seen);
    return out;
  }

  registry::User user_;
  std::uint64_t counter_ = 0;
};

duis::Element by(const std::string& name, const std::string& text) {
  return {"ReadInventory", "", {}, {{name, text, {}, {}}}};
}
duis::Element by_address(const std::string& post_code, const std::string& house) {
  return {"ReadInventory",
          "",
          {},
          {{"PropertyFilter", "", {}, {{"PostCode", post_code, {}, {}}, {"AddressIdentifier", house, {}, {}}}}}};
}

/// Of everything that is, of what is not, and of every address.
std::vector<duis::Element> queries(const std::vector<Home>& all, Draw& draw) {
  std::vector<duis::Element> out = {by("DeviceID", "00-DB-FF-FF-FF-FF-FF-FF"), by("MPxN", "1399999999999"),
                                    by("UPRN", "999"), by_address("ZZ9 9ZZ", "1")};
  for (const auto& home : all) {
    if (!draw.one_in(3)) continue;
    out.push_back(by("DeviceID", home.devices.front().eui.dashed_upper()));
    out.push_back(by("MPxN", std::string(home.devices.front().detail("ImportMPxN"))));
  }
  out.push_back(by("UPRN", std::to_string(1000 + draw.below(6))));
  for (int i = 0; i < 6; ++i)
    out.push_back(by_address(kPostCodes[draw.below(std::size(kPostCodes))], kHouses[draw.below(std::size(kHouses))]));
  return out;
}

TEST_F(Disclosure, OfEstatesThatDifferInWhatTheUserMayNotSeeAnswersAndOperationsAreTheSame) {
  settings.rules = {};
  ASSERT_TRUE(settings.rules.set("inventory.search.limit", "1000000"));
  ASSERT_TRUE(settings.rules.set("inventory.search.misses", "1000000"));
  ask(by("UPRN", "1"));  // the salt and the first row of the count are there
  std::size_t found = 0, empty = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Draw draw(seed);
    std::vector<Home> ours, one, other;
    for (std::uint64_t i = 0, count = draw.below(6); i < count; ++i) ours.push_back(home(seed * 1000 + i, true, draw));
    for (std::uint64_t i = 0, count = draw.below(10); i < count; ++i)
      one.push_back(home(seed * 1000 + 100 + i, false, draw));
    for (std::uint64_t i = 0, count = draw.below(10); i < count; ++i)
      other.push_back(home(seed * 1000 + 100 + i * 2, false, draw));
    std::vector<Home> all = ours;
    for (const auto* some : {&one, &other}) all.insert(all.end(), some->begin(), some->end());
    const auto asked = queries(all, draw);
    std::vector<std::vector<Answer>> answers;
    for (const auto* theirs : {&one, &other}) {
      for (const auto& each : ours) put(each);
      for (const auto& each : *theirs) put(each);
      auto& of = answers.emplace_back();
      for (const auto& query : asked) of.push_back(ask(query));
      for (const auto* some : {static_cast<const std::vector<Home>*>(&ours), theirs})
        for (const auto& each : *some) remove(each);
    }
    for (std::size_t i = 0; i < asked.size(); ++i) {
      EXPECT_EQ(answers[0][i].text, answers[1][i].text) << "seed " << seed << " " << written(asked[i]);
      EXPECT_EQ(answers[0][i].operations, answers[1][i].operations) << "seed " << seed << " " << written(asked[i]);
      ++(answers[0][i].text.find("DeviceType") != std::string::npos ? found : empty);
    }
  }
  EXPECT_GT(found, 100u);
  EXPECT_GT(empty, 100u);
}

TEST_F(Disclosure, TheHomeOfAnotherIsToldLikeOneThatIsNotThere) {
  Draw draw(5);
  auto theirs = home(7, false, draw);
  put(theirs);
  const auto& device = theirs.devices.front();
  const auto none = ask(by("DeviceID", "00-DB-FF-FF-FF-FF-FF-FF"));
  EXPECT_EQ(ask(by("DeviceID", device.eui.dashed_upper())).text, none.text);
  EXPECT_EQ(ask(by("MPxN", std::string(device.detail("ImportMPxN")))).text, "nothing");
  EXPECT_EQ(ask(by("UPRN", std::string(device.detail("UPRN")))).text, "nothing");
}

TEST_F(Disclosure, AtAnAddressWithManyOthersTheReadsAreWholeRoundsAndTheAnswerTheSame) {
  const auto at = by_address("AB1 2CD", "12");
  ask(at);
  const auto alone = ask(at);
  std::vector<Home> theirs;
  const auto put_up_to = [&](std::uint64_t count) {
    for (std::uint64_t n = theirs.size(); n < count; ++n) {
      registry::Device device;
      device.eui = Eui64(0x00DB000000000000 + n);
      device.type = DeviceType::ESME;
      device.details = {{"PostCode", "AB1 2CD"}, {"AddressIdentifier", n % 2 == 0 ? "12" : "14"}};
      device.responsible = {{UserRole::IS, kOtherSupplier, {}, {}}};
      theirs.push_back({{device}, {}});
      put(theirs.back());
    }
    return ask(at);
  };
  for (const std::uint64_t count : {1u, 100u, 513u, 1200u}) {
    const auto among = put_up_to(count);
    EXPECT_EQ(among.text, alone.text) << count;
    EXPECT_EQ(among.operations, alone.operations) << count << ": one round is enough";
  }
  const auto crowded = put_up_to(1400);
  EXPECT_EQ(crowded.text, alone.text);
  auto rounds = alone.operations;
  rounds["get device"] += 1280;
  EXPECT_EQ(crowded.operations, rounds) << "the limit that inventory_search.h names";
}

/// Two hundred registered properties of five devices each, by two sources, at the post code of the User's own home.
TEST_F(Disclosure, AFullPostCodeIsReadLikeAnEmptyOne) {
  Home mine;
  const auto point = [&](Home& home, std::uint64_t number, const std::string& house, const MarketParticipant& who) {
    const auto mpxn = Mpxn::mpan(130000000000 + number);
    registration::Operation start;
    start.kind = registration::Operation::Kind::Start;
    start.entry.role = UserRole::IS;
    start.entry.source = 1;
    start.entry.from = *from_iso8601("2020-01-01T00:00:00Z");
    start.entry.who = who;
    home.said.emplace_back(mpxn, start);
    for (std::uint8_t source = 1; source <= 2; ++source) {
      registration::Address address;
      address.source = source;
      address.post_code = "AB1 2CD";
      address.identifier = house;
      registration::Operation told;
      told.kind = registration::Operation::Kind::SetAddress;
      told.text = static_cast<char>(source) + registration::write_address(address);
      home.said.emplace_back(mpxn, told);
    }
    for (std::uint64_t i = 0; i < 5; ++i) {
      registry::Device device;
      device.eui = Eui64(0x00DB000000000000 + number * 16 + i);
      device.type = i == 0 ? DeviceType::ESME : DeviceType::PPMID;
      device.hub = Eui64(0x00DB000000000000 + number * 16);
      device.details = {{"PostCode", "AB1 2CD"}, {"AddressIdentifier", house}};
      if (i == 0) device.details["ImportMPxN"] = mpxn.text();
      home.devices.push_back(std::move(device));
    }
  };
  point(mine, 9'999, "12", kUs);
  put(mine);
  const auto at = by_address("AB1 2CD", "12"), nowhere = by_address("AB1 2CD", "999");
  ask(at);
  const auto own = ask(at), none = ask(nowhere);
  ASSERT_NE(own.text.find("DeviceType"), std::string::npos);
  EXPECT_EQ(own.operations, none.operations);
  for (std::uint64_t number = 1; number <= 200; ++number) {
    Home theirs;
    point(theirs, number, std::to_string(1000 + number), kThem);
    put(theirs);
  }
  const auto among = ask(at), nobody = ask(nowhere), another = ask(by_address("AB1 2CD", "1100"));
  EXPECT_EQ(among.text, own.text);
  EXPECT_EQ(nobody.text, none.text);
  EXPECT_EQ(another.text, none.text);
  EXPECT_EQ(among.operations, own.operations);
  EXPECT_EQ(nobody.operations, none.operations);
  EXPECT_EQ(another.operations, none.operations);
}

/// More points than any building has bear the very address of the User's own home.
TEST_F(Disclosure, OthersAtTheSameAddressHideNothingOfOnesOwn) {
  const auto at_the_address = [](std::uint64_t number, const MarketParticipant& who) {
    Home home;
    const auto mpxn = Mpxn::mpan(130000000000 + number);
    registration::Operation start, told;
    start.kind = registration::Operation::Kind::Start;
    start.entry.role = UserRole::IS;
    start.entry.source = 1;
    start.entry.from = *from_iso8601("2020-01-01T00:00:00Z");
    start.entry.who = who;
    registration::Address address;
    address.source = 1;
    address.post_code = "AB1 2CD";
    address.identifier = "12";
    told.kind = registration::Operation::Kind::SetAddress;
    told.text = '\x01' + registration::write_address(address);
    home.said = {{mpxn, start}, {mpxn, told}};
    return home;
  };
  for (std::uint64_t number = 1; number <= 120; ++number) put(at_the_address(number, kThem));
  auto mine = at_the_address(9'999, kUs);
  registry::Device device;
  device.eui = tests::kMeter;
  device.type = DeviceType::ESME;
  device.details = {{"ImportMPxN", mine.said.front().first.text()}};
  mine.devices.push_back(device);
  put(mine);
  EXPECT_NE(ask(by_address("AB1 2CD", "12")).text.find("DeviceType"), std::string::npos);
}

TEST_F(Disclosure, RolesThatNobodyIsRegisteredInNameThingsExactlyOrNotAtAll) {
  registry::Device device;
  device.eui = tests::kMeter;
  device.type = DeviceType::ESME;
  device.details = {{"ImportMPxN", "1200023305967"}, {"PostCode", "AB1 2CD"}, {"AddressIdentifier", "12"}};
  device.responsible = {{UserRole::IS, kOtherSupplier, {}, {}}};
  put({{device}, {}});
  user_.roles = {UserRole::OU};
  EXPECT_NE(ask(by("MPxN", "1200023305967")).text, "nothing");
  EXPECT_EQ(ask(by_address("AB1 2CD", "12")).text, "nothing");
  user_ = {kOtherSupplier, "theirs", {UserRole::IS}, registry::UserState::Live, ""};
  EXPECT_NE(ask(by_address("ab12cd", " 12. ")).text, "nothing") << "normalised, and exact";
  EXPECT_EQ(ask(by_address("AB1 2CD", "1")).text, "nothing");
  EXPECT_EQ(ask(by_address("AB1 2CD", "12A")).text, "nothing");
}

TEST_F(Disclosure, WhoseHomeItWillBeMayAskAndWhoseItWasMayNot) {
  registry::Device device;
  device.eui = tests::kMeter;
  device.type = DeviceType::ESME;
  const auto later = clock.now() + std::chrono::hours(24), before = clock.now() - std::chrono::hours(24);
  const auto with = [&](std::optional<UtcTime> from, std::optional<UtcTime> until, UserRole role) {
    device.responsible = {{role, kSupplier, from, until}};
    put({{device}, {}});
    user_.roles = {role};
    user_.participants = {};
    return ask(by("DeviceID", tests::kMeter.dashed_upper())).text.substr(0, 9) != "no_device";
  };
  EXPECT_TRUE(with(later, {}, UserRole::IS));
  EXPECT_TRUE(with(before, later, UserRole::IS));
  EXPECT_FALSE(with({}, before, UserRole::IS));
  EXPECT_FALSE(with(later, {}, UserRole::ED)) << "future suppliers, not future network operators";
  EXPECT_TRUE(with(before, {}, UserRole::ED));
}

TEST_F(Disclosure, EverySearchIsWrittenDownWithAHashThatTellsNoAddress) {
  ask(by_address("AB1 2CD", "12 High Street"));
  ask(by_address("ab12cd", "12, high street"));
  const auto events = read<std::vector<store::Event>>(
      [&](const auto& view) { return store::events_of(view, "search:" + kSupplier.plain()); });
  ASSERT_EQ(events.size(), 2u);
  const auto hash = [](const store::Event& event) { return event.detail.substr(0, event.detail.find(':')); };
  EXPECT_EQ(hash(events[0]), hash(events[1])) << "the same place";
  EXPECT_EQ(events[0].detail.substr(0, 11), "by address ");
  EXPECT_EQ(events[0].detail.find("AB1"), std::string::npos);
  EXPECT_NE(events[0].detail.find("nothing there"), std::string::npos);
}

TEST_F(Disclosure, MoreSearchesByAddressThanTheRuleAllowsAreRefusedUntilTheHourIsOver) {
  ASSERT_TRUE(settings.rules.set("inventory.search.limit", "3"));
  ASSERT_TRUE(settings.rules.set("inventory.search.misses", "2"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(by_address("AB1 2CD", "12")).text, "nothing");
  EXPECT_EQ(ask(by_address("AB1 2CD", "12")).text.substr(0, 17), "too_many_searches");
  EXPECT_EQ(ask(by("UPRN", "12")).text, "nothing") << "by identifier there is no limit";
  const auto notices = [&] {
    return read<std::vector<anomaly::Notice>>(
        [&](const auto& view) { return anomaly::notices(view, kSupplier, 0, 10); });
  };
  ASSERT_EQ(notices().size(), 1u) << "once an hour";
  EXPECT_NE(notices()[0].text.find("enumeration suspected"), std::string::npos);
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(ask(by_address("AB1 2CD", "12")).text, "nothing");
  clock.set(tests::bench_time() - std::chrono::hours(5));
  EXPECT_EQ(ask(by_address("AB1 2CD", "12")).text, "nothing") << "a clock that was set back";
}

}  // namespace
}  // namespace meterway::flow::answer
