#include "standard/duis/response.h"

#include <gtest/gtest.h>

#include "standard/duis/response_body.h"

namespace meterway::duis {
namespace {

const Bytes kMessage{0xDF, 0x09, 0x01, 0x02, 0x03};
const RequestId kRequest = *RequestId::parse("90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1008");
const RequestId kAnswer = *RequestId::parse("00-DB-12-34-56-78-90-A0:90-B3-D5-1F-30-01-00-00:1008");

Response response(std::string_view code, Element body) {
  Response out;
  out.request_id = kRequest;
  out.code = code;
  out.time = *from_iso8601("2026-11-22T09:30:00.125Z");
  out.body = std::move(body);
  return out;
}

/// Writes, reads back and so proves the document fits the schema.
Response round_trip(const Response& written) {
  const std::string text = write_response(written);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(text.find("> <"), std::string::npos);
  const auto read = read_response(text);
  EXPECT_TRUE(read) << read.error().element << ": " << read.error().rule << "\n" << text;
  if (!read) return {};
  EXPECT_EQ(write_response(*read), text);
  return *read;
}

TEST(Response, AcknowledgesWithReferencesAlone) {
  const auto read = round_trip(response("I99", response_message("4.1", "4.1.1")));
  EXPECT_EQ(read.request_id, kRequest);
  EXPECT_FALSE(read.response_id);
  EXPECT_EQ(read.code, "I99");
  EXPECT_EQ(to_iso8601(read.time), "2026-11-22T09:30:00.125Z");
  EXPECT_EQ(read.service_reference(), "4.1");
  EXPECT_EQ(read.service_reference_variant(), "4.1.1");
  EXPECT_EQ(read.content(), nullptr);
  EXPECT_FALSE(read.gbcs_payload());
  EXPECT_FALSE(read.has_signature);
}

TEST(Response, CarriesAGbcsMessageWhereverItsBodyKeepsIt) {
  const Element contents[] = {
      gbcs_payload(kMessage),          pre_command("4.2", kMessage),
      local_command(kMessage),         cin_message(kMessage, "0042"),
      scheduled_message(kMessage, 17), future_dated_device_alert(MessageCode{0x8F66}, kMessage, 1, 2)};
  for (const auto& content : contents) {
    auto answer = response("I0", response_message("6.2", "6.2.4", content));
    answer.response_id = kAnswer;
    const auto read = round_trip(answer);
    EXPECT_EQ(read.response_id, kAnswer);
    ASSERT_NE(read.content(), nullptr) << content.name;
    EXPECT_EQ(read.content()->name, content.name);
    EXPECT_EQ(read.gbcs_payload(), kMessage) << content.name;
  }
}

TEST(Response, TellsTheInventory) {
  InventoryDevice hub;
  hub.id = Eui64(0x00DB1234567890A5);
  hub.type = DeviceType::CHF;
  hub.status = "Commissioned";
  hub.manufacturer = "10AB";
  hub.model = "12345678";
  hub.firmware_version = "0102AB01";
  hub.firmware_version_status = "Active";
  hub.cpl_status = "Active";
  hub.csp_region = "4G North";
  hub.gbcs_version = "4.2";
  hub.han_variant = "Single Band";
  hub.connectivity = "Cellular";
  InventoryDevice meter = hub;
  meter.id = Eui64(0x00DB1234567890A0);
  meter.type = DeviceType::ESME;
  meter.smets_chts_version = "SMETS2 V4.2";
  meter.date_commissioned = "2026-01-31";
  meter.import_mpxn = "1234567890123";
  meter.secondary_import_mpan = "1234567890123";
  meter.export_mpan = "1234567890123";
  meter.esme_variant = "ADE";
  meter.uprn = "123456789012";
  meter.post_code = "AB1 2CD";
  meter.address_identifier = "12 <b> & co";
  meter.s1sp = "none";
  const auto read = round_trip(response("I0", response_message("8.2", "8.2", inventory({hub, meter}))));
  ASSERT_NE(read.content(), nullptr);
  EXPECT_EQ(read.content()->children.size(), 2u);
  EXPECT_EQ(read.content()->children[1].text_at("PropertyFilter/AddressIdentifier"), "12 <b> & co");
}

TEST(Response, MayBeAnAlertWithoutARequest) {
  auto alert = response("I0", device_alert_message(MessageCode{0x8F36}, kMessage));
  alert.request_id.reset();
  alert.response_id = kAnswer;
  const auto read = round_trip(alert);
  EXPECT_TRUE(read.is_alert());
  EXPECT_FALSE(read.request_id);
  EXPECT_EQ(read.body.text_at("AlertCode"), "8F36");
  EXPECT_EQ(read.gbcs_payload(), kMessage);
}

TEST(Response, MayBeAnAlertOfTheDccItself) {
  Element event;
  event.name = "PPMIDRemoval";
  auto alert = response("I0", dcc_alert_message("N1", event));
  const auto refused = read_response(write_response(alert));
  ASSERT_FALSE(refused);  // PPMIDRemoval is not empty
  EXPECT_EQ(refused.error().element, "sr:Response/sr:Body/sr:DCCAlertMessage/sr:DCCAlert/sr:PPMIDRemoval");
}

TEST(Response, KnowsOnlyTheCodesOfTheSchema) {
  const auto refused = read_response(write_response(response("E9999", response_message("4.1", "4.1.1"))));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::BadValue);
  EXPECT_EQ(refused.error().element, "sr:Response/sr:Header/sr:ResponseCode");
}

}  // namespace
}  // namespace meterway::duis
