#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <tuple>

#include "records/registry/device_json.h"
#include "records/registry/device_record.h"
#include "records/registry/party.h"
#include "records/registry/request_record.h"
#include "records/registry/user_json.h"
#include "records/registry/users_of_party.h"

namespace meterway::registry {
namespace {

const Eui64 kSupplier(0x90b3d51f30010000);
const Eui64 kMeter(0x00db1234567890a0);
const RequestId kId{kSupplier, kMeter, {1000}};

class Registry : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("meterway_registry_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    auto opened = store::open_sqlite((folder_ / "store.db").string());
    ASSERT_TRUE(opened) << describe(opened.error());
    store_ = std::move(*opened);
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  Status write(const std::function<Status(store::WriteView&)>& work) { return store_->write(work); }

  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
};

RequestRecord waiting_record() {
  RequestRecord record;
  record.id = kId;
  record.header = kId;
  record.service = "4.1.1";
  record.progress = Progress::Accepted;
  record.message = {0xDF, 0x09};
  record.answer = "<sr:Response>\"\n</sr:Response>";
  return record;
}

TEST_F(Registry, APartyIsEveryUserThatBearsItsName) {
  const Eui64 second(0x90b3d51f30010008), other(0x90b3d51f30020000), nameless(0x90b3d51f30040000);
  ASSERT_TRUE(write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(put_user(view, {second, "supplier", {UserRole::GS}, UserState::Suspended, ""}));
    METERWAY_CHECK(put_user(view, {kSupplier, "supplier", {UserRole::IS}, UserState::Live, ""}));
    METERWAY_CHECK(put_user(view, {nameless, "", {UserRole::IS}, UserState::Live, ""}));
    return put_user(view, {other, "supplier two", {UserRole::IS}, UserState::Live, ""});
  }));
  const auto users = [&](const char* party) {
    std::vector<Eui64> out;
    EXPECT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(out, users_of_party(view, party));
      return {};
    }));
    return out;
  };
  EXPECT_EQ(users("supplier"), (std::vector<Eui64>{kSupplier, second}));
  EXPECT_EQ(users("supplier two"), std::vector<Eui64>{other});
  EXPECT_EQ(users("Supplier"), std::vector<Eui64>{}) << "names are exact";
  EXPECT_EQ(users(""), std::vector<Eui64>{}) << "who has no party has no Users";
}

TEST_F(Registry, RemembersAUserWithItsRolesAndState) {
  const User user{kSupplier, "supplier", {UserRole::IS, UserRole::GS}, UserState::Suspended, "http://127.0.0.1:1/x"};
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_user(view, user); }));
  ASSERT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto found, find_user(view, kSupplier));
    EXPECT_TRUE(found.has_value());
    EXPECT_EQ(found->roles, user.roles);
    EXPECT_EQ(found->state, UserState::Suspended);
    EXPECT_EQ(found->push_url, user.push_url);
    METERWAY_TRY(const auto nobody, find_user(view, kMeter));
    EXPECT_FALSE(nobody.has_value());
    return {};
  }));
}

TEST_F(Registry, AUsersNameIsOneLineOfText) {
  const auto read = [](const std::string& name) {
    const auto user = read_user(R"({"eui":"90b3d51f30010000","name":")" + name + "\"}");
    return user ? user->name : user.error();
  };
  EXPECT_EQ(read("Gwynedd \xc3\xb4 & Co"), "Gwynedd \xc3\xb4 & Co");
  for (const auto* name : {R"(two\nlines)", R"(\u0000)", R"(\r)", R"(\u001b[2J)", R"(\u2028)", R"(\u0085)"})
    EXPECT_EQ(read(name), "name: expected one line of at most 1000 bytes, without control characters") << name;
  EXPECT_EQ(read("\xff"), "not JSON") << "no UTF-8";
}

