#include "flow/correlate/news.h"

#include "base/util/hex.h"
#include "flow/correlate/correlate.h"
#include "flow/correlate/firmware_report.h"
#include "tests/support/flow_bench.h"

/// What a device's answer makes the inventory say of its firmware, and what Users are then told by the DCC.
namespace meterway::flow::correlate {
namespace {

using tests::kHub;
using tests::kMeter;
using tests::kSupplier;

constexpr Eui64 kOldHub{0x00DB123456789AA2}, kOldProxy{0x00DB123456789AA3}, kProxy{0x00DB1234567890A3},
    kDisplay{0x00DB1234567890A4};

gbcs::Message response(std::uint16_t code, std::string_view content, gbcs::Kind kind = gbcs::Kind::Response) {
  gbcs::Message message;
  message.header.kind = kind;
  message.header.counter = {1000};
  message.header.originator = kMeter;
  message.header.target = kSupplier;
  message.header.code = MessageCode{code};
  message.content = from_hex(content).value();
  return message;
}

TEST(ReportedFirmware, IsReadFromEveryMessageThatNamesIt) {
  // Contents of the published messages: ECS52, GCS38, CS08, CS09; CS06 in their layout.
  for (const auto& message :
       {response(0x0059, "da200003e800000109040123abcd010100"),
        response(0x0084, "010901010702000c08000106020041040123abcd"), response(0x0129, "300904040123abcd020100"),
        response(0x012B, "301f0203008f8b180f32303135303130313030303030305a04040123abcd020100", gbcs::Kind::Alert),
        response(0x0012, "300902010004040123abcd"), response(0x0012, "300902010204040123abcd"),
        response(0x00CA, "30250203008f66180f32303135303130313030303030305a020203e8300902010004040123abcd",
                 gbcs::Kind::Alert)}) {
    EXPECT_EQ(reported_firmware(message), "0123ABCD") << message.header.code.hex();
  }
}

TEST(ReportedFirmware, IsNoneWhereTheMessageDoesNotSayIt) {
  for (const auto& message :
       {response(0x0059, "da200003e80000010001010b"), response(0x0084, "0109"),
        response(0x0129, "300904040123abcd020101"), response(0x0012, "0500"), response(0x0012, "3000"),
        response(0x0012, ""), response(0x0062, "300902010004040123abcd"), response(0x0012, "300702010004020123")}) {
    EXPECT_EQ(reported_firmware(message), std::nullopt) << message.header.code.hex();
  }
}

class News : public tests::FlowBench {
 protected:
  News() {
    put(kMeter, DeviceType::ESME, kHub);
    put(kHub, DeviceType::CHF, kHub);
    put(kProxy, DeviceType::GPF, kHub);
    put(kOldHub, DeviceType::CHF, kOldHub);
    put(kDisplay, DeviceType::PPMID, kHub);
  }
  void put(Eui64 eui, DeviceType type, Eui64 hub, const std::string& version = "") {
    registry::Device device;
    device.eui = eui;
    device.type = type;
    device.hub = hub;
    device.state = registry::DeviceState::Commissioned;
    if (!version.empty()) device.details[kFirmwareDetail] = version;
    write([&](auto& view) { return registry::put_device(view, device); });
  }
  registry::RequestRecord request(const char* service, Eui64 target, const std::string& body = "") {
    registry::RequestRecord record;
    record.id = record.header = {kSupplier, target, {1000}};
    record.service = record.service_reference = service;
    record.document = body;
    return record;
  }
  /// What changes, and what is told of it.
  std::vector<DccNews> told(const registry::RequestRecord& record, const gbcs::Message& message) {
    changed = {};
    return read<std::vector<DccNews>>([&](const auto& view) -> Result<std::vector<DccNews>> {
      METERWAY_CHECK(note_firmware(view, message, changed));
      return news_of(view, record, message, changed, clock.now());
    });
  }
  Installed changed;
};

TEST_F(News, TheInventoryHasTheVersionThatADeviceReports) {
  EXPECT_TRUE(told(request("11.3", kMeter), response(0x0012, "300902010004040123abcd")).empty());
  ASSERT_EQ(changed.inventory.size(), 1u);
  EXPECT_EQ(changed.inventory[0].detail(kFirmwareDetail), "0123ABCD");
  EXPECT_EQ(changed.seen[0].detail(kFirmwareDetail), "");
  put(kMeter, DeviceType::ESME, kHub, "0123ABCD");
  told(request("11.3", kMeter), response(0x0012, "300902010004040123abcd"));
  EXPECT_TRUE(changed.inventory.empty()) << "it has it already";
}

TEST_F(News, AnotherVersionThanTheInventoryHasIsTold) {
  const auto answer = response(0x0059, "da200003e800000109040123abcd010100");
  EXPECT_TRUE(told(request("11.2", kMeter), answer).empty()) << "the inventory had none";
  put(kMeter, DeviceType::ESME, kHub, "00010003");
  const auto news = told(request("11.2", kMeter), answer);
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].event, DccEvent::FirmwareMismatch);
  EXPECT_EQ(news[0].body.text_at("FirmwareVersionSMI"), "00010003");
  EXPECT_EQ(news[0].body.text_at("FirmwareVersionDevice"), "0123ABCD");
  EXPECT_EQ(news[0].about.eui, kMeter);
}

