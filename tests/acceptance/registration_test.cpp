// Registration data (seed A60 to A62): files come through the interface, the road decides, time is the test's.
#include "tests/acceptance/gatekeeper.h"

namespace meterway::acceptance {
namespace {

constexpr Eui64 kPlainMeter{0x00DB1234567890B0};
constexpr const char* kBefore = "2026-11-22T23:59:59.999Z";
constexpr const char* kMidnight = "2026-11-23T00:00:00Z";
const std::string kOld = std::string("REG|") + kPoint + "|IS|OLDS|20200101||";
const std::string kNew = std::string("REG|") + kPoint + "|IS|NEWS|20261123||";

TEST(acceptance, A60) {  // a switch effective at 00:00 decides from 00:00:00, whichever way and whenever it came
  const std::string by_css =
      std::string(R"({"type":"switch","mpxn":")") + kPoint + R"(","role":"IS","participant":"NEWS","from":"20261123"})";
  const struct {
    const char* arrives;
    std::string file;
  } ways[] = {{"2026-11-20T10:00:00Z", electricity_file(2, {kNew})},
              {"2026-11-20T10:00:00Z", css_message(1, by_css)},
              {"2026-11-22T23:59:59.998Z", css_message(1, by_css)},
              {"2026-11-25T09:00:00Z", electricity_file(2, {kNew})},
              {"2026-11-25T09:00:00Z", css_message(1, by_css)}};
  for (const auto& way : ways) {
    Gatekeeper node;
    node.taken(electricity_file(1, {kOld}, true));
    EXPECT_TRUE(node.allowed(kSupplier, kMidnight)) << "not known yet";
    node.clock.set(*from_iso8601(way.arrives));
    node.taken(way.file);
    EXPECT_TRUE(node.allowed(kSupplier, kBefore)) << way.arrives;
    EXPECT_FALSE(node.allowed(kOtherSupplier, kBefore)) << way.arrives;
    EXPECT_FALSE(node.allowed(kSupplier, kMidnight)) << way.arrives;
    EXPECT_TRUE(node.allowed(kOtherSupplier, kMidnight)) << way.arrives;
    EXPECT_TRUE(node.allowed(kSupplier, kBefore)) << "a clock that is set back decides by what it shows";
    const auto why = node.refusal(kSupplier, kMidnight);
    EXPECT_NE(why.find(": IS is another"), std::string::npos) << why;
    EXPECT_EQ(why.find(kPoint), std::string::npos) << "nor where the device is";
    EXPECT_EQ(why.find("NEWS"), std::string::npos) << "who it is is nothing that he need know";
  }
}

TEST(acceptance, A60Summer) {  // midnight is that of Great Britain
  Gatekeeper node;
  node.taken(electricity_file(1, {kOld, std::string("REG|") + kPoint + "|IS|NEWS|20270601||"}, true));
  EXPECT_TRUE(node.allowed(kSupplier, "2027-05-31T22:59:59.999Z"));
  EXPECT_TRUE(node.allowed(kOtherSupplier, "2027-05-31T23:00:00Z"));
  EXPECT_FALSE(node.allowed(kSupplier, "2027-05-31T23:00:00Z"));
}

TEST(acceptance, A60Fallback) {  // a device without registration data goes by its list
  Gatekeeper node;
  node.device(kPlainMeter, {});
  EXPECT_TRUE(node.allowed(kSupplier, kMidnight)) << "nothing has been loaded";
  node.taken(electricity_file(1, {kNew}, true));
  EXPECT_TRUE(node.allowed(kSupplier, kMidnight, kPlainMeter));
  EXPECT_FALSE(node.allowed(kOtherSupplier, kMidnight, kPlainMeter));
  EXPECT_FALSE(node.allowed(kSupplier, kMidnight));
}

TEST(acceptance, A60Sequence) {  // a gap is refused and raises an incident, a replay changes nothing
  Gatekeeper node;
  const auto first = electricity_file(1, {kOld, "REG|1200023305968|IS|X|20200101||"}, true);
  const auto answer = node.taken(first);
  EXPECT_EQ(answer.at("rejected"), 1);
  const auto response = node.ask("GET", "files/RDPE/1/response").body;
  EXPECT_NE(response.find("RJ|3|1200023305968|metering-point|"), std::string::npos) << response;
  for (int again = 0; again < 2; ++again) {
    const auto gap = node.ask("POST", "files", electricity_file(3, {kNew}));
    EXPECT_EQ(gap.status, 409);
    ASSERT_EQ(node.incidents().size(), 1u) << "the same gap is one incident";
    const auto incident = node.incidents()[0];
    EXPECT_EQ(incident.text("rdp"), "Electricity RDP");
    EXPECT_EQ(incident.text("title"), "Sequence gap of RDPE: 2 is missing");
    EXPECT_NE(gap.body.find(incident.reference), std::string::npos) << gap.body;
  }
  EXPECT_TRUE(node.allowed(kSupplier, kMidnight));
  node.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(node.taken(first), answer);
  EXPECT_EQ(node.ask("GET", "files/RDPE/1/response").body, response);
  EXPECT_EQ(node.ask("POST", "files", electricity_file(1, {kNew}, true)).status, 409) << "other bytes";
  EXPECT_EQ(node.incidents().size(), 1u);
  EXPECT_EQ(node.got("files?sender=RDPE").at("files").size(), 1u);
  node.taken(electricity_file(2, {kNew}));
  EXPECT_TRUE(node.allowed(kOtherSupplier, kMidnight));
}

TEST(acceptance, A60BadInput) {  // each its error, no change of state
  Gatekeeper node;
  const auto file = electricity_file(1, {kNew}, true);
  for (std::size_t size = 0; size < file.size(); ++size)
    ASSERT_EQ(node.ask("POST", "files", file.substr(0, size)).status, 400) << size;
  EXPECT_EQ(node.ask("POST", "files", file, "-").status, 401);
  EXPECT_EQ(node.ask("POST", "files", file, node.person("Gas RDP", {"rdp"})).status, 403) << "another party's";
  EXPECT_EQ(node.ask("POST", "files", file, node.person("Electricity RDP", {"party"})).status, 403)
      << "without the role";
  EXPECT_EQ(node.ask("POST", "files", file, {}, {{"x-signature", "AAAA"}}).status, 403) << "no certificate";
  EXPECT_EQ(node.ask("POST", "files", file, {}, {{"x-signature", "?"}}).status, 400);
  EXPECT_EQ(node.ask("POST", "files", electricity_file(1, {kNew}, true, "WHO")).status, 404);
  EXPECT_EQ(node.ask("GET", std::string("points/") + kPoint).status, 404);
  EXPECT_EQ(node.ask("GET", std::string("points/") + kPoint, {}, "-").status, 401);
  EXPECT_EQ(node.ask("GET", std::string("points/") + kPoint, {}, node.person("Somebody", {"party"})).status, 403);
  EXPECT_EQ(node.ask("GET", "points/1200023305968").status, 400);
  EXPECT_EQ(node.ask("PUT", "senders/RDPX", R"({"party":"X","source":"nobody"})").status, 400);
  EXPECT_TRUE(node.incidents().empty());
  const auto own = node.person("Electricity RDP", {"rdp"});
  EXPECT_EQ(node.ask("POST", "files", file, own).status, 200);
  EXPECT_EQ(node.ask("GET", "files/RDPE/1/response", {}, own).status, 200);
  EXPECT_EQ(node.ask("GET", "files/CSS/1/response", {}, own).status, 404);
  EXPECT_EQ(node.ask("GET", "files/RDPE/one/response", {}, own).status, 404);
}

TEST(acceptance, A60Import) {  // what lies in the folder is taken by its bare name, and nothing else
  Gatekeeper node;
  auto pattern = (std::filesystem::temp_directory_path() / "meterway_import_XXXXXX").string();
  const std::filesystem::path root = ::mkdtemp(pattern.data());
  EXPECT_EQ(node.ask("POST", "import?name=x").status, 404) << "there is no folder";
  node.folder = root / "in";
  std::filesystem::create_directories(node.folder);
  ASSERT_TRUE(write_text_file(node.folder / "RDPE-1.usr", electricity_file(1, {kNew}, true)));
  ASSERT_TRUE(write_text_file(root / "secret", electricity_file(2, {kOld}, true)));
  std::filesystem::create_symlink(root / "secret", node.folder / "link");
  for (const auto* name : {"", "..%2Fsecret", "../secret", "%2Fetc%2Fpasswd", ".", "in/RDPE-1.usr", "a%00b"})
    EXPECT_EQ(node.ask("POST", std::string("import?name=") + name).status, 400) << name;
  for (const auto* name : {"link", "none"})
    EXPECT_EQ(node.ask("POST", std::string("import?name=") + name).status, 404) << name;
  EXPECT_EQ(node.ask("POST", "import?name=RDPE-1.usr").status, 200);
  EXPECT_TRUE(node.allowed(kOtherSupplier, kMidnight));
  std::filesystem::remove_all(root);
}

TEST(acceptance, A61) {  // switching the route for one provider changes no payload field
  Gatekeeper node;
  node.taken(electricity_file(1, {kOld, "REG|2000050773706|IS|OLDS|20200101||"}, true));
  const auto payload = [&](const std::string& sequence, const std::string& format) {
    const auto text = node.ask("GET", "flags/RDPE/" + sequence).body;
    registration::Broken broken;
    const auto batch = registration::read_batch(registration::TextContent(text), broken);
    EXPECT_TRUE(batch) << broken.why;
    std::string out;
    if (!batch) return out;
    EXPECT_EQ(registration::to_string(batch->format), format);
    for (const auto& one : batch->records)
      out += one.mpxn.text() + " " + one.flag + " " + calendar::to_text(one.from) + "\n";
    return out;
  };
  EXPECT_EQ(json::parse(node.ask("POST", "flags/RDPE?all=true").body).at("batches"), json::array({1}));
  node.sender("RDPE", {{"route", "message"}});
  EXPECT_EQ(json::parse(node.ask("POST", "flags/RDPE?all=true").body).at("batches"), json::array({2}));
  EXPECT_EQ(payload("1", "electricity"), "1200023305967 A 2026-11-22\n2000050773706 N 2026-11-22\n");
  EXPECT_EQ(payload("2", "message"), payload("1", "electricity"));
  EXPECT_EQ(node.got("senders/RDPE").at("next"), 2) << "its own sequence goes on";
  EXPECT_EQ(json::parse(node.ask("POST", "flags/RDPE").body).at("records"), 0) << "nothing has changed";

  const auto answer = node.ask("POST", "answers",
                               R"({"format":"meterway-css-1","kind":"response","sender":"RDPE","sequence":2,"records":[
      {"type":"rejected","line":"2","mpxn":"2000050773706","code":"unknown","reason":"not ours"}]})");
  EXPECT_EQ(answer.status, 200) << answer.body;
  const auto batch = node.got("flags/RDPE/2?format=json");
  EXPECT_EQ(batch.at("records")[0].at("answer"), "accepted");
  EXPECT_EQ(batch.at("records")[1].at("answer"), "rejected");
}

TEST(acceptance, A62) {  // a read says which source each address came from; matching never mixes sources
  Gatekeeper node;
  node.taken(
      electricity_file(1,
                       {kOld, std::string("ADR|") + kPoint + "|A|100023336956|SW1A 2AA|FLAT 1, 10|DOWNING STREET|",
                        "REG|2000050773706|IS|OLDS|20200101||", "ADR|2000050773706|||SW1A 2AA|11|DOWNING STREET|"},
                       true));
  node.taken(css_message(1, std::string(R"({"type":"address","mpxn":")") + kPoint +
                                R"(","post_code":"SW1A 2AB","identifier":"11","lines":"DOWNING STREET"})"));
  const auto point = node.got(std::string("points/") + kPoint);
  const auto& addresses = point.at("addresses");
  ASSERT_EQ(addresses.size(), 2u) << point.dump(1);
  EXPECT_EQ(addresses[0].at("source"), "css") << "the one with precedence first";
  EXPECT_EQ(addresses[0].at("identifier"), "11");
  EXPECT_FALSE(addresses[0].contains("uprn")) << "none is lent by another source";
  EXPECT_EQ(addresses[0].at("quality"), "-") << "nor a quality: this one says none";
  EXPECT_EQ(addresses[1].at("source"), "rdp-electricity");
  EXPECT_EQ(addresses[1].at("uprn"), "100023336956");
  EXPECT_EQ(addresses[1].at("quality"), "A");
  EXPECT_EQ(addresses[1].at("file").at("sequence"), 1);
  EXPECT_EQ(point.at("registered")[0].at("participant"), "OLDS");
  EXPECT_EQ(point.at("registered")[0].at("source"), "rdp-electricity");

  const auto match = [&](const std::string& query) { return node.got("addresses?" + query).at("matches"); };
  EXPECT_EQ(match("postcode=SW1A2AA&identifier=flat+1+10"),
            json::parse(R"([{"source":"rdp-electricity","points":["1200023305967"]}])"));
  EXPECT_EQ(match("postcode=SW1A+2AB&identifier=11"), json::parse(R"([{"source":"css","points":["1200023305967"]}])"));
  const auto apart = node.got("addresses?postcode=SW1A2AB&identifier=11");
  EXPECT_EQ(apart.at("sources_agree"), false) << "of one point the other source says something else";
  EXPECT_EQ(apart.at("elsewhere"),
            json::parse(R"([{"mpxn":"1200023305967","source":"rdp-electricity","post_code":"SW1A 2AA",)"
                        R"("identifier":"FLAT 1, 10"}])"));
  EXPECT_TRUE(node.got("addresses?postcode=SW1A2AB&identifier=12").at("sources_agree").is_null()) << "nobody says";
  EXPECT_EQ(match("postcode=SW1A+2AA&identifier=11"),
            json::parse(R"([{"source":"rdp-electricity","points":["2000050773706"]}])"))
      << "the post code of one source and the number of another are nobody's address";
  EXPECT_EQ(match("postcode=SW1A+2AB&identifier=flat+1+10"), json::array());
  EXPECT_EQ(match("postcode=SW1A+2AB&identifier=11&source=rdp-electricity"), json::array());
  EXPECT_EQ(node.ask("GET", "addresses?postcode=SW1A&identifier=11").status, 400);

  node.taken(css_message(2, R"({"type":"address","mpxn":"2000050773706","post_code":"SW1A 2AB","identifier":"11"})"));
  node.taken(electricity_file(2, {std::string("ADR|") + kPoint + "|||SW1A 2AB|11|DOWNING STREET|"}));
  const auto both = node.got("addresses?postcode=SW1A2AB&identifier=11");
  EXPECT_EQ(both.at("matches").size(), 2u);
  EXPECT_EQ(both.at("sources_agree"), false) << both.dump(1);
  EXPECT_EQ(both.at("elsewhere").size(), 1u) << both.dump(1);
  node.taken(electricity_file(3, {"ADR|2000050773706|||SW1A 2AB|11|DOWNING STREET|"}));
  EXPECT_EQ(node.got("addresses?postcode=SW1A2AB&identifier=11").at("sources_agree"), true);
}

}  // namespace
}  // namespace meterway::acceptance
