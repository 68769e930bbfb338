// What we write is signed unread. The second opinion is libxml2: its canonical form of every shape of response, and of
// elements with whatever text and attributes, must be what we wrote, byte for byte.
#include <gtest/gtest.h>

#include <random>

#include "base/xml/canonical.h"
#include "standard/duis/request.h"
#include "standard/duis/response.h"
#include "standard/duis/response_body.h"
#include "standard/duis/signature.h"
#include "standard/duis/xml_text.h"

namespace meterway::duis {
namespace {

const CertificateName kName{"CN=Z1 & <\"O\" & 'o'>,OU=07", "4711"};
const Bytes kMessage{0xDF, 0x09, 0x01, 0x02, 0x03};
const std::string kNasty = "a&b<c>d\"e'f\tg\nh\ri caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x92\xA1 ]]> &amp; &#13; <x/> \x7F ";

Element text_with_attributes(std::string_view text, std::vector<std::pair<std::string, std::string>> attributes) {
  Element out = text_element("Any", text);
  out.attributes = std::move(attributes);
  return out;
}

std::vector<Element> every_body() {
  InventoryDevice device;
  device.id = Eui64(0x00DB1234567890A0);
  device.type = DeviceType::ESME;
  device.status = "Commissioned";
  device.manufacturer = kNasty;
  device.model = "";
  device.post_code = "AB1 2CD";
  device.address_identifier = "12 <b> & co";
  std::vector<Element> out{
      response_message("4.1", "4.1.1"), device_alert_message(MessageCode{0x8F36}, kMessage),
      device_alert_message(MessageCode{0x8F3E}, kMessage, Throttled{7, 34}),
      dcc_alert_message("N1", text_element("PPMIDRemoval", "")),
      dcc_alert_message("N1", text_with_attributes(kNasty, {{"z", kNasty}, {"a", ""}, {"m", "1"}}))};
  for (const auto& content :
       {gbcs_payload(kMessage), pre_command("4.2", kMessage), local_command(kMessage), cin_message(kMessage, "0042"),
        scheduled_message(kMessage, 17), schedule_id(17), inventory({device, device}), inventory({}),
        future_dated_device_alert(MessageCode{0x8F66}, kMessage, 1, 2), text_element("Any", kNasty)}) {
    out.push_back(response_message("6.2", "6.2.4", content));
  }
  return out;
}

class Written : public testing::Test {
 protected:
  void expect_signed_unread_as_if_read(const std::string& written) const {
    const auto document = xml::Document::parse_by_libxml2(written);
    ASSERT_TRUE(document) << written;
    EXPECT_EQ(kDeclaration.data() + *xml::canonical_without(*document, {}), written);
    const auto unread = sign_written(written, key_, kName);
    const auto read = sign_document(written, key_, kName);
    ASSERT_TRUE(unread);
    ASSERT_TRUE(read);
    static constexpr std::string_view kValue = "<ds:SignatureValue>";
    const auto at = unread->find(kValue);
    ASSERT_NE(at, std::string::npos);
    EXPECT_EQ(unread->substr(0, at), read->substr(0, at));
    EXPECT_EQ(unread->substr(at + kValue.size() + 88), read->substr(at + kValue.size() + 88));
    const auto checked = check_signature(*xml::Document::parse_by_libxml2(*unread),
                                         [this](const CertificateName&) { return &key_.public_key(); });
    ASSERT_TRUE(checked) << checked.error().rule;
    EXPECT_EQ(checked->issuer, kName.issuer);
    EXPECT_EQ(checked->serial, kName.serial);
  }

  const crypto::PrivateKey key_ = *crypto::PrivateKey::generate();
};

TEST_F(Written, EveryShapeOfResponseIsItsOwnCanonicalForm) {
  for (const auto& body : every_body()) {
    Response response;
    response.request_id = *RequestId::parse("90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1008");
    response.code = "I0";
    response.time = *from_iso8601("2026-11-22T09:30:00.125Z");
    response.body = body;
    expect_signed_unread_as_if_read(write_response(response));
    response.schema_version = kNasty;
    response.response_id = response.request_id;
    response.request_id.reset();
    response.code = kNasty;
    expect_signed_unread_as_if_read(write_response(response));
  }
}

TEST_F(Written, ARequestIsItsOwnCanonicalForm) {
  Request request;
  request.id = *RequestId::parse("90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1008");
  request.service_reference = request.service_reference_variant = "4.1.1";
  for (const auto& body : {text_element("ReadInstantaneousImportRegisters", ""), signed_pre_command(kMessage),
                           text_with_attributes(kNasty, {{"b", "2"}, {"a", "1"}})}) {
    request.body = body;
    expect_signed_unread_as_if_read(write_request(request));
  }
}

TEST_F(Written, TreesOfAnyTextAreTheirOwnCanonicalForm) {
  std::mt19937 random(4711);
  const auto below = [&](std::size_t bound) { return random() % bound; };
  static constexpr std::string_view kPieces[] = {"&",
                                                 "<",
                                                 ">",
                                                 "\"",
                                                 "'",
                                                 "\r",
                                                 "\n",
                                                 "\t",
                                                 " ",
                                                 "x",
                                                 "&lt;",
                                                 "]]>",
                                                 "\xC3\xA9",
                                                 "\xEF\xBF\xBD",
                                                 "\xF4\x8F\xBF\xBF",
                                                 "\x7F",
                                                 "--",
                                                 "\r\n"};
  const auto text = [&] {
    std::string out;
    for (auto left = below(6); left > 0; --left) out += kPieces[below(std::size(kPieces))];
    return out;
  };
  const auto tree = [&](const auto& self, std::size_t depth) -> Element {
    Element out = text_element("E" + std::to_string(below(5)), text());
    for (char name = 'f'; name >= 'a'; --name) {
      if (below(8) == 0) out.attributes.emplace_back(std::string(1, name), text());
    }
    for (auto left = depth == 0 ? 0 : below(4); left > 0; --left) out.children.push_back(self(self, depth - 1));
    return out;
  };
  for (int i = 0; i < 300; ++i) {
    Response response;
    response.code = "I0";
    response.body = tree(tree, 4);
    expect_signed_unread_as_if_read(write_response(response));
  }
}

TEST_F(Written, WhatXmlDoesNotKnowIsNotSigned) {
  Response response;
  response.code = "I0";
  for (const std::string_view text : {"\x01", "\x1F", "\xFF", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80",
                                      "\xEF\xBF\xBE", "\xEF\xBF\xBF", "\xC3", "\xF4\x90\x80\x80", "\xF0\x80\x80\x80"}) {
    response.body = text_element("ResponseMessage", text);
    const auto made = sign_written(write_response(response), key_, kName);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::BadXml);
    EXPECT_EQ(sign_document(write_response(response), key_, kName).error().code, ErrorCode::BadXml);
  }
  response.body = text_element("ResponseMessage", std::string_view("\0", 1));
  EXPECT_EQ(sign_written(write_response(response), key_, kName).error().code, ErrorCode::BadXml);
}

TEST_F(Written, NothingIsSignedTwiceNorWhatOthersWrote) {
  Response response;
  response.body = response_message("4.1", "4.1.1");
  const auto once = sign_written(write_response(response), key_, kName);
  ASSERT_TRUE(once);
  EXPECT_EQ(sign_written(*once, key_, kName).error().code, ErrorCode::Conflict);
  for (const std::string text : {"", "<", "<sr:Response></sr:Response>", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"})
    EXPECT_EQ(sign_written(text, key_, kName).error().code, ErrorCode::BadXml) << text;
}

}  // namespace
}  // namespace meterway::duis
