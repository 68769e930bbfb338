#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <future>
#include <thread>
#include <utility>

#include "records/access/decide.h"
#include "standard/pki/pem.h"
#include "tests/registration/office.h"
#include "tests/registration/signing.h"

namespace meterway::registration {
namespace {

const std::vector<std::string> kFirst = {"REG|1200023305967|IS|OLDS|20200101||", "REG|1200023305967|ED|LOND|20150101||",
                                         "REG|2000050773706|IS|OLDS|20200101||",
                                         "ADR|1200023305967|A|100023336956|SW1A 2AA|10|DOWNING STREET, LONDON|",
                                         "DET|1200023305967|profile-class|1|"};

class LoaderTest : public ::testing::Test {
 protected:
  lab::SimDisk disk;
  Office office{disk};
};

TEST_F(LoaderTest, ElectricityGasAndMessagesFeedOneStore) {
  const auto full = office.take(electricity_file(1, kFirst, true));
  ASSERT_TRUE(full) << full.error().why;
  EXPECT_EQ(full->records, 5u);
  EXPECT_EQ(full->rejected, 0u);
  ASSERT_TRUE(
      office.take(gas_file(1,
                           {R"("REG",1000000001,"GS","BGT",20210401,)", R"("REG",1000000001,"GT","NGT",20050501,)",
                            R"("ADR",1000000001,"",,"SW1A 2AA","10, ""No. 10""","DOWNING STREET")"},
                           true)));
  ASSERT_TRUE(office.take(css_message(1, R"({"type":"switch","mpxn":"1200023305967","role":"IS","participant":"NEWS",
    "from":"20261123"},{"type":"switch","mpxn":"1000000001","role":"GS","participant":"NEWG","from":"2026-12-01T00:00:00Z"})")));
  EXPECT_EQ(office.supplier("2026-11-22T23:59:59.999Z"), "OLDS");
  EXPECT_EQ(office.supplier("2026-11-23T00:00:00Z"), "NEWS");
  EXPECT_EQ(office.supplier("2026-11-23T00:00:00Z", kPoints[0], UserRole::ED), "LOND");
  EXPECT_EQ(office.supplier("2026-11-30T23:59:59Z", kGasPoint, UserRole::GS), "BGT");
  EXPECT_EQ(office.supplier("2026-12-01T00:00:00Z", kGasPoint, UserRole::GS), "NEWG");
  EXPECT_EQ(office.supplier("2026-12-01T00:00:00Z", kGasPoint, UserRole::GT), "NGT");
}

TEST_F(LoaderTest, ADateBeginsAtMidnightOfGreatBritain) {
  ASSERT_TRUE(office.take(
      electricity_file(1, {"REG|1200023305967|IS|OLDS|20200101||", "REG|1200023305967|IS|NEWS|20260701||"})));
  EXPECT_EQ(office.supplier("2026-06-30T22:59:59.999Z"), "OLDS");
  EXPECT_EQ(office.supplier("2026-06-30T23:00:00Z"), "NEWS");
}

TEST_F(LoaderTest, AFileThatComesLateCorrectsFromItsOwnMoment) {
  ASSERT_TRUE(office.take(electricity_file(1, kFirst, true)));
  ASSERT_TRUE(office.take(electricity_file(2, {"REG|1200023305967|IS|LAST|20260901||"})));
  ASSERT_TRUE(office.take(electricity_file(3, {"REG|1200023305967|IS|LATE|20260301||"})));
  EXPECT_EQ(office.supplier("2026-02-28T12:00:00Z"), "OLDS");
  EXPECT_EQ(office.supplier("2026-03-01T00:00:00Z"), "LATE");
  EXPECT_EQ(office.supplier("2026-09-01T00:00:00Z"), "LAST");
  ASSERT_TRUE(office.take(electricity_file(4, {"CAN|1200023305967|IS|20260901|"})));
  EXPECT_EQ(office.supplier("2026-10-01T00:00:00Z"), "LATE");
}

TEST_F(LoaderTest, AGapIsRefusedAndRaisesAnIncidentAndTheNextInTurnIsTaken) {
  ASSERT_TRUE(office.take(electricity_file(1, kFirst, true)));
  const auto before = office.everything();
  const auto gap = office.take(electricity_file(3, {"REG|1200023305967|IS|NEWS|20260101||"}));
  ASSERT_FALSE(gap);
  EXPECT_EQ(gap.error().code, ErrorCode::Conflict);
  EXPECT_EQ(gap.error().incident, "INC1");
  EXPECT_EQ(office.incidents, std::vector<std::string>{"Sequence gap of RDPE: 2 is missing"});
  EXPECT_EQ(office.everything(), before);
  EXPECT_TRUE(office.take(electricity_file(2, {"REG|1200023305967|IS|NEWS|20260101||"})));
  EXPECT_EQ(office.incidents.size(), 1u);
  EXPECT_EQ(office.why(electricity_file(1, {})), "number 1 was another file, a file");
}

TEST_F(LoaderTest, AGapIsAGapInAGasFileAndInAMessageToo) {
  const std::string
      gas = R"("REG",1000000001,"GS","BGT",20210401,)",
      css = R"({"type":"switch","mpxn":"1200023305967","role":"IS","participant":"NEWS","from":"20261123"})";
  ASSERT_TRUE(office.take(gas_file(1, {gas})));
  ASSERT_TRUE(office.take(css_message(1, css)));
  const auto before = office.everything();
  const std::pair<std::string, const char*> gaps[] = {{gas_file(3, {gas}), "Sequence gap of 1000000007: 2 is missing"},
                                                      {css_message(4, css), "Sequence gap of CSS: 2 is missing"}};
  for (const auto& [file, title] : gaps) {
    const auto gap = office.take(file);
    ASSERT_FALSE(gap);
    EXPECT_EQ(gap.error().code, ErrorCode::Conflict);
    ASSERT_FALSE(office.incidents.empty());
    EXPECT_EQ(office.incidents.back(), title);
    EXPECT_EQ(gap.error().incident, "INC" + std::to_string(office.incidents.size()));
    EXPECT_EQ(office.everything(), before);
  }
  EXPECT_EQ(office.incidents.size(), 2u);
  for (std::uint64_t next = 2; next <= 3; ++next) EXPECT_TRUE(office.take(gas_file(next, {gas})));
  for (std::uint64_t next = 2; next <= 4; ++next) EXPECT_TRUE(office.take(css_message(next, css)));
  EXPECT_EQ(office.incidents.size(), 2u);
}

TEST_F(LoaderTest, WhatOneSourceSaysOfADetailAnotherDoesNotWriteOver) {
  const auto said = [&](Detail detail) {
    std::string out;
    EXPECT_TRUE(office.store->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(const auto point, find_point(view, *Mpxn::parse(kPoints[0])));
      for (const auto& [of, text] : point->details) {
        if (of.detail == detail) out += std::string(name_of_source(of.source)) + "=" + text + " ";
      }
      const auto* best = point->detail(detail, calendar::date_of(office.clock.now()));
      if (best != nullptr) out += "-> " + best->second;
      return {};
    }));
    return out;
  };
  const auto by_css = [](const char* name, const char* value) {
    return std::string(R"({"type":"detail","mpxn":"1200023305967","name":")") + name + R"(","value":")" + value + "\"}";
  };
  ASSERT_TRUE(office.take(electricity_file(
      1, {kFirst[0], "DET|1200023305967|profile-class|1|", "DET|1200023305967|meter-operator|MOPA|"}, true)));
  ASSERT_TRUE(office.take(css_message(1, by_css("profile-class", "3"))));
  EXPECT_EQ(said(Detail::ProfileClass), "rdp-electricity=1 css=3 -> 3");
  EXPECT_EQ(said(Detail::MeterOperator), "rdp-electricity=MOPA -> MOPA");
  ASSERT_TRUE(office.take(electricity_file(2, {"DET|1200023305967|profile-class|4|"})));
  EXPECT_EQ(said(Detail::ProfileClass), "rdp-electricity=4 css=3 -> 3");
  // A full file is all that its sender says.
  ASSERT_TRUE(office.take(electricity_file(3, {kFirst[0], "DET|1200023305967|energisation|E|"}, true)));
  EXPECT_EQ(said(Detail::ProfileClass), "css=3 -> 3");
  EXPECT_EQ(said(Detail::MeterOperator), "");
  ASSERT_TRUE(office.take(css_message(2, by_css("profile-class", ""))));
  EXPECT_EQ(said(Detail::ProfileClass), "");
  EXPECT_EQ(said(Detail::Energisation), "rdp-electricity=E -> E");
}

TEST_F(LoaderTest, AReplayChangesNothingAndAnswersAsBefore) {
  const auto file = electricity_file(1, {kFirst[0], "REG|1200023305968|IS|X|20200101||"});
  const auto first = office.take(file);
  ASSERT_TRUE(first);
  ASSERT_TRUE(office.take(electricity_file(2, {"REG|1200023305967|IS|NEWS|20260101||"})));
  const auto before = office.everything();
  office.clock.advance(std::chrono::hours(48));
  const auto again = office.take(file);
  ASSERT_TRUE(again);
  EXPECT_EQ(office.response(*again), office.response(*first));
  EXPECT_EQ(again->at, first->at);
  EXPECT_EQ(office.everything(), before);
  EXPECT_FALSE(office.take(electricity_file(1, {kFirst[1]}))) << "the same number, other bytes";
  EXPECT_EQ(office.everything(), before);
}

TEST_F(LoaderTest, AResponseWhoseOutcomesWereRemovedIsNotToBeHadRatherThanCutShort) {
  const auto load = office.take(electricity_file(1, {kFirst[0], "REG|1200023305968|IS|X|20200101||"}));
  const auto clean = office.take(electricity_file(2, {kFirst[0]}));
  ASSERT_TRUE(load && clean);
  ASSERT_TRUE(office.store->write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto next, remove_outcomes(view, "", UtcTime::max(), 100));
    EXPECT_EQ(next, "");
    return {};
  }));
  const auto response = [&](const Load& of) {
    return office.store->read([&](const store::ReadView& view) {
      return write_response(view, of, 2, [](std::string_view) { return Status(); });
    });
  };
  EXPECT_EQ(response(*load).error().code, ErrorCode::NotFound);
  EXPECT_TRUE(response(*clean)) << "there were none";
}

TEST_F(LoaderTest, WrongRecordsAreRefusedOneByOneWhileTheFileStands) {
  office.sender({"RDPN", "Northern", 0, {"12", "20"}, 1, 1, Route::File, "", false});
  const auto load = office.take(electricity_file(
      1,
      {"REG|1200023305967|IS|NEWS|20200101||", "REG|1200023305968|IS|NEWS|20200101||",
       "REG|1000000001|IS|NEWS|20200101||", "REG|1312345678907|IS|NEWS|20200101||",
       "REG|2000050773706|GS|NEWS|20200101||", "REG|2000050773706|IS|news|20200101||",
       "REG|2000050773706|IS|NEWS|20200230||", "REG|2000050773706|IS|NEWS|20200101|20190101|", "XYZ|2000050773706|",
       "REG|2000050773706|", "DET|2000050773706|service-flag|W|", "DET|2000050773706|service-flag|Q|",
       "ADR|2000050773706|AB||SW1A 2AA|10|X|", "ADR|2000050773706|||NOWHERE 1|10|X|"},
      false, "RDPN"));
  ASSERT_TRUE(load) << load.error().why;
  EXPECT_EQ(load->records, 14u);
  EXPECT_EQ(load->rejected, 12u);
  EXPECT_EQ(load->warned, 1u);
  EXPECT_EQ(office.supplier("2026-01-01T00:00:00Z"), "NEWS");
  const auto response = office.response(*load);
  for (const auto* line :
       {"DC90|14|2|12|\r\n", "RJ|3|1200023305968|metering-point|", "RJ|4|1000000001|fuel|",
        "RJ|5|1312345678907|network|", "RJ|6|2000050773706|role|", "RJ|7|2000050773706|participant|",
        "RJ|8|2000050773706|date|", "RJ|9|2000050773706|date|", "RJ|10|2000050773706|record|",
        "RJ|11|2000050773706|record|", "WN|12|2000050773706|flag|W is taken as N|", "RJ|13|2000050773706|flag|",
        "RJ|14|2000050773706|quality|", "RJ|15|2000050773706|post-code|"})
    EXPECT_NE(response.find(line), std::string::npos) << line << "\n" << response;
  Broken broken;
  const auto read = read_file(
      TextContent(response), [](const Head&) { return Status(); }, [](const Line&) { return Status(); }, broken);
  ASSERT_TRUE(read) << broken.why;
  EXPECT_EQ(read->records, 14u) << "a summary, twelve refusals and a warning";
  EXPECT_EQ(read->head.kind, "response");
}

TEST_F(LoaderTest, AnotherNetworksPointsAreNotItsToSpeakOf) {
  office.sender({"RDPN", "Northern", 0, {"12"}, 1, 1, Route::File, "", false});
  const auto load = office.take(electricity_file(1, kFirst, true, "RDPN"));
  ASSERT_TRUE(load);
  EXPECT_EQ(load->rejected, 1u);
  EXPECT_NE(office.response(*load).find("RJ|4|2000050773706|network|the sender does not speak of network 20|"),
            std::string::npos);
  EXPECT_EQ(office.supplier("2026-01-01T00:00:00Z", kPoints[1]), "");
}

/// Whether any import supplier would pass at a device at the first point.
bool turns_nobody_away(const Office& office, const char* import = kPoints[0], const char* exported = "") {
  registry::Device device;
  device.details = {{"ImportMPxN", import}, {"ExportMPAN", exported}};
  const registry::User stranger{Eui64(9), "stranger", {UserRole::IS}, registry::UserState::Live, ""};
  auto standing = access::Standing::Unsaid;
  EXPECT_TRUE(office.store->read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto holders, holders_of(view, device, office.clock.now()));
    standing = access::standing_of(stranger, UserRole::IS, device, holders, office.clock.now());
    return {};
  }));
  return standing == access::Standing::Unsaid;
}

TEST_F(LoaderTest, InAFullFileAPointWithARefusedRecordKeepsWhatItHad) {
  ASSERT_TRUE(office.take(electricity_file(1, kFirst, true)));
  for (const bool refused_first : {true, false}) {
    std::vector<std::string> records = {"REG|1200023305967|IS|news|20260101||",
                                        "ADR|1200023305967|A||SW1A 1AA|11|THE MALL, LONDON|",
                                        "DET|1200023305967|service-flag|W|", "REG|2000050773706|IS|NEWS|20200101||"};
    if (!refused_first) std::swap(records[0], records[2]);
    const auto load = office.take(electricity_file(refused_first ? 2 : 3, records, true));
    ASSERT_TRUE(load) << load.error().why;
    EXPECT_EQ(load->rejected, 3u);
    EXPECT_EQ(load->warned, 0u);
    const auto response = office.response(*load);
    EXPECT_NE(response.find("DC90|4|1|3|"), std::string::npos) << response;
    EXPECT_NE(response.find("RJ|3|1200023305967|point|"), std::string::npos) << response;
    EXPECT_NE(response.find("|1200023305967|participant|"), std::string::npos) << response;
    EXPECT_EQ(office.supplier("2026-06-01T00:00:00Z"), "OLDS");
    EXPECT_EQ(office.supplier("2026-06-01T00:00:00Z", kPoints[0], UserRole::ED), "LOND");
    EXPECT_EQ(office.supplier("2026-06-01T00:00:00Z", kPoints[1]), "NEWS") << "the others are as the file says";
    EXPECT_FALSE(turns_nobody_away(office));
  }
}

TEST_F(LoaderTest, ADeviceWhosePointCannotBeReadIsNobodysAndNotEverybodys) {
  EXPECT_TRUE(turns_nobody_away(office, "")) << "it names none";
  EXPECT_TRUE(turns_nobody_away(office, "2000050773706")) << "one that can be read";
  for (const auto* import : {"1200023305968", "12000 23305967", "two\nlines", "01200023305967", "-"})
    EXPECT_FALSE(turns_nobody_away(office, import)) << import;
  EXPECT_FALSE(turns_nobody_away(office, "2000050773706", "1200023305968")) << "one of two";
  EXPECT_FALSE(turns_nobody_away(office, "", "1200023305968"));
}

TEST_F(LoaderTest, APointOfWhichAllWasWithdrawnIsNobodysAndNotEverybodys) {
  EXPECT_TRUE(turns_nobody_away(office)) << "nothing is known of it";
  ASSERT_TRUE(office.take(electricity_file(1, {kFirst[3]})));
  EXPECT_FALSE(turns_nobody_away(office)) << "an address alone";
  ASSERT_TRUE(office.take(electricity_file(2, {kFirst[0]})));
  EXPECT_FALSE(turns_nobody_away(office));
  ASSERT_TRUE(office.take(electricity_file(3, {"CAN|1200023305967|IS|20200101|"})));
  EXPECT_EQ(office.supplier("2026-06-01T00:00:00Z"), "");
  EXPECT_FALSE(turns_nobody_away(office));
}

TEST_F(LoaderTest, OfOnePointAFileSaysOnlySoMuch) {
  std::vector<std::string> records(5000, "REG|1200023305967|IS|NEWS|20260101||");
  records.push_back("REG|2000050773706|IS|NEWS|20260101||");
  const auto load = office.take(electricity_file(1, records));
  ASSERT_TRUE(load) << load.error().why;
  EXPECT_EQ(load->rejected, 5000u - kMostOperations);
  EXPECT_NE(office.response(*load).find("RJ|102|1200023305967|too-many|"), std::string::npos);
  EXPECT_EQ(office.supplier("2026-06-01T00:00:00Z"), "NEWS");
  EXPECT_EQ(office.supplier("2026-06-01T00:00:00Z", kPoints[1]), "NEWS");
}

TEST_F(LoaderTest, AFileBrokenAtAnyByteChangesNothing) {
  const std::string files[] = {
      electricity_file(1, kFirst, true),
      gas_file(
          1, {R"("REG",1000000001,"GS","BGT",20210401,)", R"("ADR",1000000001,"",,"SW1A 2AA","10","DOWNING STREET")"}),
      css_message(1, R"({"type":"switch","mpxn":"1200023305967","role":"IS","participant":"NEWS","from":"20261123"})")};
  const auto before = office.everything();
  for (const auto& file : files) {
    for (std::size_t size = 0; size < file.size(); ++size) {
      const auto done = office.take(file.substr(0, size));
      ASSERT_FALSE(done) << size << "\n" << file.substr(0, size);
      ASSERT_FALSE(done.error().why.empty());
    }
  }
  EXPECT_EQ(office.everything(), before);
  EXPECT_TRUE(office.incidents.empty());
  for (const auto& file : files) EXPECT_TRUE(office.take(file)) << office.why(file);
}

TEST_F(LoaderTest, WhatIsNoFileIsSaidInWords) {
  const auto whole = electricity_file(1, kFirst);
  const auto with = [&](const std::string& what, const std::string& by) {
    auto out = whole;
    const auto found = out.find(what);
    EXPECT_NE(found, std::string::npos) << what;
    return out.replace(found, what.size(), by);
  };
  const std::pair<std::string, const char*> all[] = {
      {"", "line 1 is missing: the file is empty"},
      {whole + "REG|x|\r\n", "line 8 follows the trailer"},
      {with("|5|", "|4|"), "line 7 says 4 records, there are 5"},
      {with("ZPT|RDPE-1", "ZPT|RDPE-2"), "line 7 is the trailer of another file"},
      {with("MWUPD001", "MWUPD002"), "line 1 names a version or kind of file that is not supported"},
      {with("MWUPD001", "MWRSP001"), "a file of kind response is no load"},
      {with("|DCC|", "|DNO|"), "line 1 is not addressed to the DCC"},
      {with("|RDPE|", "|../E|"), "line 1 names no sender"},
      {with("|RDPE|", "|NOBODY|"), "there is no sender NOBODY"},
      {with("|1|\r\nREG", "|0|\r\nREG"), "line 1 has no sequence number"},
      {with("20261120060000", "20261320060000"), "line 1 has no date and time"},
      {with("IS|OLDS", std::string("IS|\0LDS", 7)), "line 2 has a control character"},
      {with("OLDS", std::string(3000, 'X')), "line 2 is longer than 2048"},
      {css_message(1, R"({"type":"switch","colour":"red"})"), "record 1 has the member colour, which is unknown"},
      {css_message(0, ""), "sequence: expected a number from 1"},
      {std::string(R"({"sequence":1,)") + css_message(1, "").substr(1),
       "is no JSON object, has no end, or says one member twice"},
      {css_message(1, R"({"type":"switch","type":"switch"})"),
       "is no JSON object, has no end, or says one member twice"},
      {R"({"format":"meterway-css-2"})", "format: a version that is not supported"},
      {R"({"format":"meterway-css-1"})", "kind: missing"},
  };
  const auto before = office.everything();
  for (const auto& [file, why] : all) EXPECT_EQ(office.why(file), why);
  EXPECT_EQ(office.everything(), before);
}

TEST_F(LoaderTest, SendersAreSpokenForByTheirPartyAlone) {
  const auto file = electricity_file(1, kFirst);
  const auto other = office.take(file, {}, {"eve", "Gas RDP", false});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::Refused);
  EXPECT_TRUE(office.take(file, {}, {"ed", "Electricity RDP", false}));
}

/// A file that comes slowly: it is read when `come` says so.
class SlowContent : public Content {
 public:
  SlowContent(std::string text, std::promise<void>& asked, std::shared_future<void> come)
      : text_(std::move(text)), asked_(asked), come_(std::move(come)) {}
  Status read(const std::function<Status(std::string_view)>& take) const override {
    if (!std::exchange(is_asked_, true)) asked_.set_value();
    come_.wait();
    return take(text_);
  }

 private:
  const std::string text_;
  std::promise<void>& asked_;
  const std::shared_future<void> come_;
  mutable bool is_asked_ = false;
};

TEST_F(LoaderTest, WhoComesWhileAnotherFileIsTakenIsToldSoAndHoldsNoWorker) {
  const Raise nobody = [](store::WriteView&, const Sender&, const std::string&, const std::string&) {
    return Result<std::string>("INC");
  };
  Loader loader(*office.store, office.clock, office.rules, nobody, {2, std::chrono::milliseconds(20)});
  std::promise<void> asked, come;
  const SlowContent slow(electricity_file(1, kFirst), asked, come.get_future().share());
  std::thread first([&] { EXPECT_TRUE(loader.take({slow, "slow", {}, {"op", "", true}})); });
  asked.get_future().wait();
  const auto gas = gas_file(1, {R"("REG",1000000001,"GS","BGT",20210401,)"});
  const TextContent content(gas);
  const auto busy = loader.take({content, "gas", {}, {"op", "", true}});
  EXPECT_FALSE(busy);
  if (!busy) {
    EXPECT_EQ(busy.error().code, ErrorCode::Timeout);
  }
  EXPECT_FALSE(loader.finish_earlier());
  come.set_value();
  first.join();
  EXPECT_TRUE(loader.take({content, "gas", {}, {"op", "", true}}));
}

TEST_F(LoaderTest, AClockSetBackNeitherHoldsAFileUpNorChangesADecision) {
  ASSERT_TRUE(office.take(electricity_file(1, kFirst, true)));
  office.clock.set(at("2019-01-01T00:00:00Z"));
  ASSERT_TRUE(office.take(electricity_file(2, {"REG|1200023305967|IS|NEWS|20261123||"})));
  EXPECT_EQ(office.supplier("2026-11-22T23:59:59Z"), "OLDS");
  EXPECT_EQ(office.supplier("2026-11-23T00:00:00Z"), "NEWS");
}

TEST(FileNames, NothingLeadsOutOfTheFolder) {
  EXPECT_EQ(*path_in("in", "RDPE-1.usr"), std::filesystem::path("in/RDPE-1.usr"));
  for (const auto* name :
       {"", ".", "..", "../x", "a/../b", "/etc/passwd", "a\\b", ".hidden", "a b", "x%2f", "\xc3\xa9"})
    EXPECT_FALSE(path_in("in", name)) << name;
  EXPECT_FALSE(path_in("in", std::string_view("a\0b", 3)));
}

TEST_F(LoaderTest, ASignatureIsCheckedByTheSendersCertificateAndEveryByteOfItCounts) {
  const Signing own, other;
  office.sender({"RDPE", "Electricity RDP", 0, {}, 1, 1, Route::File, own.pem(), true});
  const auto file = electricity_file(1, kFirst);
  const auto signature = own.sign(file);
  const auto before = office.everything();
  EXPECT_EQ(office.why(file), "files of RDPE are signed, this one is not");
  EXPECT_FALSE(office.take(file, other.sign(file))) << "another's key";
  EXPECT_FALSE(office.take(electricity_file(1, {kFirst[0]}), signature)) << "another file's";
  for (std::size_t size = 1; size < signature.size(); ++size)
    ASSERT_FALSE(office.take(file, signature.substr(0, size))) << size;
  auto whole = signature;
  for (std::size_t i = 0; i < 70; ++i) {  // the value of the signature, and what leads to it
    auto changed = whole;
    changed[changed.size() - 1 - i] ^= 1;
    ASSERT_FALSE(office.take(file, changed)) << i;
  }
  EXPECT_EQ(office.everything(), before);
  const auto done = office.take(file, signature);
  ASSERT_TRUE(done) << done.error().why;
  EXPECT_TRUE(done->is_signed);
  const auto second = electricity_file(2, kFirst);
  EXPECT_TRUE(office.take(second, own.sign(second, CMS_NOATTR))) << "without signed attributes";
}

TEST_F(LoaderTest, AnExpiredSignerIsNotBelieved) {
  const Signing own(-86400, -1);
  office.sender({"RDPE", "Electricity RDP", 0, {}, 1, 1, Route::File, own.pem(), true});
  const auto file = electricity_file(1, kFirst);
  const auto done = office.take(file, own.sign(file));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::Refused);
  EXPECT_NE(done.error().why.find("certificate of the sender"), std::string::npos) << done.error().why;
}

}  // namespace
}  // namespace meterway::registration
