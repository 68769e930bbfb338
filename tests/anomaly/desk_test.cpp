#include "lab/sim_disk.h"
#include "records/anomaly/roles.h"
#include "records/permission/permission.h"
#include "records/registry/person_certificate.h"
#include "records/store/log_store.h"
#include "tests/anomaly/officers.h"

// Files and decisions at the desk, without HTTP: broken files, dates that have passed, two people, power cuts.
namespace meterway::anomaly {
namespace {

constexpr Eui64 kUser(0x90B3D51F30010000), kMeter(0x00DB1234567890A0);
const std::string kId = kUser.dashed_upper();

/// A desk over a store on a disk that can lose its power.

class Office {
 public:
  explicit Office(Disk& disk, const Officers& officers, bool is_new = true)
      : store(*store::open_log_store("data/store.db", options(), disk)), desk(officers.desk(*store, clock, rules)) {
    EXPECT_TRUE(rules.set("people.verified", "no"));
    if (!is_new) return;
    write([&](store::WriteView& view) {
      return registry::put_user(view, {kUser, "supplier", {UserRole::IS}, registry::UserState::Live, ""});
    });
    EXPECT_TRUE(officers.enter(*store));
  }
  static store::LogOptions options() {
    store::LogOptions out;
    out.checkpoint_bytes = 4000;
    out.most_bytes = 200000;
    out.allocate_bytes = 4096;
    return out;
  }
  void write(const std::function<Status(store::WriteView&)>& work) {
    const auto done = store->write(work);
    EXPECT_TRUE(done) << describe(done.error());
  }
  Item held(std::uint64_t counter, Eui64 user = kUser) {
    Item out;
    write([&](store::WriteView& view) -> Status {
      registry::RequestRecord record;
      record.id = {user, kMeter, {counter}};
      record.service = "7.4";
      record.received_at = clock.now();
      METERWAY_TRY(out, hold(view, record, {Breach::User, "1", "2", "too much", {}}, clock.now(),
                             clock.now() + std::chrono::hours(24 * 7)));
      return {};
    });
    return out;
  }
  State state(const Item& item) const {
    auto out = State::Expired;
    EXPECT_TRUE(store->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(const auto found, find_item(view, item.number));
      if (found) out = found->state;
      return {};
    }));
    return out;
  }
  std::vector<Level> levels() const {
    std::vector<Level> out;
    EXPECT_TRUE(store->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(out, all_levels(view, kUser));
      return {};
    }));
    return out;
  }
  /// Every row that files and decisions change; not the audit, which has what was refused.
  std::string everything() const {
    std::string out;
    EXPECT_TRUE(store->read([&](const store::ReadView& view) -> Status {
      for (const auto* table : {"anomaly-item", "anomaly-user", "anomaly-request", "anomaly-notice", "anomaly-level",
                                "anomaly-limit", "anomaly-any", "anomaly-submission", "anomaly-history"}) {
        METERWAY_TRY(const auto rows, view.scan(table, "", "", 10000));
        for (const auto& row : rows) out += std::string(table) + ":" + row.key + "=" + row.value + "\n";
      }
      return {};
    }));
    return out;
  }

  ManualClock clock{*from_iso8601("2026-06-01T00:00:00Z")};
  rules::Rules rules;
  std::unique_ptr<store::Store> store;
  Desk desk;
};

const Officers& officers() {
  static const Officers made(kUser, "supplier", *from_iso8601("2026-05-01T00:00:00Z"));
  return made;
}
registry::Person operating() {
  auto out = officers().bob();
  out.id = "op";
  out.name = "Op";
  out.roles = {"operator"};
  return out;
}

class DeskTest : public ::testing::Test {
 protected:
  Result<Receipt, Problem> set(const std::string& file) {
    return office.desk.set_thresholds(officers().anna(), Channel::Api, file, officers().sign(file));
  }
  lab::SimDisk disk;
  Office office{disk, officers()};
};

