// Every one of the 129 forms over HTTP: found, filled in with its samples, previewed; what is wrong in it is named;
// nobody writes for another party's User.
#include <algorithm>

#include "records/registry/broker.h"
#include "tests/portal/portal_bench.h"

namespace meterway::portal {
namespace {

constexpr Eui64 kOther{0x90B3D51F30020000};

class Forms : public PortalBench {
 protected:
  Forms() {
    write([&](store::WriteView& view) -> Status {
      METERWAY_CHECK(registry::put_broker(view, tests::kBroker));
      return registry::put_user(view, {kOther, "network", {UserRole::ED}, registry::UserState::Live, ""});
    });
  }
  json got(const std::string& path, const std::string& as = "party") {
    const auto answer = ask("GET", "/api/v1/" + path, as);
    EXPECT_EQ(answer.status, 200) << path << ": " << answer.body;
    return json::parse(answer.body, nullptr, false);
  }
  net::HttpResponse preview(const std::string& service, json body, const std::string& as = "party") {
    if (!body.contains("user")) body["user"] = tests::kSupplier.plain();
    if (!body.contains("target")) body["target"] = "00db1234567890a0";
    return ask("POST", "/api/v1/services/" + service + "/preview", as, body.dump());
  }
  json previewed(const std::string& service, const json& body) {
    const auto answer = preview(service, body);
    EXPECT_EQ(answer.status, 200) << service << ": " << answer.body;
    return json::parse(answer.body, nullptr, false);
  }
  std::vector<std::string> first_found(const std::string& query, std::size_t most = 5) {
    std::vector<std::string> out;
    const auto found = got("services?q=" + query);
    for (const auto& one : found.at("services")) {
      if (out.size() < most) out.push_back(one.at("service"));
    }
    return out;
  }
};

constexpr std::size_t kNone = 1'000'000;
/// Fills a form, as its JSON says, with its samples; of the nth choice it takes `alternative`, also where it may be
/// left out.
class Hand {
 public:
  Hand(const json& form, std::size_t choice, std::size_t alternative) : choice_(choice), alternative_(alternative) {
    inside(form, "", 0);
  }
  json fields = json::object();
  std::vector<std::size_t> alternatives;

