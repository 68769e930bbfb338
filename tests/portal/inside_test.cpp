// Behind the door: what of a function is not the caller's is refused and written down, what was done is written down
// with what it was done to, and what a name or a file brings along breaks no list.
#include "base/util/base64.h"
#include "records/anomaly/book.h"
#include "records/registry/octets.h"
#include "records/registry/slots.h"
#include "tests/portal/portal_bench.h"
#include "tests/registration/signing.h"

namespace meterway::portal {
namespace {

constexpr const char* kSender = "/api/v1/registration/senders/RDPE";
const json kRdpe{{"party", "Electricity RDP"}, {"source", "rdp-electricity"}};

class Inside : public PortalBench {
 protected:
  /// Refused with this status, and the youngest line says whom, of which function, and why.
  void expect_refused(const std::string& method, const std::string& path, const std::string& as, int status,
                      const std::string& function, const std::string& why, const std::string& body = {}) {
    const auto answer = ask(method, path, as, body);
    EXPECT_EQ(answer.status, status) << path << ": " << answer.body;
    const auto line = lines(1);
    ASSERT_EQ(line.size(), 1u) << path;
    EXPECT_EQ(line[0].outcome + " " + line[0].function + " " + line[0].person, "refused " + function + " the." + as);
    EXPECT_NE(line[0].detail.find(why), std::string::npos) << line[0].detail;
  }
  void put_sender() {
    const auto put = ask("PUT", kSender, "operator", kRdpe.dump());
    ASSERT_EQ(put.status, 201) << put.body;
  }
};

TEST_F(Inside, AFileHasABareNameOrNoneAndTheListOfFilesIsReadable) {
  put_sender();
  const auto load = [&](const std::string& name, std::uint64_t sequence) {
    return ask("POST", "/api/v1/registration/files" + name, "operator",
               registration::electricity_file(sequence, {"REG|1200023305967|IS|OLDS|20200101||"}))
        .status;
  };
  EXPECT_EQ(load("?name=%FF", 1), 400);
  EXPECT_EQ(load("?name=..%2Fx", 1), 400);
  EXPECT_EQ(load("?name=" + std::string(99, 'a') + "%C3%A9", 1), 400) << "the hundredth byte is half a letter";
  EXPECT_EQ(load("?name=" + std::string(101, 'a'), 1), 400);
  EXPECT_EQ(load("?name=RDPE-1.usr", 1), 200);
  EXPECT_EQ(load("", 2), 200);
  const auto list = ask("GET", "/api/v1/registration/files?sender=RDPE", "operator");
  ASSERT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(json::parse(list.body).at("files").size(), 2u);
  // One that an earlier version has taken.
  ASSERT_TRUE(store_.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(auto before, registration::find_load(view, "RDPE", 1));
    METERWAY_TRY(auto row, view.get("registration-load", std::string("RDPE") + '\0' + std::string(7, '\0') + '\1'));
    if (!before || !row) return fail(ErrorCode::NotFound);
    row->replace(row->find(before->name), before->name.size(), std::string(before->name.size(), '\xff'));
    return view.put("registration-load", std::string("RDPE") + '\0' + std::string(7, '\0') + '\1', *row);
  }));
  EXPECT_EQ(ask("GET", "/api/v1/registration/files?sender=RDPE", "operator").status, 200);
}

TEST_F(Inside, ALinkIsNoSignature) {
  put_sender();
  auto pattern = (std::filesystem::temp_directory_path() / "meterway_import_XXXXXX").string();
  const std::filesystem::path root = ::mkdtemp(pattern.data());
  registration_folder_ = root.string();
  ASSERT_TRUE(write_text_file(root / "one.usr", registration::electricity_file(1, {})));
  ASSERT_TRUE(write_text_file(root / "signature", "a secret"));
  std::filesystem::create_symlink(root / "signature", root / "one.usr.p7s");
  const auto import = [&] { return ask("POST", "/api/v1/registration/import?name=one.usr", "operator").status; };
  EXPECT_EQ(import(), 404);
  std::filesystem::remove(root / "one.usr.p7s");
  EXPECT_EQ(import(), 200);
  std::filesystem::remove_all(root);
}

TEST_F(Inside, WhatWasDoneIsWrittenDownWithWhatItWasDoneTo) {
  put_sender();
  auto body = kRdpe;
  const registration::Signing signing;
  body.update({{"certificate", signing.pem()}, {"must_sign", true}});
  ASSERT_EQ(ask("PUT", kSender, "operator", body.dump()).status, 200);
  const auto sender = lines(10);
  ASSERT_EQ(sender.size(), 2u);
  EXPECT_EQ(sender[0].function + " " + sender[0].outcome + " " + sender[0].about,
            "registration.senders.change done sender RDPE");
  EXPECT_NE(sender[0].detail.find("\"must_sign\":true"), std::string::npos) << sender[0].detail;
  EXPECT_NE(sender[0].detail.find("\"certificate\":\"sha256 "), std::string::npos) << sender[0].detail;
  EXPECT_NE(sender[0].detail.find("\"next\":1"), std::string::npos) << sender[0].detail;
  body["party"] = 1;
  ASSERT_EQ(ask("PUT", kSender, "operator", body.dump()).status, 400);
  EXPECT_EQ(lines(10).size(), 2u) << "nothing was done";

  ASSERT_EQ(ask("POST", "/api/v1/registration/flags/RDPE?all=true", "operator").status, 200);
  const auto flags = lines(2);
  EXPECT_EQ(flags[0].outcome + " " + flags[0].about, "done sender RDPE");
  EXPECT_NE(flags[0].detail.find("\"batches\":"), std::string::npos) << flags[0].detail;
  EXPECT_EQ(flags[1].outcome + " " + flags[1].about, "allowed POST /api/v1/registration/flags/RDPE");
}