/// As its User wrote it.
std::string document(const char* service, const char* element, const std::string& inside) {
  return std::string(
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?><sr:Request xmlns:sr=\"http://www.dccinterface.co.uk/"
             "ServiceUserGateway\" schemaVersion=\"5.4\"><sr:Header><sr:RequestID>") +
         RequestId{kSupplier, kHub, {1000}}.text() +
         "</sr:RequestID><sr:CommandVariant>1</sr:CommandVariant><sr:ServiceReference>" +
         std::string(service).substr(0, 4) + "</sr:ServiceReference><sr:ServiceReferenceVariant>" + service +
         "</sr:ServiceReferenceVariant></sr:Header><sr:Body><sr:" + element + ">" + inside + "</sr:" + element +
         "></sr:Body></sr:Request>";
}

TEST_F(News, ALogThatWasRestoredIsToldWhereBothBoxesAreKnown) {
  const auto record =
      request("8.12.2", kProxy,
              document("8.12.2", "RestoreGPFDeviceLog", "<sr:OldGPFID>" + kOldProxy.dashed_upper() + "</sr:OldGPFID>"));
  const auto restored = response(0x008C, "301630143012300d04080011223344556677020105020100");
  EXPECT_TRUE(told(record, restored).empty()) << "the old proxy is not known";
  put(kOldProxy, DeviceType::GPF, kOldHub);
  const auto news = told(record, restored);
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].event, DccEvent::LogRestored);
  EXPECT_EQ(news[0].body.text_at("RestoredDate"), "2026-06-01");
  EXPECT_EQ(news[0].body.text_at("GPFDeviceLog/OldCHFDeviceID"), kOldHub.dashed_upper());
  EXPECT_EQ(news[0].body.text_at("GPFDeviceLog/NewGPFDeviceID"), kProxy.dashed_upper());
  EXPECT_TRUE(told(record, response(0x008C, "301630143012300d04080011223344556677020105020104")).empty())
      << "nothing went in";
}

TEST_F(News, ADisplayThatLeavesItsHubsLogIsTold) {
  Installed gone;
  registry::Device display;
  display.eui = kDisplay;
  display.type = DeviceType::PPMID;
  display.hub = kHub;
  gone.seen = {display};
  display.hub.reset();
  gone.inventory = {display};
  const auto tell = [&](const char* service) {
    return read<std::vector<DccNews>>([&](const auto& view) {
      return news_of(view, request(service, kHub), response(0x0002, ""), gone, clock.now());
    });
  };
  const auto news = tell("8.11");
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].event, DccEvent::DisplayRemoved);
  EXPECT_EQ(news[0].body.text_at("CHFDeviceID"), kHub.dashed_upper());
  EXPECT_TRUE(tell("8.3").empty());
}

}  // namespace
}  // namespace meterway::flow::correlate