TEST_F(DeskTest, ASignedFileBrokenAtAnyByteChangesNothing) {
  const std::vector<Item> items = {office.held(1), office.held(2)};
  const auto thresholds = thresholds_file(
      "T-1", {kId + ",IS,7.4,80,100,24,2026-06-01T00:00:00Z", kId + ",IS,ALL,,5000,,2026-06-01T00:00:00Z"});
  const auto actions = actions_file("A-1", {{items[0], "PROCESS"}, {items[1], "DELETE"}});
  const auto hand_in = [&](bool is_thresholds, const std::string& file, ByteView signature) {
    return is_thresholds ? office.desk.set_thresholds(officers().anna(), Channel::Api, file, signature)
                         : office.desk.take_actions(officers().anna(), Channel::Api, file, signature);
  };
  const auto before = office.everything();
  for (const bool is_thresholds : {true, false}) {
    const auto& file = is_thresholds ? thresholds : actions;
    const auto signature = officers().sign(file);
    for (std::size_t at = 0; at < file.size(); ++at) {
      ASSERT_FALSE(hand_in(is_thresholds, file.substr(0, at), signature)) << at;
      auto flipped = file;
      flipped[at] = static_cast<char>(flipped[at] ^ 1);
      ASSERT_FALSE(hand_in(is_thresholds, flipped, signature)) << at;
    }
    for (std::size_t at = 0; at < signature.size(); ++at)
      ASSERT_FALSE(hand_in(is_thresholds, file, ByteView(signature).first(at))) << at;
    ASSERT_EQ(office.everything(), before);
  }
  EXPECT_TRUE(hand_in(true, thresholds, officers().sign(thresholds)));
  EXPECT_EQ(office.levels().size(), 2u);
  EXPECT_TRUE(hand_in(false, actions, officers().sign(actions)));
  EXPECT_EQ(office.state(items[0]), State::Released);
  EXPECT_EQ(office.state(items[1]), State::Deleted);
}

TEST_F(DeskTest, AFileOfTheDccsThatIsCutOffInsideARowChangesNothing) {
  const std::string row = "D-1,ALL,7.4,100,24,2026-06-01T00:00:00Z\r\n",
                    limit = "L-1,ALL,1.5,PrepaymentMode/AdjustMeterBalance,-1,2.5,2026-06-01T00:00:00Z\r\n";
  const auto before = office.everything();
  for (const bool is_limits : {false, true}) {
    const auto file =
        std::string(is_limits ? kLimitsHeader : kDccThresholdsHeader) + "\r\n" + (is_limits ? limit : row);
    const auto hand_in = [&](const std::string& text) {
      return is_limits ? office.desk.set_limits(operating(), text) : office.desk.set_dcc_thresholds(operating(), text);
    };
    for (std::size_t at = 0; at < file.size(); ++at) ASSERT_FALSE(hand_in(file.substr(0, at))) << at;
    ASSERT_EQ(office.everything(), before);
  }
  EXPECT_TRUE(office.desk.set_limits(operating(), std::string(kLimitsHeader) + "\r\n" + limit));
  EXPECT_TRUE(office.desk.set_dcc_thresholds(operating(), std::string(kDccThresholdsHeader) + "\r\n" + row));
}

TEST_F(DeskTest, ALimitOfWhatNoRequestSaysIsRefused) {
  const auto before = office.everything();
  for (const auto* row : {"ALL,2.2,TopUpAmount", "ALL,7.4,AdjustMeterBalance", "ALL,ALL,Colour",
                          "ALL,1.5,PrepaymentMode", "ALL,1.5,../AdjustMeterBalance"}) {
    const auto done = office.desk.set_limits(
        operating(), std::string(kLimitsHeader) + "\r\nL-1," + row + ",0,5,2026-06-01T00:00:00Z\r\n");
    ASSERT_FALSE(done) << row;
    EXPECT_EQ(done.error().why, Reason::BadFile) << row;
  }
  ASSERT_EQ(office.everything(), before);
  EXPECT_TRUE(office.desk.set_limits(
      operating(), std::string(kLimitsHeader) + "\r\nL-1,ALL,ALL,AdjustMeterBalance,0,5,2026-06-01T00:00:00Z\r\n"));
}