TEST_F(Inside, WhatIsNotHisOfAFunctionThatIsHisIsRefusedAndWrittenDown) {
  put_sender();
  expect_refused("GET", "/api/v1/permissions/me.show?person=the.desk", "aro", 403, "permissions.explain", "another");
  EXPECT_EQ(ask("GET", "/api/v1/permissions/me.show?person=the.desk", "auditor").status, 200);
  expect_refused("GET", "/api/v1/registration/files?sender=RDPE", "rdp", 404, "registration.files.read", "party");
  EXPECT_EQ(ask("GET", "/api/v1/registration/files?sender=RDPE", "desk").status, 200);
  expect_refused("POST", "/api/v1/registration/answers", "rdp", 403, "registration.answers.take", "party",
                 "ZHV|R|MWRSP001|RDPE|DCC|20261122130000|1|\nZPT|R|0|\n");
  const std::string other = "90b3d51f30030000";
  for (const auto* path : {"thresholds", "notices", "quarantine"}) {
    expect_refused("GET", "/api/v1/anomaly/" + std::string(path) + "?user=" + other, "aro", 403,
                   "anomaly." + std::string(path) + ".read", "another party");
  }
  expect_refused("GET", "/api/v1/anomaly/submissions/" + other + "/SM-1", "aro", 403, "anomaly.thresholds.read",
                 "another party");
  ASSERT_TRUE(store_.write([&](store::WriteView& view) {
    return registry::put_person(view, {"the.auditor", "", "DCC", {"auditor"}, registry::Classification::Green, true});
  }));
  expect_refused("GET", "/api/v1/audit/entries?format=chain", "auditor", 403, "audit.entries.read", "clearance");
}

TEST_F(Inside, AnAnswerToFlagsIsSignedWhereFilesOfItsSenderAre) {
  auto body = kRdpe;
  const registration::Signing signing(-3600 * 24 * 365, 86400);
  body.update({{"party", "supplier"}, {"certificate", signing.pem()}, {"must_sign", true}});
  ASSERT_EQ(ask("PUT", kSender, "operator", body.dump()).status, 201);
  const std::string answer = "ZHV|R|MWRSP001|RDPE|DCC|20261122130000|1|\nZPT|R|0|\n";
  expect_refused("POST", "/api/v1/registration/answers", "rdp", 403, "registration.answers.take", "are signed", answer);
  const auto bytes = signing.sign(answer);
  const auto sent = [&](const std::string& signature) {
    return ask("POST", "/api/v1/registration/answers", "rdp", answer,
               {{"x-signature", to_base64(registry::bytes_of(signature))}})
        .status;
  };
  EXPECT_EQ(sent(signing.sign("another")), 403);
  EXPECT_EQ(sent(bytes), 404) << "it is looked at now: there is no such batch";
}

TEST_F(Inside, ASweepComparesEveryDeviceAndSaysWhenItDidNot) {
  constexpr std::size_t kDevices = 501;  // more than a step takes
  ASSERT_TRUE(store_.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(
        registry::put_user(view, {tests::kOtherSupplier, "network", {UserRole::ED}, registry::UserState::Live, ""}));
    for (std::size_t i = 0; i < kDevices; ++i) {
      registry::Device device;
      device.eui = Eui64(0x00DB123400000000 + i);
      device.type = DeviceType::ESME;
      device.state = registry::DeviceState::Commissioned;
      device.responsible = {{UserRole::ED, tests::kOtherSupplier, {}, {}}};
      METERWAY_CHECK(registry::put_device(view, device));
      const registry::Slot slots[] = {
          {PartyRole::NetworkOperator, pki::KeyUse::DigitalSignature, tests::kSupplier, clock.now(), {}},
          {PartyRole::NetworkOperator, pki::KeyUse::KeyAgreement, tests::kSupplier, clock.now(), {}}};
      METERWAY_CHECK(registry::learn_slots(view, device.eui, slots));
    }
    return {};
  }));
  const auto answer = ask("POST", "/api/v1/operations/sweep", "operator");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(json::parse(answer.body).at("corrections_opened"), kDevices) << answer.body;
  EXPECT_EQ(json::parse(answer.body).at("more"), false);
}