TEST_F(Registry, RemembersAUsersNamesInRegistrationDataAndReadsRowsFromBeforeThereWereAny) {
  const auto user = read_user(R"({"eui":"90b3d51f30010000","name":"supplier","roles":["IS"],
      "participants":[{"role":"IS","id":"SUNA"},{"role":"GS","id":"SUN"},{"role":"IS","id":"SUNA"}]})");
  ASSERT_TRUE(user) << user.error();
  ASSERT_EQ(user->participants.size(), 2u);
  EXPECT_EQ(read_user(to_json(*user))->participants, user->participants);
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_user(view, *user); }));
  const auto found = [&] {
    std::optional<User> out;
    EXPECT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(out, find_user(view, kSupplier));
      return {};
    }));
    return *out;
  };
  EXPECT_EQ(found().participants, user->participants);
  EXPECT_TRUE(found().is_participant(UserRole::GS, *MarketParticipant::parse("SUN")));
  EXPECT_FALSE(found().is_participant(UserRole::IS, *MarketParticipant::parse("SUN")));
  EXPECT_FALSE(found().is_participant(UserRole::IS, {})) << "nobody is nobody's name";
  for (const auto* wrong :
       {R"([{"role":"IS"}])", R"([{"role":"OU","id":"SUNA"}])", R"([{"role":"IS","id":"suna"}])", R"("SUNA")"})
    EXPECT_FALSE(read_user(R"({"eui":"90b3d51f30010000","participants":)" + std::string(wrong) + "}")) << wrong;

  // format 1: eui, live, takes gzip, 0 pushes, one role IS, name "s", no address
  const std::string row("\1\x90\xb3\xd5\x1f\x30\x01\0\0\0\1\0\0\0\0\1\0\1s\0", 20);
  ASSERT_TRUE(write([&](store::WriteView& view) { return view.put("user", kSupplier.plain(), row); }));
  EXPECT_EQ(found().name, "s");
  EXPECT_TRUE(found().participants.empty());
}

TEST_F(Registry, FindsUsersByTheirNamesInRegistrationData) {
  const auto suna = *MarketParticipant::parse("SUNA"), sunb = *MarketParticipant::parse("SUNB");
  const auto are = [&](UserRole role, MarketParticipant who) {
    std::vector<Eui64> out;
    EXPECT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(out, users_that_are(view, role, who));
      return {};
    }));
    return out;
  };
  User one{kSupplier, "one", {UserRole::IS}, UserState::Live, ""};
  one.participants = {{UserRole::IS, suna}, {UserRole::IS, sunb}};
  User two{Eui64(kSupplier.value() + 1), "two", {UserRole::IS}, UserState::Live, ""};
  two.participants = {{UserRole::IS, suna}};
  for (const auto& user : {two, one}) ASSERT_TRUE(write([&](store::WriteView& view) { return put_user(view, user); }));
  EXPECT_EQ(are(UserRole::IS, suna), (std::vector<Eui64>{one.eui, two.eui}));
  EXPECT_EQ(are(UserRole::IS, sunb), std::vector<Eui64>{one.eui});
  EXPECT_TRUE(are(UserRole::ES, suna).empty());
  EXPECT_TRUE(are(UserRole::IS, {}).empty());
  one.participants = {{UserRole::IS, sunb}};
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_user(view, one); }));
  EXPECT_EQ(are(UserRole::IS, suna), std::vector<Eui64>{two.eui});
  ASSERT_TRUE(write([&](store::WriteView& view) { return erase_user(view, two.eui); }));
  EXPECT_TRUE(are(UserRole::IS, suna).empty());
}

TEST_F(Registry, RemembersADeviceWithItsDetailsAndWhoIsResponsible) {
  const auto device =
      read_device(R"({"eui":"00db1234567890a0","type":"ESME","state":"Commissioned","hub":"00db1234567890a2",
      "details":{"ImportMPxN":"1312345678111"},
      "responsible":[{"role":"IS","user":"90b3d51f30010000","from":"2026-01-01T00:00:00Z"}]})");
  ASSERT_TRUE(device) << device.error();
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_device(view, *device); }));
  ASSERT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto found, find_device(view, kMeter));
    EXPECT_TRUE(found.has_value());
    EXPECT_EQ(found->state, DeviceState::Commissioned);
    EXPECT_EQ(found->detail("ImportMPxN"), "1312345678111");
    EXPECT_EQ(found->responsible.at(0).from, *from_iso8601("2026-01-01T00:00:00Z"));
    EXPECT_FALSE(found->responsible.at(0).until.has_value());
    return {};
  }));
}