TEST_F(DeskTest, AReferenceThatAPathWouldResolveIsRefused) {
  for (const auto* reference : {".", "..", "../T-1", ".T", "T/1", "T\\1", "T%2f1"})
    EXPECT_FALSE(set(thresholds_file(reference, {kId + ",IS,7.4,,100,24,2026-07-01T00:00:00Z"}))) << reference;
  EXPECT_TRUE(set(thresholds_file("T.1", {kId + ",IS,7.4,,100,24,2026-07-01T00:00:00Z"})));
}

TEST_F(DeskTest, OfDatesThatHavePassedTheLatestDecidesWhereverItStands) {
  const auto feb = kId + ",IS,7.4,,100,24,2026-02-01T00:00:00Z", jan = kId + ",IS,7.4,,10,24,2026-01-01T00:00:00Z",
             july = kId + ",IS,7.4,,7,24,2026-07-01T00:00:00Z";
  int number = 0;
  for (const auto& rows : {std::vector<std::string>{feb, jan, july}, {july, jan, feb}}) {
    ASSERT_TRUE(set(thresholds_file("T-" + std::to_string(++number), rows)));
    const auto all = office.levels();
    const auto* now = deciding(all, Source::User, office.clock.now());
    ASSERT_NE(now, nullptr);
    EXPECT_EQ(now->quarantine, 100u);
    EXPECT_EQ(now->from, office.clock.now()) << "not before it came";
    EXPECT_EQ(deciding(all, Source::User, office.clock.now() + std::chrono::hours(24 * 60))->quarantine, 7u);
    office.clock.advance(std::chrono::hours(1));
  }
  const std::string head = std::string(kDccThresholdsHeader) + "\r\n";
  ASSERT_TRUE(office.desk.set_dcc_thresholds(operating(), head + "D-1," + kId + ",7.4,100,24,2026-02-01T00:00:00Z\r\n" +
                                                              "D-1," + kId + ",7.4,10,24,2026-01-01T00:00:00Z\r\n"));
  const auto all = office.levels();
  EXPECT_EQ(deciding(all, Source::Dcc, office.clock.now())->quarantine, 100u);
  ASSERT_TRUE(office.desk.set_limits(operating(),
                                     std::string(kLimitsHeader) +
                                         "\r\nL-1,ALL,1.5,PrepaymentMode/AdjustMeterBalance,,9,2026-02-01T00:00:00Z\r\n"
                                         "L-1,ALL,1.5,PrepaymentMode/AdjustMeterBalance,,1,2026-01-01T00:00:00Z\r\n"));
  office.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto limits, all_limits(view));
    EXPECT_EQ(limits.size(), 1u);
    EXPECT_EQ(write_decimal(*limits.front().maximum), "9");
    return {};
  });
}

TEST_F(DeskTest, APreviewOfTooManyRequestsSaysSoAndAShorterPeriodIsCounted) {
  const auto begin = office.clock.now();
  constexpr std::uint64_t kRequests = 1203;  // more than two pages
  for (std::uint64_t i = 1; i <= kRequests; ++i) {
    office.write([&](store::WriteView& view) {
      registry::RequestRecord record;
      record.id = {kUser, kMeter, {i}};
      record.service = "7.4";
      record.command_variant = CommandVariant::SendCommand;
      record.received_at = begin + std::chrono::seconds(i);
      return registry::put_request(view, record);
    });
  }
  const auto file = thresholds_file("T-1", {kId + ",IS,7.4,,1000,24,2026-01-01T00:00:00Z"});
  const auto previewed = [&](std::size_t most, std::uint64_t until) {
    const Desk desk = officers().desk(*office.store, office.clock, office.rules, {}, most);
    return desk.preview(officers().anna(), file, begin, begin + std::chrono::seconds(until));
  };
  const auto all = previewed(kRequests, kRequests + 1);
  ASSERT_TRUE(all) << all.error().detail;
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->front().counted, kRequests);
  EXPECT_EQ(all->front().quarantined, kRequests - 1000);
  const auto many = previewed(kRequests - 1, kRequests + 1);
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().why, Reason::TooMany);
  EXPECT_TRUE(previewed(kRequests - 1, kRequests));
}