TEST_F(Inside, DevicesWhoseCellsNobodyHasReadAreCountedAndListed) {
  constexpr std::uint64_t kFirst = 0x00DB123500000000;
  ASSERT_TRUE(store_.write([&](store::WriteView& view) -> Status {
    for (std::uint64_t i = 0; i < 3; ++i) {
      registry::Device device;
      device.eui = Eui64(kFirst + i);
      device.type = DeviceType::ESME;
      device.state = registry::DeviceState::Commissioned;
      METERWAY_CHECK(registry::put_device(view, device));
    }
    return {};
  }));
  const auto swept = ask("POST", "/api/v1/operations/sweep", "operator");
  ASSERT_EQ(swept.status, 200) << swept.body;
  EXPECT_EQ(json::parse(swept.body).at("cells_unread"), 3) << swept.body;
  const std::string path = "/api/v1/operations/unread-cells";
  const auto first = json::parse(ask("GET", path + "?limit=2", "desk").body);
  EXPECT_EQ(first.at("count"), 3) << first;
  ASSERT_EQ(first.at("devices").size(), 2u) << first;
  EXPECT_EQ(first["devices"][0].at("eui"), Eui64(kFirst).plain());
  EXPECT_EQ(first["devices"][0].at("type"), "ESME");
  const auto rest = json::parse(ask("GET", path + "?from=" + first.at("next").get<std::string>(), "desk").body);
  EXPECT_EQ(rest.at("devices").size(), 1u) << rest;
  EXPECT_FALSE(rest.contains("next"));
  EXPECT_EQ(ask("GET", path + "?limit=0", "desk").status, 400);
  EXPECT_EQ(ask("GET", path, "aro").status, 403);
}

TEST_F(Inside, NoticesOfSeveralUsersComeInPagesThatLeaveNoneOut) {
  ASSERT_TRUE(store_.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(
        registry::put_user(view, {tests::kOtherSupplier, "another", {UserRole::IS}, registry::UserState::Live, ""}));
    for (const auto user : {tests::kSupplier, tests::kSupplier, tests::kSupplier, tests::kOtherSupplier})
      METERWAY_CHECK(anomaly::append_notice(view, {0, clock.now(), user, "a notice"}));
    return {};
  }));
  std::vector<std::uint64_t> seen;
  for (std::uint64_t after = 0; seen.size() < 10;) {
    const auto page =
        json::parse(ask("GET", "/api/v1/anomaly/notices?limit=2&after=" + std::to_string(after), "desk").body);
    if (page.at("notices").empty()) break;
    for (const auto& one : page.at("notices")) seen.push_back(after = one.at("number").get<std::uint64_t>());
  }
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{1, 2, 3, 4}));
}

TEST_F(Inside, ThresholdsComeLatestFirstAndTheOneThatDecidesIsFoundOnWhicheverPage) {
  const auto set = [&](const char* service, const char* from) {
    ASSERT_TRUE(store_.write([&](store::WriteView& view) {
      return anomaly::append_history(view, tests::kSupplier,
                                     json{{"user", tests::kSupplier.dashed_upper()},
                                          {"service", service},
                                          {"source", "USER"},
                                          {"effective_from", from}}
                                         .dump());
    }));
  };
  set("7.4", "2026-05-01T00:00:00Z");  // decides: the next is earlier, though it came later
  set("7.4", "2026-04-01T00:00:00Z");
  set("7.4", "2026-07-01T00:00:00Z");
  set("4.1.1", "2026-01-01T00:00:00Z");
  std::vector<std::string> states;
  std::uint64_t before = 0;
  do {
    const auto page =
        json::parse(ask("GET", "/api/v1/anomaly/thresholds?limit=2&before=" + std::to_string(before), "desk").body);
    for (const auto& one : page.at("thresholds"))
      states.push_back(one.at("service").get<std::string>() + " " + one.at("state").get<std::string>());
    before = page.value("next", std::uint64_t{0});
  } while (before != 0 && states.size() < 10);
  EXPECT_EQ(states, (std::vector<std::string>{"4.1.1 in effect", "7.4 to come", "7.4 replaced", "7.4 in effect"}));
}

TEST_F(Inside, ASignedReportOfQuarantinedRequestsIsWhole) {
  constexpr std::uint64_t kItems = 1001;  // more than a page
  ASSERT_TRUE(store_.write([&](store::WriteView& view) -> Status {
    for (std::uint64_t i = 1; i <= kItems; ++i) {
      anomaly::Item item;
      item.number = i;
      item.request = {tests::kSupplier, tests::kMeter, {i}};
      item.service = "7.4";
      METERWAY_CHECK(anomaly::put_item(view, item));
    }
    return {};
  }));
  const auto report = ask("GET", "/api/v1/anomaly/quarantine?format=csv", "desk");
  ASSERT_EQ(report.status, 200) << report.body;
  EXPECT_NE(report.headers.count("x-signature"), 0u);
  const auto lines_in = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
  const auto heading = lines_in(ask("GET", "/api/v1/anomaly/quarantine?format=csv&state=deleted", "desk").body);
  EXPECT_EQ(lines_in(report.body) - heading, static_cast<std::ptrdiff_t>(kItems));
  EXPECT_EQ(lines_in(ask("GET", "/api/v1/anomaly/quarantine?format=csv&limit=3", "desk").body) - heading, 3);
}

}  // namespace
}  // namespace meterway::portal