TEST(ReadDevice, NamesTheMemberThatIsWrong) {
  const auto problem = [](std::string_view members) {
    const auto device = read_device(R"({"eui":"00db1234567890a0","type":"ESME")" + std::string(members) + "}");
    return device ? std::string() : device.error();
  };
  EXPECT_EQ(problem(""), "");
  EXPECT_EQ(problem(R"(,"colour":"red")"), "colour: unknown member");
  EXPECT_EQ(problem(R"(,"details":{"Colour":"red"})"), "details.Colour: unknown member");
  EXPECT_EQ(problem(R"(,"details":{"UPRN":7})"), "details.UPRN: expected text");
  EXPECT_EQ(problem(R"(,"details":{"UPRN":")" + std::string(128, '1') + R"("})"), "details.UPRN: too long");
  EXPECT_EQ(problem(R"(,"state":"Happy")"), "state: expected a state of a device");
  EXPECT_EQ(problem(R"(,"hub":7)"), "hub: expected text");
  EXPECT_EQ(problem(R"(,"responsible":{})"), "responsible: expected a list");
  EXPECT_EQ(problem(R"(,"responsible":[{"role":"IS","user":"90b3d51f30010000"},{"user":"90b3d51f30010000"}])"),
            "responsible[1].role: missing");
  EXPECT_EQ(read_device(R"({"type":"ESME"})").error(), "eui: missing");
  EXPECT_EQ(read_device("[]").error(), "expected an object");
  EXPECT_EQ(read_device("{").error(), "not JSON");
}

Device full_device() {
  Device device{kMeter, DeviceType::ESME, DeviceState::Commissioned, kSupplier, {}, {}};
  for (const auto name : detail_names()) device.details[std::string(name)] = "of " + std::string(name);
  device.details["ImportMPxN"] = "1312345678111";  // an odd number of digits
  device.details["ExportMPAN"] = "13123456781112";
  device.details["UPRN"] = "0";
  device.responsible = {{UserRole::IS, kSupplier, {}, {}},
                        {UserRole::ED, kMeter, *from_iso8601("2026-01-01T00:00:00Z"), {}},
                        {UserRole::GT, kMeter, {}, *from_iso8601("2027-01-01T00:00:00Z")}};
  return device;
}

TEST(DeviceRecord, HoldsEverythingThatJsonSays) {
  auto device = full_device();
  for (const auto& hub : {std::optional<Eui64>(), std::optional<Eui64>(kMeter), std::optional<Eui64>(kSupplier)}) {
    device.hub = hub;
    const auto back = read_device_record(kMeter, write_device_record(device));
    ASSERT_TRUE(back) << describe(back.error());
    EXPECT_EQ(to_json(*back), to_json(device));
    EXPECT_EQ(to_json(*read_device(to_json(device))), to_json(device));
  }
}

TEST(DeviceRecord, RefusesEveryTruncation) {
  const auto whole = write_device_record(full_device());
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(read_device_record(kMeter, std::string_view(whole).substr(0, size))) << size;
}

