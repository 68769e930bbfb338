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

TEST(ReadRequest, RefusesADocumentTypeDeclaration) {
  const auto read = read_request("<!DOCTYPE x [<!ENTITY a 'b'>]>" + request("<sr:ReadInventory/>"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::BadXml);
}

}  // namespace
}  // namespace meterway::duis
