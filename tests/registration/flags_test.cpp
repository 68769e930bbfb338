#include "standard/calendar/civil_time.h"
#include "tests/registration/office.h"
#include "tests/registration/signing.h"

namespace meterway::registration {
namespace {

using registry::DeviceState;

TEST(ServiceFlag, IsThatOfTheBestMeterOnTheDay) {
  const auto before = *calendar::parse_date("2021-11-04"), after = *calendar::parse_date("2021-11-05");
  EXPECT_EQ(flag_of({DeviceState::Commissioned}, before), 'A');
  EXPECT_EQ(flag_of({DeviceState::Commissioned}, after), 'A');
  EXPECT_EQ(flag_of({DeviceState::Suspended}, before), 'S');
  EXPECT_EQ(flag_of({DeviceState::Withdrawn}, before), 'W');
  EXPECT_EQ(flag_of({DeviceState::Withdrawn}, after), 'N');
  EXPECT_EQ(flag_of({DeviceState::InstalledNotCommissioned}, before), '-');
  EXPECT_EQ(flag_of({DeviceState::InstalledNotCommissioned}, after), 'I');
  EXPECT_EQ(flag_of({DeviceState::Decommissioned, DeviceState::InstalledNotCommissioned}, after), 'I');
  EXPECT_EQ(flag_of({DeviceState::Decommissioned, DeviceState::Commissioned}, after), 'A');
  EXPECT_EQ(flag_of({}, after), 'N');
  EXPECT_EQ(flag_of({}, before), '-');
}

class FlagsTest : public ::testing::Test {
 protected:
  FlagsTest() {
    EXPECT_TRUE(
        office.take(electricity_file(1, {"REG|1200023305967|IS|A|20200101||", "REG|2000050773706|IS|A|20200101||"})));
    EXPECT_TRUE(office.take(gas_file(1, {R"("REG",1000000001,"GS","B",20200101,)"})));
    meter(0x10, DeviceType::ESME, kPoints[0], DeviceState::Commissioned);
    meter(0x11, DeviceType::GSME, kGasPoint, DeviceState::InstalledNotCommissioned);
    meter(0x12, DeviceType::GPF, kGasPoint, DeviceState::Commissioned);
  }
  void meter(std::uint64_t eui, DeviceType type, const char* mpxn, DeviceState state) {
    registry::Device device;
    device.eui = Eui64(eui);
    device.type = type;
    device.state = state;
    device.details = {{"ImportMPxN", mpxn}};
    EXPECT_TRUE(office.store->write([&](store::WriteView& view) { return registry::put_device(view, device); }));
  }
  FlagRun run(const std::string& sender, bool all = false) {
    const auto done = make_flags(*office.store, sender, all, office.clock.now());
    EXPECT_TRUE(done);
    return done ? *done : FlagRun{};
  }
  std::optional<FlagBatch> batch(const std::string& sender, std::uint64_t sequence) {
    std::optional<FlagBatch> out;
    EXPECT_TRUE(office.store->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(out, find_batch(view, sender, sequence));
      return {};
    }));
    return out;
  }
  Result<Answered> answer(const std::string& text, const std::string& signature = {}) {
    Broken broken;
    const TextContent content(text);
    return take_answer(
        *office.store, {content, signature, office.clock.now()}, [](const std::string&) { return true; }, broken);
  }
  static std::string response(const std::string& sequence, const std::vector<std::string>& records) {
    std::string out = "ZHV|R|MWRSP001|RDPE|DCC|20261122130000|" + sequence + "|\n";
    for (const auto& one : records) out += one + "\n";
    return out + "ZPT|R|" + std::to_string(records.size()) + "|\n";
  }

  lab::SimDisk disk;
  Office office{disk};
};

TEST_F(FlagsTest, EachProviderIsToldOfItsOwnPointsInTheRecordsThatAreKnown) {
  EXPECT_EQ(run("RDPE").records, 2u);
  const auto text = write_batch(*batch("RDPE", 1));
  EXPECT_EQ(text,
            "ZHV|RDPE-1|D0350001|DCC|RDPE|20261122120000|1|\r\nDC01|1200023305967|A|20261122|\r\n"
            "DC01|2000050773706|N|20261122|\r\nZPT|RDPE-1|2|\r\n");
  EXPECT_EQ(run("1000000007").records, 1u);
  EXPECT_EQ(write_batch(*batch("1000000007", 1)),
            "\"A00\",1000000007,\"DXI\",20261122,120000,1\r\n\"E46\",1000000001,\"I\",20261122\r\n\"Z99\",1\r\n")
      << "the gas proxy is no meter";
}

TEST_F(FlagsTest, AnMprnIsANumberHoweverADeviceWritesIt) {
  ASSERT_TRUE(office.take(gas_file(2, {R"("REG",12345678,"GS","B",20200101,)"})));
  meter(0x13, DeviceType::GSME, "0012345678", DeviceState::Commissioned);
  EXPECT_EQ(run("1000000007").records, 2u);
  const auto records = batch("1000000007", 1)->records;
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].mpxn.text(), "12345678");
  EXPECT_EQ(records[0].flag, 'A') << "there is a meter";
}

TEST_F(FlagsTest, WhatOneSenderWasToldAndAnsweredSaysNothingOfAnother) {
  EXPECT_EQ(run("RDPE").records, 2u);
  EXPECT_EQ(run("CSS").records, 3u) << "it has not been told";
  EXPECT_EQ(run("CSS").records, 0u);
  ASSERT_TRUE(answer(response("1", {"RJ|1|1200023305967|unknown|not in our registers|"})));
  EXPECT_EQ(run("CSS").records, 0u) << "it did not reject anything";
  EXPECT_EQ(run("RDPE").records, 1u);
}