 private:
  void inside(const json& part, const std::string& place, std::size_t only) {
    if (!part.contains("parts")) return;
    for (const auto& one : part.at("parts")) fill(one, place, only);
  }
  void fill(const json& part, const std::string& place, std::size_t only) {
    const auto kind = part.at("kind").get<std::string>();
    const auto least = part.at("least").get<std::size_t>();
    if (kind == "choice") {
      const auto number = alternatives.size();
      const auto& parts = part.at("parts");
      alternatives.push_back(parts.size());
      if (least == 0 && number != choice_) return;
      fill(parts.at(number == choice_ ? alternative_ : 0), place, only);
    } else if (kind == "together") {
      const bool repeats = part.at("most").is_null() || part.at("most").get<std::size_t>() > 1;
      for (std::size_t n = 1; n <= least; ++n) inside(part, place, repeats ? n : only);
    } else {
      for (std::size_t n = 1; n <= (only != 0 ? 1 : least); ++n) {
        const auto number = only != 0 ? only : n;
        auto here = (place.empty() ? "" : place + "/") + part.at("name").get<std::string>();
        if (number > 1) here += "[" + std::to_string(number) + "]";
        if (kind == "field") {
          fields[here] = part.at("sample");
        } else {
          const auto before = fields.size();
          inside(part, here, 0);
          if (fields.size() == before) fields[here] = "";  // it is there, with nothing in it
        }
      }
    }
  }
  const std::size_t choice_, alternative_;
};

TEST_F(Forms, AreFoundByNameNumberAndUseCase) {
  const auto found = got("services?q=Read+Balance");
  const auto& first = found.at("services").at(0);
  EXPECT_EQ(first.at("service"), "4.18");
  EXPECT_EQ(first.at("roles"), json({"IS", "GS"}));
  EXPECT_EQ(first.at("critical"), false);
  std::set<std::string> tags, devices;
  for (const auto& one : first.at("use_cases")) tags.insert(one.at("use_case").get<std::string>());
  for (const auto& one : first.at("device_types")) devices.insert(one.get<std::string>());
  EXPECT_EQ(tags, (std::set<std::string>{"ECS82", "GCS60", "GCS60a"}));
  EXPECT_TRUE(devices.count("ESME")) << first;
  EXPECT_EQ(first_found("top%20up", 1), std::vector<std::string>{"2.2"});
  EXPECT_EQ(first_found("ECS17b", 1), std::vector<std::string>{"4.1.1"});
  EXPECT_EQ(got("services").at("total"), 129);
  EXPECT_EQ(got("services?limit=3").at("left_out"), 126);
  EXPECT_EQ(ask("GET", "/api/v1/services?limit=0", "party").status, 400);
  const auto table = ask("GET", "/api/v1/services?format=csv", "public").body;
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 130);
}

TEST_F(Forms, OfAll129FilledWithTheirSamplesGiveAValidPreviewWhicheverAlternativeIsTaken) {
  std::size_t forms = 0, ways = 0;
  const auto found = got("services");
  for (const auto& one : found.at("services")) {
    const auto name = one.at("service").get<std::string>();
    const auto form = got("services/" + name + "/form?device=00db1234567890a0");
    ++forms;
    const Hand first(form.at("form"), kNone, 0);
    const auto check = [&](const json& fields, const std::string& what) {
      const auto said = previewed(name, {{"fields", fields}});
      EXPECT_EQ(said.at("valid"), true) << name << what << said.at("errors") << fields;
      EXPECT_TRUE(said.at("xml").is_string()) << name << what;
      ++ways;
      return said;
    };
    const auto plain = check(first.fields, "");
    check(form.at("sample"), " sample");
    // What is read from the document are the fields again.
    EXPECT_EQ(check(plain.at("fields"), " again").at("fields"), plain.at("fields")) << name;
    for (std::size_t choice = 0; choice < first.alternatives.size() && choice < 40; ++choice) {
      for (std::size_t other = 0; other < first.alternatives[choice]; ++other)
        check(Hand(form.at("form"), choice, other).fields, " choice " + std::to_string(choice));
    }
    // The body as text says the same.
    const auto xml = plain.at("xml").get<std::string>();
    const auto begin = xml.find("<sr:Body>") + 9;
    const auto typed = previewed(name, {{"body", xml.substr(begin, xml.find("</sr:Body>") - begin)}});
    EXPECT_EQ(typed.at("xml"), plain.at("xml")) << name;
  }
  EXPECT_EQ(forms, 129u);
  EXPECT_GT(ways, 500u);
  RecordProperty("ways", static_cast<int>(ways));
}

TEST_F(Forms, NameEveryFieldThatIsWrongWithWhatTheSchemaWants) {
  const auto said = previewed(
      "4.8.1", {{"fields", {{"ReadLogPeriod/StartDateTime", "yesterday"}, {"Nonsense", "1"}, {"x", nullptr}}}});
  EXPECT_EQ(said.at("valid"), false);
  EXPECT_TRUE(said.at("xml").is_null());
  std::map<std::string, json> errors;
  for (const auto& one : said.at("errors")) errors[one.at("field")] = one;
  EXPECT_EQ(errors.size(), 3u) << said;
  EXPECT_EQ(errors["ReadLogPeriod/StartDateTime"].at("wants"), "a date and time such as 2030-01-15T09:00:00Z");
  EXPECT_EQ(errors["ReadLogPeriod/EndDateTime"].at("detail"), "it is missing");
  EXPECT_EQ(errors["Nonsense"].at("detail"), "there is no such field here");
}

TEST_F(Forms, CheckABodyThatIsTypedAsTheyCheckFields) {
  EXPECT_EQ(previewed("4.18", {{"body", "<sr:ReadMeterBalance/>"}}).at("valid"), true);
  const auto wrong = [&](const std::string& body) {
    const auto said = previewed("4.18", {{"body", body}});
    EXPECT_EQ(said.at("valid"), false) << body;
    EXPECT_FALSE(said.at("errors").empty()) << body;
    return said.at("errors").at(0).dump();
  };
  EXPECT_NE(wrong("<sr:ReadMeterBalance><sr:X/></sr:ReadMeterBalance>").find("line 1"), std::string::npos);
  wrong("<sr:ReadInventory/>");
  wrong("<sr:ReadDeviceConfigurationIdentityExceptMPxN/>");
  wrong("no XML");
  wrong("");
  wrong("<sr:ReadMeterBalance/></sr:Body><sr:Body><sr:ReadMeterBalance/>");
  wrong("<sr:ReadMeterBalance/></sr:Body></sr:Request><sr:Request>");
  wrong("<!DOCTYPE a [<!ENTITY b \"c\">]><sr:ReadMeterBalance/>");
  EXPECT_EQ(preview("4.18", {{"body", "<sr:ReadMeterBalance/>"}, {"fields", json::object()}}).status, 400);
}

TEST_F(Forms, TellWhatAccessControlWouldSayAndOnlyThoseWhoMayHearFromWhat) {
  const auto party = previewed("4.18", {{"fields", json::object()}});
  ASSERT_TRUE(party.at("access").contains("allowed")) << party;
  for (const auto& line : party.at("access").at("lines")) EXPECT_FALSE(line.contains("data"));
  EXPECT_FALSE(party.at("access").contains("registered"));
  const auto desk = json::parse(preview("4.18", {{"fields", json::object()}}, "desk").body);
  ASSERT_FALSE(desk.at("access").at("lines").empty());
  for (const auto& line : desk.at("access").at("lines")) EXPECT_TRUE(line.contains("data"));
  const auto refused = json::parse(preview("7.1", {{"fields", json::object()}, {"user", kOther.plain()}}, "desk").body);
  EXPECT_EQ(refused.at("access").at("allowed"), false);
  EXPECT_TRUE(refused.at("access").contains("code"));
}

TEST_F(Forms, AreForTheUsersOfOnesOwnParty) {
  const json fields = {{"fields", json::object()}};
  json other = fields;
  other["user"] = kOther.plain();
  EXPECT_EQ(preview("4.18", fields, "party").status, 200);
  const auto refused = preview("4.18", other, "party");
  EXPECT_EQ(refused.status, 403) << refused.body;
  EXPECT_EQ(lines(1).front().detail, "a User of another party");
  json nobody = fields;
  nobody["user"] = "90b3d51f30999999";
  EXPECT_EQ(preview("4.18", nobody, "party").status, 403) << "as one that is another's";
  EXPECT_EQ(preview("4.18", other, "desk").status, 200);
  EXPECT_EQ(preview("4.18", other, "secretary").status, 403);
  for (const auto* as : {"party", "operations", "user"}) {
    json order = other;
    order["service"] = "4.18";
    order["target"] = "00db1234567890a0";
    EXPECT_EQ(ask("POST", "/api/v1/requests", as, order.dump()).status, 403) << as;
  }
  EXPECT_EQ(ask("GET", "/api/v1/requests/90-B3-D5-1F-30-02-00-00:00-DB-12-34-56-78-90-A0:1/answer", "party").status,
            404);
  const auto form = got("services/4.18/form");
  ASSERT_EQ(form.at("users").size(), 1u);
  EXPECT_EQ(form.at("users").at(0).at("user"), tests::kSupplier.plain());
  EXPECT_EQ(form.at("users").at(0).at("may_send"), true);
  const auto desk = got("services/4.18/form", "desk");
  EXPECT_EQ(desk.at("users").size(), 2u);
  EXPECT_EQ(desk.at("users").at(0).at("may_send"), false);
  EXPECT_TRUE(got("services/4.18/form", "public").at("users").empty());
}

TEST_F(Forms, SayThatNobodySignsWhereThereIsNoSigner) {
  const json order = {{"user", tests::kSupplier.plain()}, {"target", "00db1234567890a0"}, {"service", "4.18"}};
  const auto answer = ask("POST", "/api/v1/requests", "party", order.dump());
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find("this is no test node"), std::string::npos);
  EXPECT_EQ(got("services/4.18/form").at("can_send"), false);
  EXPECT_EQ(previewed("4.18", {{"fields", json::object()}}).at("signer"), false);
}