TEST_F(DeskTest, OnePersonUnderTwoNamesIsOne) {
  const auto item = office.held(1);
  auto again = officers().bob();
  again.id = "bob2";
  ASSERT_TRUE(office.desk.decide(officers().bob(), item.number, true, "ours"));
  for (const auto* name : {"Bob Roy", "bob roy", " BOB \t Roy ", "ROY, Bob", "Bob\xc2\xa0Roy",
                           "B\xc3\xb3"
                           "b R\xc3\x96Y",
                           "Bo\xcc\x81"
                           "b Roy",
                           "Bob\xe2\x80\x8b Roy",
                           "B\xef\xbd\x8f"
                           "b-Roy.",
                           "B'ob Roy"}) {
    again.name = name;
    again.party = "supplier";
    const auto done = office.desk.decide(again, item.number, true, "ours");
    ASSERT_FALSE(done) << name;
    EXPECT_EQ(done.error().why, Reason::SamePerson) << name;
  }
  again.id = "BOB";
  again.name = "";
  EXPECT_EQ(office.desk.decide(again, item.number, true, "ours").error().why, Reason::SamePerson) << "no name at all";
  EXPECT_EQ(office.state(item), State::Held);
  EXPECT_TRUE(office.desk.decide(officers().carol(), item.number, true, "ours"));
  EXPECT_EQ(office.state(item), State::Released);
}

TEST_F(DeskTest, AReferenceThatWasUsedIsRefusedWhateverTheActionFileSays) {
  const std::vector<Item> items = {office.held(1), office.held(2)};
  const auto hand_in = [&](const std::string& file) {
    return office.desk.take_actions(officers().anna(), Channel::Api, file, officers().sign(file));
  };
  const auto first = actions_file("A-1", {{items[0], "PROCESS"}});
  ASSERT_TRUE(hand_in(first));
  const auto before = office.everything();
  office.clock.advance(std::chrono::hours(-48));
  for (const auto& file :
       {first, actions_file("A-1", {{items[1], "PROCESS"}}), actions_file("A-1", {{items[0], "DELETE"}})}) {
    const auto done = hand_in(file);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().why, Reason::Replayed);
  }
  EXPECT_EQ(office.everything(), before);
  EXPECT_TRUE(hand_in(actions_file("A-2", {{items[1], "DELETE"}})));
}

TEST_F(DeskTest, AnotherUsersNumberIsNoNumber) {
  constexpr Eui64 kOtherUser(0x90B3D51F30030000);
  office.write([&](store::WriteView& view) {
    return registry::put_user(view, {kOtherUser, "another", {UserRole::IS}, registry::UserState::Live, ""});
  });
  const auto theirs = office.held(1, kOtherUser);
  auto made_up = theirs;
  made_up.number += 100;
  const auto why = [&](const Item& item) {
    const auto file = actions_file("A-1", {{item, "PROCESS"}});
    const auto done = office.desk.take_actions(officers().anna(), Channel::Api, file, officers().sign(file));
    EXPECT_FALSE(done);
    return done ? Problem{} : done.error();
  };
  EXPECT_EQ(why(theirs).why, Reason::NoItem);
  EXPECT_EQ(why(theirs).detail, "quarantined request " + std::to_string(theirs.number));
  EXPECT_EQ(why(made_up).detail, "quarantined request " + std::to_string(made_up.number));
  EXPECT_EQ(office.state(theirs), State::Held);
}

