#include "standard/duis/request.h"

#include <gtest/gtest.h>

namespace meterway::duis {
namespace {

std::string request(std::string_view body) {
  return std::string(
             R"(<sr:Request xmlns:sr="http://www.dccinterface.co.uk/ServiceUserGateway" schemaVersion="5.4"><sr:Header>)"
             "<sr:RequestID>90-b3-d5-1f-30-01-00-00:00-DB-12-34-56-78-90-A0:1008</sr:RequestID>"
             "<sr:CommandVariant>1</sr:CommandVariant><sr:ServiceReference>4.1</sr:ServiceReference>"
             "<sr:ServiceReferenceVariant>4.1.1</sr:ServiceReferenceVariant></sr:Header><sr:Body>") +
         std::string(body) + "</sr:Body></sr:Request>";
}

TEST(ReadRequest, GivesTheHeaderAndTheOneBodyElement) {
  const auto read = read_request(request("<sr:ReadInstantaneousImportRegisters/>"));
  ASSERT_TRUE(read) << read.error().element << ": " << read.error().rule;
  EXPECT_EQ(read->id.text(), "90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1008");
  EXPECT_EQ(read->command_variant, CommandVariant::SendCommand);
  EXPECT_EQ(read->service_reference_variant, "4.1.1");
  EXPECT_EQ(read->body.name, "ReadInstantaneousImportRegisters");
  EXPECT_FALSE(read->has_signature);
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

Problem refusal(const std::string& xml) {
  const auto read = read_request(xml);
  EXPECT_FALSE(read) << xml;
  return read ? Problem{} : read.error();
}

const std::string kPlain = request("<sr:ReadInstantaneousImportRegisters/>");

TEST(ReadRequest, TakesSchemaVersions50To54ByValue) {
  for (const auto* version : {"5", "5.0", "5.1", "5.2", "5.3", "5.4", "5.10", "05.40", " 5.2 "}) {
    EXPECT_TRUE(read_request(replaced(kPlain, "\"5.4\"", "\"" + std::string(version) + "\""))) << version;
  }
  for (const auto* version : {"", "4.9", "5.5", "5.41", "6", "54", "-5.4", "five"}) {
    EXPECT_EQ(refusal(replaced(kPlain, "\"5.4\"", "\"" + std::string(version) + "\"")).element, "sr:Request")
        << version;
  }
  EXPECT_EQ(refusal(replaced(kPlain, " schemaVersion=\"5.4\"", "")).rule, "attribute schemaVersion is missing");
}

TEST(ReadRequest, TellsWhatWhereAndWhyItRefuses) {
  const auto wrong_eui = refusal(replaced(kPlain, "90-b3", "90:b3"));
  EXPECT_EQ(wrong_eui.code, ErrorCode::BadValue);
  EXPECT_EQ(wrong_eui.element, "sr:Request/sr:Header/sr:RequestID");
  EXPECT_EQ(wrong_eui.line, 1);
  EXPECT_EQ(wrong_eui.rule.substr(0, 8), "pattern:");

  const auto missing = refusal(replaced(kPlain, "<sr:CommandVariant>1</sr:CommandVariant>", ""));
  EXPECT_EQ(missing.code, ErrorCode::BadRequest);
  EXPECT_EQ(missing.element, "sr:Request/sr:Header/sr:ServiceReference");
  EXPECT_EQ(missing.rule, "order: expected sr:FirstInSequence or sr:PrecedingServiceRequestID or sr:CommandVariant");

  const auto empty_body = refusal(request(""));
  EXPECT_EQ(empty_body.element, "sr:Request/sr:Body");
  EXPECT_NE(empty_body.rule.find("before the end"), std::string::npos) << empty_body.rule;

  const auto second_line = refusal(replaced(kPlain, "<sr:ReadInstantaneousImportRegisters/>", "\n<sr:NoSuchRequest/>"));
  EXPECT_EQ(second_line.line, 2);
  EXPECT_EQ(second_line.element, "sr:Request/sr:Body/sr:NoSuchRequest");
}

TEST(ReadRequest, RefusesTheInternalCommandVariant) {
  EXPECT_TRUE(read_request(replaced(kPlain, "Variant>1<", "Variant>+08<")));
  EXPECT_EQ(refusal(replaced(kPlain, "Variant>1<", "Variant>9<")).rule, "9 is internal to the DCC");
  EXPECT_EQ(refusal(replaced(kPlain, "Variant>1<", "Variant>0<")).code, ErrorCode::BadValue);
}

TEST(ReadRequest, LooksAtNamespacesNotAtPrefixes) {
  EXPECT_TRUE(read_request(
      "<Request xmlns=\"http://www.dccinterface.co.uk/ServiceUserGateway\" schemaVersion=\"5.4\"><Header>"
      "<RequestID>90-b3-d5-1f-30-01-00-00:00-DB-12-34-56-78-90-A0:1</RequestID><CommandVariant>1</CommandVariant>"
      "<ServiceReference>4.1</ServiceReference><ServiceReferenceVariant>4.1.1</ServiceReferenceVariant></Header>"
      "<Body><ReadInstantaneousImportRegisters/></Body></Request>"));
  EXPECT_EQ(refusal(replaced(kPlain, "ServiceUserGateway", "ServiceUserGatewayX")).element, "Request");
}

TEST(ReadRequest, RefusesAResponse) {
  EXPECT_EQ(
      refusal("<sr:Response xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\" schemaVersion=\"5.4\"/>")
          .rule,
      "order: the root must be sr:Request");
}

TEST(WriteRequest, IsReadBackAsItWas) {
  auto read = read_request(kPlain);
  ASSERT_TRUE(read);
  read->first_in_sequence = true;
  read->preceding = read->id;
  read->command_variant = CommandVariant::SendSigned;
  const Bytes message{0xDF, 0x09, 0x01};
  read->body = signed_pre_command(message);
  const auto again = read_request(write_request(*read));
  ASSERT_TRUE(again) << again.error().element << ": " << again.error().rule;
  EXPECT_EQ(again->id, read->id);
  EXPECT_EQ(again->first_in_sequence, true);
  EXPECT_EQ(again->preceding, read->id);
  EXPECT_EQ(again->command_variant, CommandVariant::SendSigned);
  EXPECT_EQ(again->body.text_at("GBCSPayload"), "3wkB");
  EXPECT_EQ(write_request(*again), write_request(*read));
}

TEST(ReadRequest, RefusesADocumentTypeDeclaration) {
  const auto read = read_request("<!DOCTYPE x [<!ENTITY a 'b'>]>" + request("<sr:ReadInventory/>"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::BadXml);
}

}  // namespace
}  // namespace meterway::duis