TEST_F(Forms, RefuseWhatIsNoOrder) {
  const std::vector<std::pair<json, std::string>> wrong{
      {json::array(), "expected an object"},
      {{{"usr", "1"}}, "usr: unknown member"},
      {{{"user", "1"}}, "user: expected an EUI-64"},
      {{{"target", 5}}, "target: expected an EUI-64"},
      {{{"cv", 4}}, "cv: 4.18 has no command variant 4"},
      {{{"cv", "1"}}, "cv: expected 1 to 8"},
      {{{"pounds", 5}}, "pounds: only a token"},
      {{{"fields", "x"}}, "fields: expected an object"},
      {{{"fields", {{"a", json::array()}}}}, "fields.a: expected a text"},
  };
  for (auto [body, detail] : wrong) {
    const auto answer =
        body.is_object() ? preview("4.18", body) : ask("POST", "/api/v1/services/4.18/preview", "party", body.dump());
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_NE(answer.body.find(detail), std::string::npos) << answer.body;
  }
  EXPECT_EQ(preview("4.99", json::object()).status, 404);
  EXPECT_EQ(ask("GET", "/api/v1/services/4.99/form", "party").status, 404);
  const auto cv5 = preview("1.1.1", {{"cv", 5}});
  EXPECT_NE(cv5.body.find("a signed pre-command is made from the answer"), std::string::npos) << cv5.body;
}

TEST_F(Forms, LeaveATokenToWhoHasTheKeyForIt) {
  const auto said = previewed("2.2", {{"pounds", 10}});
  EXPECT_EQ(said.at("valid"), true) << said;
  EXPECT_EQ(said.at("made_by_signer"), json({"RequestID", "UTRN"}));
  EXPECT_EQ(previewed("2.2", {{"fields", json::object()}}).at("valid"), false);
  EXPECT_EQ(preview("2.2", {{"pounds", 8192}}).status, 400);
  EXPECT_EQ(preview("2.2", {{"pounds", 1}, {"pence", 1}}).status, 400);
}

}  // namespace
}  // namespace meterway::portal