TEST_F(DeskTest, WhoseCertificateWasTakenAwaySinceHasNotAsked) {
  ASSERT_TRUE(office.rules.set("people.verified", "yes"));
  const auto item = office.held(1);
  SeededRandom random(1);
  const auto now = office.clock.now();
  const auto root = *pki::issue_root("People", pki::Validity::years(now, 5), random);
  const auto key = *crypto::PrivateKey::generate(), other_key = *crypto::PrivateKey::generate();
  const auto bobs = *pki::issue_person(root, "bob", pki::Validity::years(now, 1), key.public_key(), random),
             carols = *pki::issue_person(root, "carol", pki::Validity::years(now, 1), other_key.public_key(), random);
  const auto bind = [&](const pki::Certificate& certificate, const char* person) {
    return office.store->write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(const auto bound, registry::bind_certificate(view, certificate, person, now));
      EXPECT_EQ(bound.person, person);
      return {};
    });
  };
  ASSERT_TRUE(bind(bobs, "bob"));
  ASSERT_TRUE(bind(carols, "carol"));
  ASSERT_TRUE(office.desk.decide(officers().bob(), item.number, true, "ours"));
  office.write([&](store::WriteView& view) {
    return registry::unbind_certificate(view, "bob", registry::fingerprint_of(bobs.der));
  });
  ASSERT_TRUE(office.desk.decide(officers().carol(), item.number, true, "ours"));
  EXPECT_EQ(office.state(item), State::Held) << "one person has asked for it";
  ASSERT_TRUE(bind(bobs, "bob"));
  ASSERT_TRUE(office.desk.decide(officers().bob(), item.number, true, "ours"));
  EXPECT_EQ(office.state(item), State::Released);
}

TEST_F(DeskTest, OneKeyIsOnePersons) {
  SeededRandom random(1);
  const auto now = office.clock.now();
  const auto root = *pki::issue_root("People", pki::Validity::years(now, 5), random);
  const auto key = *crypto::PrivateKey::generate();
  const auto first = *pki::issue_person(root, "bob", pki::Validity::years(now, 1), key.public_key(), random),
             second = *pki::issue_person(root, "carol", pki::Validity::years(now, 1), key.public_key(), random);
  const auto bind = [&](const pki::Certificate& certificate, const char* person) {
    const auto done = office.store->write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(const auto bound, registry::bind_certificate(view, certificate, person, now));
      EXPECT_EQ(bound.person, person);
      return {};
    });
    return done ? std::string() : std::string(describe(done.error()));
  };
  EXPECT_EQ(bind(first, "bob"), "");
  EXPECT_NE(bind(second, "carol").find("another person's"), std::string::npos);
  EXPECT_EQ(bind(second, "bob"), "") << "his own, renewed";
  office.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(registry::unbind_certificate(view, "bob", registry::fingerprint_of(first.der)));
    return registry::unbind_certificate(view, "bob", registry::fingerprint_of(second.der));
  });
  EXPECT_EQ(bind(second, "carol"), "") << "nobody's any more";
}

TEST(AnomalyRoles, WhoMayIsWhatTheTableSays) {
  const std::pair<What, const char*> all[] = {{What::SubmitThresholds, "anomaly.thresholds.submit"},
                                              {What::SubmitActions, "anomaly.actions.submit"},
                                              {What::Preview, "anomaly.thresholds.preview"},
                                              {What::Decide, "anomaly.quarantine.decide"},
                                              {What::Look, "anomaly.thresholds.read"}};
  std::size_t own = 0, of_all = 0, by_back_up = 0;
  for (const auto& type : permission::all_job_types()) {
    registry::Person person;
    person.id = "x";
    person.party = "supplier";
    person.roles = {std::string(type.name)};
    for (const auto& [what, function] : all) {
      bool is_own = false, is_all = type.name == "operator", brings = is_all;
      for (const auto& row : permission::permissions_of(function)) {
        if (("," + std::string(row.job_types) + ",").find("," + std::string(type.name) + ",") == std::string::npos)
          continue;
        is_all = is_all || row.scope.empty();
        is_own = is_own || row.scope.starts_with("the User of his own party");
        brings = brings || row.scope.starts_with("the back-up channel");
      }
      is_all = is_all && (what == What::Preview || what == What::Look);
      EXPECT_EQ(may(person, what, "supplier"), is_own || is_all) << type.name << " " << function;
      EXPECT_EQ(may(person, what, "another"), is_all) << type.name << " " << function;
      if (what == What::SubmitThresholds || what == What::SubmitActions) {
        EXPECT_EQ(may_bring(person, what), brings) << type.name << " " << function;
        by_back_up += brings ? 1 : 0;
      }
      own += is_own ? 1 : 0;
      of_all += is_all ? 1 : 0;
    }
  }
  EXPECT_EQ(own, 7u) << "aro: files, preview, decide, look; sro: decide, look";
  EXPECT_EQ(of_all, 4u) << "desk and operator: preview, look";
  EXPECT_EQ(by_back_up, 4u) << "desk and operator: both files";
}