TEST_F(Registry, FindsDevicesByHubMeteringPointPropertyAndPostCodeAsTheyStandNow) {
  const Eui64 hub(0x00db1234567890a2);
  const auto device = [&](std::uint64_t eui, const char* json) {
    auto read = read_device(json);
    EXPECT_TRUE(read) << read.error();
    read->eui = Eui64(eui);
    return *read;
  };
  const auto put = [&](const Device& one) {
    EXPECT_TRUE(write([&](store::WriteView& view) { return put_device(view, one); }));
  };
  const auto found = [&](auto look) {
    std::vector<std::uint64_t> euis;
    EXPECT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(const auto devices, look(view));
      for (const auto& one : devices) euis.push_back(one.eui.value());
      return {};
    }));
    return euis;
  };
  const auto of_hub = [&] { return found([&](const auto& view) { return devices_of_hub(view, hub); }); };
  const auto with = [&](DeviceProperty property, const char* value) {
    return found([&](const auto& view) { return devices_with(view, property, value); });
  };
  using Euis = std::vector<std::uint64_t>;
  put(device(3, R"({"eui":"1111111111111111","type":"ESME","hub":"00db1234567890a2",
      "details":{"ImportMPxN":"13","ExportMPAN":"14","UPRN":"7","PostCode":"AB1 2CD"}})"));
  put(device(1, R"({"eui":"1111111111111111","type":"GSME","hub":"00db1234567890a2","details":{"UPRN":"7"}})"));
  put(device(2, R"({"eui":"1111111111111111","type":"PPMID","details":{"UPRN":"77"}})"));
  EXPECT_EQ(of_hub(), (Euis{1, 3}));
  EXPECT_EQ(with(DeviceProperty::MeteringPoint, "14"), (Euis{3}));
  EXPECT_EQ(with(DeviceProperty::Uprn, "7"), (Euis{1, 3}));
  EXPECT_EQ(with(DeviceProperty::PostCode, "AB1 2CD"), (Euis{3}));
  put(device(3, R"({"eui":"1111111111111111","type":"ESME","details":{"ImportMPxN":"15","UPRN":"77"}})"));
  EXPECT_EQ(of_hub(), (Euis{1}));
  EXPECT_EQ(with(DeviceProperty::MeteringPoint, "14"), (Euis{}));
  EXPECT_EQ(with(DeviceProperty::MeteringPoint, "15"), (Euis{3}));
  EXPECT_EQ(with(DeviceProperty::Uprn, "77"), (Euis{2, 3}));
  EXPECT_EQ(found([](const auto& view) { return devices_from(view, Eui64(2), 9); }), (Euis{2, 3}));
  ASSERT_TRUE(write([&](store::WriteView& view) { return erase_device(view, Eui64(2)); }));
  EXPECT_EQ(with(DeviceProperty::Uprn, "77"), (Euis{3}));
  EXPECT_FALSE(write([&](store::WriteView& view) { return erase_device(view, Eui64(2)); }));
}

TEST_F(Registry, ReadsARequestBackAsItWasWritten) {
  RequestRecord record = waiting_record();
  record.leg = Leg::SignedPreCommand;
  record.digest = "digest=";
  record.service_reference = "1.1";
  record.command_variant = CommandVariant::SendSigned;
  record.use_case = "ECS01a";
  record.critical = true;
  record.received_at = *from_iso8601("2026-01-01T00:00:00.000001Z");
  record.send_at = record.received_at + std::chrono::hours(1);
  record.deadline = record.send_at + std::chrono::minutes(1);
  record.progress = Progress::Sent;
  record.header.originator = Eui64(0x90b3d51f30000002);
  record.transaction = 9;
  record.code = {0x0019};
  record.arrived = true;
  record.instructions = 2;
  record.cin = "1234";
  record.document = std::string("<a>\0\xff</a>", 9);
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_request(view, record); }));
  const auto read = [&] {
    std::optional<RequestRecord> out;
    EXPECT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(out, find_request(view, record.id, record.leg));
      return {};
    }));
    return *out;
  };
  const auto same = [&] {
    const auto back = read();
    const auto all = [](const RequestRecord& r) {
      return std::tuple(r.id, r.leg, r.digest, r.service_reference, r.service, r.command_variant, r.use_case,
                        r.critical, r.received_at, r.send_at, r.deadline, r.progress, r.message, r.header,
                        r.transaction, r.code, r.arrived, r.instructions, r.outcome, r.cin, r.answer, r.document);
    };
    EXPECT_TRUE(all(back) == all(record));
  };
  same();
  record.progress = Progress::Done;
  record.outcome = "E21";
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_progress(view, record); }));
  same();
}