TEST_F(FlagsTest, AClockSetBackTellsNothingTwiceAndGoesOnInTheSequence) {
  EXPECT_EQ(run("RDPE").records, 2u);
  office.clock.set(at("2025-01-01T00:00:00Z"));
  EXPECT_EQ(run("RDPE").records, 0u) << "what was told is told, whatever the date";
  meter(0x10, DeviceType::ESME, kPoints[0], DeviceState::Decommissioned);
  const auto again = run("RDPE");
  ASSERT_EQ(again.sequences, std::vector<std::uint64_t>{2}) << "numbers go on";
  const auto told = batch("RDPE", 2);
  ASSERT_EQ(told->records.size(), 1u);
  EXPECT_EQ(told->records[0].flag, 'N');
  EXPECT_EQ(calendar::to_compact(told->records[0].from), "20250101") << "the day that the clock says";
  ASSERT_TRUE(answer(response("1", {}))) << "of a batch that the clock has not reached yet";
}

TEST_F(FlagsTest, OnlyWhatHasChangedIsToldAgainAndWhatWasRejectedIsToo) {
  EXPECT_EQ(run("RDPE").records, 2u);
  EXPECT_EQ(run("RDPE").records, 0u);
  meter(0x10, DeviceType::ESME, kPoints[0], DeviceState::Decommissioned);
  EXPECT_EQ(run("RDPE").records, 1u);
  const auto done = answer(response("2", {"DC90|1|0|1|", "RJ|1|1200023305967|unknown|not in our registers|"}));
  ASSERT_TRUE(done) << describe(done.error());
  EXPECT_EQ(done->rejected, 1u);
  EXPECT_EQ(batch("RDPE", 2)->records[0].answer, Answer::Rejected);
  EXPECT_EQ(run("RDPE").records, 1u) << "it has not taken it";
}

TEST_F(FlagsTest, AnAnswerIsTakenOnceAndOnlyForWhatTheBatchHas) {
  ASSERT_EQ(run("RDPE").records, 2u);
  EXPECT_FALSE(answer(response("7", {}))) << "no such batch";
  EXPECT_FALSE(answer(response("1", {"RJ|1|1300000000007|x|y|"})));
  EXPECT_EQ(batch("RDPE", 1)->records[0].answer, Answer::None);
  const auto text = response("1", {"RJ|1|2000050773706|x|y|"});
  for (std::size_t size = 0; size < text.size(); ++size) ASSERT_FALSE(answer(text.substr(0, size))) << size;
  ASSERT_TRUE(answer(text));
  EXPECT_EQ(batch("RDPE", 1)->records[0].answer, Answer::Accepted);
  EXPECT_EQ(batch("RDPE", 1)->records[1].answer, Answer::Rejected);
  const auto before = office.everything();
  EXPECT_TRUE(answer(text)) << "the same again";
  EXPECT_FALSE(answer(response("1", {}))) << "another answer";
  EXPECT_EQ(office.everything(), before);
}

TEST_F(FlagsTest, AnAnswerIsSignedAsFilesOfItsSenderAre) {
  ASSERT_EQ(run("RDPE").records, 2u);
  const auto text = response("1", {});
  const Signing own, other;
  office.sender({"RDPE", "Electricity RDP", 0, {}, 2, 2, Route::File, own.pem(), true});
  const auto before = office.everything();
  EXPECT_EQ(answer(text).error().code, ErrorCode::Refused) << "unsigned";
  EXPECT_EQ(answer(text, other.sign(text)).error().code, ErrorCode::Refused) << "another's key";
  EXPECT_EQ(answer(text, own.sign(response("2", {}))).error().code, ErrorCode::Refused) << "another file's";
  EXPECT_EQ(office.everything(), before);
  EXPECT_TRUE(answer(text, own.sign(text)));
  office.sender({"RDPE", "Electricity RDP", 0, {}, 2, 2, Route::File, own.pem(), false});
  EXPECT_FALSE(answer(text, other.sign(text))) << "one that need not come is checked as well";
  EXPECT_TRUE(answer(text));
}

TEST_F(FlagsTest, ByFileOrByMessageTheRecordsAreTheSame) {
  run("RDPE", true);
  auto sender = Sender{"RDPE", "Electricity RDP", 0, {}, 2, 2, Route::Message, "", false};
  office.sender(sender);
  run("RDPE", true);
  const auto by_file = batch("RDPE", 1), by_message = batch("RDPE", 2);
  ASSERT_TRUE(by_file && by_message);
  EXPECT_EQ(by_file->format, Format::Electricity);
  EXPECT_EQ(by_message->format, Format::Message);
  Broken broken;
  const auto file_text = write_batch(*by_file), message_text = write_batch(*by_message);
  const auto one = read_batch(TextContent(file_text), broken), two = read_batch(TextContent(message_text), broken);
  ASSERT_TRUE(one && two) << broken.why;
  ASSERT_EQ(one->records.size(), 2u);
  ASSERT_EQ(one->records.size(), two->records.size());
  for (std::size_t i = 0; i < one->records.size(); ++i) {
    EXPECT_EQ(one->records[i].mpxn, two->records[i].mpxn);
    EXPECT_EQ(one->records[i].flag, two->records[i].flag);
    EXPECT_EQ(one->records[i].from, two->records[i].from);
  }
}

}  // namespace
}  // namespace meterway::registration