/// Runs `work` with the power cut at every operation of the disk that it makes; then `after` with the disk as it is.
void cut_everywhere(const std::function<void(Office&)>& prepare, const std::function<void(Office&)>& work,
                    const std::function<void(Office&, std::uint64_t)>& after) {
  std::uint64_t all = 1;
  for (std::uint64_t stop_at = 0; stop_at <= all; ++stop_at) {
    lab::SimDisk disk;
    {
      Office office(disk, officers());
      prepare(office);
      const auto first = disk.operations();
      if (stop_at > 0) disk.stop_at(first + stop_at);
      work(office);
      if (stop_at == 0) all = disk.operations() - first;
      disk.stop();
    }
    disk.crash(stop_at * 7919 + 1);
    Office office(disk, officers(), false);
    after(office, stop_at);
    if (::testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(all, 1u);
}

TEST(DeskCrash, AnActionFileIsDoneWholeOrNotAtAllAndNeverTwice) {
  std::vector<Item> items;
  const auto file = [&] {
    return actions_file("A-1", {{items[0], "PROCESS"}, {items[1], "DELETE"}, {items[2], "PROCESS"}});
  };
  const auto hand_in = [&](Office& office) {
    return office.desk.take_actions(officers().anna(), Channel::Api, file(), officers().sign(file()));
  };
  int done = 0, undone = 0;
  cut_everywhere(
      [&](Office& office) {
        items = {office.held(1), office.held(2), office.held(3)};
      },
      [&](Office& office) { (void)hand_in(office); },
      [&](Office& office, std::uint64_t at) {
        const bool is_done = office.state(items[0]) != State::Held;
        for (const auto& item : items) ASSERT_EQ(office.state(item) != State::Held, is_done) << at;
        const auto again = hand_in(office);
        ASSERT_EQ(again.has_value(), !is_done) << at;
        if (!again) {
          ASSERT_EQ(again.error().why, Reason::Replayed) << at;
        }
        ASSERT_EQ(office.state(items[0]), State::Released) << at;
        ASSERT_EQ(office.state(items[1]), State::Deleted) << at;
        ASSERT_EQ(office.state(items[2]), State::Released) << at;
        (is_done ? done : undone)++;
      });
  EXPECT_GT(done, 0);
  EXPECT_GT(undone, 0);
}

TEST(DeskCrash, BetweenTwoPeopleNothingIsReleasedByOne) {
  Item item;
  bool asked = false, agreed = false;
  cut_everywhere([&](Office& office) { item = office.held(1); },
                 [&](Office& office) {
                   asked = office.desk.decide(officers().bob(), item.number, true, "ours").has_value();
                   agreed = office.desk.decide(officers().carol(), item.number, true, "ours").has_value();
                 },
                 [&](Office& office, std::uint64_t at) {
                   const auto now = office.state(item);
                   if (agreed) {
                     ASSERT_EQ(now, State::Released) << "what was answered is kept: " << at;
                   }
                   if (now == State::Released) return;
                   // Whoever asked first is still the only one: the same person does not make it so.
                   const auto same = office.desk.decide(officers().bob(), item.number, true, "ours");
                   ASSERT_EQ(office.state(item), State::Held) << at;
                   if (asked) {
                     ASSERT_FALSE(same) << at;
                     ASSERT_EQ(same.error().why, Reason::SamePerson) << at;
                   }
                   ASSERT_TRUE(office.desk.decide(officers().carol(), item.number, true, "ours")) << at;
                   ASSERT_EQ(office.state(item), State::Released) << at;
                 });
}

}  // namespace
}  // namespace meterway::anomaly