TEST_F(Registry, AStepRewritesFewerThanAHundredBytes) {
  class Counting final : public store::WriteView {
   public:
    explicit Counting(store::WriteView& view) : view_(view) {}
    Result<std::optional<std::string>> get(std::string_view table, std::string_view key) const override {
      return view_.get(table, key);
    }
    Result<std::vector<store::Row>> scan(std::string_view table, std::string_view from, std::string_view to,
                                         std::size_t limit) const override {
      return view_.scan(table, from, to, limit);
    }
    Status put(std::string_view table, std::string_view key, std::string_view value) override {
      bytes += key.size() + value.size();
      return view_.put(table, key, value);
    }
    Status erase(std::string_view table, std::string_view key) override { return view_.erase(table, key); }
    Status append(std::string_view table, std::string_view key, std::string_view value) override {
      bytes += key.size() + value.size();
      return view_.append(table, key, value);
    }
    std::size_t bytes = 0;

   private:
    store::WriteView& view_;
  };
  auto record = waiting_record();
  record.document.assign(3000, 'x');
  record.transaction = 1;
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_request(view, record); }));
  for (const auto progress : {Progress::Accepted, Progress::Sent, Progress::Done}) {
    record.progress = progress;
    record.outcome = "I0";
    ASSERT_TRUE(write([&](store::WriteView& view) -> Status {
      Counting counting(view);
      const auto done = put_progress(counting, record);
      EXPECT_LT(counting.bytes, 100u);
      return done;
    }));
  }
}

TEST_F(Registry, ReadsTheLastOfWhatARequestCameTo) {
  auto record = waiting_record();
  record.transaction = 1;
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_request(view, record); }));
  for (const auto progress : {Progress::Handed, Progress::Done}) {
    record.progress = progress;
    record.outcome = progress == Progress::Done ? "I0" : "";
    ASSERT_TRUE(write([&](store::WriteView& view) { return put_progress(view, record); }));
    ASSERT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(const auto found, find_request(view, record.id, record.leg));
      EXPECT_EQ(found->progress, progress);
      EXPECT_EQ(found->outcome, record.outcome);
      EXPECT_EQ(found->document, record.document);
      return {};
    }));
  }
}

TEST_F(Registry, ReadsTheEndOfARequestInARowOfItsOwnAsVersion2LeftIt) {
  auto record = waiting_record();
  record.transaction = 1;
  ASSERT_TRUE(write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(put_request(view, record));
    METERWAY_TRY(const auto open, view.scan("request-open", "", "", 1));
    const auto leg = open.at(0).value.substr(0, 25);
    METERWAY_CHECK(view.erase("request-open", open.at(0).key));
    //                                    format, Done, -, instructions, send at, deadline, outcome
    const std::string end = std::string("\x01\x03\0\0\0", 5) + std::string(16, '\0') + "\x03" + "E21";
    return view.put("request-end", leg, end);
  }));
  ASSERT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto found, find_request(view, record.id, record.leg));
    EXPECT_EQ(found->progress, Progress::Done);
    EXPECT_EQ(found->outcome, "E21");
    return {};
  }));
}

TEST_F(Registry, LeavesNothingOfAStepForARequestThatWasRemoved) {
  auto record = waiting_record();
  record.progress = Progress::Handed;
  ASSERT_TRUE(write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(put_request(view, record));
    METERWAY_TRY(const auto end, remove_requests(view, "", UtcTime::max(), 10));
    EXPECT_EQ(end, "");
    record.progress = Progress::Done;
    METERWAY_CHECK(put_progress(view, record));
    METERWAY_TRY(const auto rows, view.scan("request", "", "", 10));
    EXPECT_TRUE(rows.empty());
    return {};
  }));
}

TEST_F(Registry, FindsWhoWaitsForADevicesAnswerByTheHeaderOfTheCommand) {
  auto record = waiting_record();
  record.header.originator = Eui64(0x90b3d51f30000002);  // the broker speaks for the User, with a counter of its own
  record.header.counter.value = 77;
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_request(view, record); }));
  ASSERT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto found, find_by_command(view, record.header));
    EXPECT_TRUE(found.has_value());
    EXPECT_EQ(found->id, kId);
    EXPECT_EQ(found->answer, record.answer);
    METERWAY_TRY(const auto other, find_by_command(view, kId));
    EXPECT_FALSE(other.has_value());
    return {};
  }));
}

TEST_F(Registry, ListsARequestAsOpenUntilItIsDone) {
  auto record = waiting_record();
  const auto count = [&] {
    std::size_t found = 0;
    EXPECT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(const auto open, open_requests(view));
      found = open.size();
      return {};
    }));
    return found;
  };
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_request(view, record); }));
  EXPECT_EQ(count(), 1u);
  record.progress = Progress::Sent;
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_request(view, record); }));
  EXPECT_EQ(count(), 1u);
  record.progress = Progress::Done;
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_request(view, record); }));
  EXPECT_EQ(count(), 0u);
}

TEST_F(Registry, ListsTheOpenRequestsOfADeviceInTheOrderTheyWereAccepted) {
  auto later = waiting_record();
  auto earlier = waiting_record();
  earlier.id.counter = earlier.header.counter = {later.header.counter.value + 1};
  auto elsewhere = waiting_record();
  elsewhere.id.target = elsewhere.header.target = kSupplier;
  ASSERT_TRUE(write([&](store::WriteView& view) -> Status {
    for (auto* record : {&earlier, &elsewhere, &later}) {
      METERWAY_TRY(record->transaction, next_transaction(view));
      METERWAY_CHECK(put_request(view, *record));
    }
    return {};
  }));
  std::vector<OpenRequest> open;
  const auto look = [&](std::size_t limit) {
    EXPECT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(open, open_requests_of(view, earlier.header.target, {}, limit));
      return {};
    }));
    return open.size();
  };
  EXPECT_EQ(look(1), 1u);
  ASSERT_EQ(look(10), 2u);
  EXPECT_EQ(open[0].id, earlier.id);
  EXPECT_EQ(open[0].transaction, 1u);
  EXPECT_EQ(open[0].leg, earlier.leg);
  EXPECT_EQ(open[1].id, later.id);
  earlier.progress = Progress::Done;
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_request(view, earlier); }));
  ASSERT_EQ(look(10), 1u);
  EXPECT_EQ(open[0].id, later.id);
}

TEST_F(Registry, CountersOfParallelConnectionsDoNotTouchEachOther) {
  const Eui64 other_meter(0x00db1234567890b0), other_user(0x90b3d51f30030000);
  const auto advance = [&](Eui64 user, Eui64 device, std::uint64_t counter, CounterKind kind = CounterKind::Ordinary) {
    return write([&](store::WriteView& view) {
             return advance_counter(view, {user, device, {counter}}, kind);
           })
        .has_value();
  };
  EXPECT_TRUE(advance(kSupplier, kMeter, 2000));
  EXPECT_TRUE(advance(kSupplier, other_meter, 1000)) << "one User, two devices";
  EXPECT_TRUE(advance(other_user, kMeter, 1000)) << "two Users, one device";
  EXPECT_TRUE(advance(kSupplier, kMeter, 1000, CounterKind::Prepayment)) << "tokens count on their own";
  EXPECT_FALSE(advance(kSupplier, kMeter, 2000));
  EXPECT_FALSE(advance(kSupplier, other_meter, 1000));
  EXPECT_FALSE(advance(other_user, kMeter, 1000));
  EXPECT_FALSE(advance(kSupplier, kMeter, 1000, CounterKind::Prepayment));
}

TEST_F(Registry, RefusesACounterThatDoesNotIncreasePerPairAndKind) {
  const auto advance = [&](RequestId id, CounterKind kind) {
    return write([&](store::WriteView& view) { return advance_counter(view, id, kind); });
  };
  EXPECT_TRUE(advance(kId, CounterKind::Ordinary));
  EXPECT_EQ(advance(kId, CounterKind::Ordinary).error().code, ErrorCode::StaleCounter);
  EXPECT_FALSE(advance({kSupplier, kMeter, {999}}, CounterKind::Ordinary));
  EXPECT_TRUE(advance({kSupplier, kMeter, {12884901888}}, CounterKind::Prepayment))
      << "a token's counter stands on its own";
  EXPECT_TRUE(advance({kSupplier, kMeter, {1001}}, CounterKind::Ordinary));
  EXPECT_TRUE(advance({kMeter, kSupplier, {1}}, CounterKind::Ordinary)) << "another pair";
  EXPECT_TRUE(advance({kSupplier, kMeter, {UINT64_MAX}}, CounterKind::Ordinary));
  EXPECT_FALSE(advance({kSupplier, kMeter, {0}}, CounterKind::Ordinary));
}

}  // namespace
}  // namespace meterway::registry
