#include "standard/pki/search.h"

#include "base/util/base64.h"
#include "base/xml/document.h"
#include "standard/pki/test_pki.h"

namespace meterway::pki {
namespace {

constexpr const char* kReference = "1234567890-abc123456";

class SearchTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto& record : test_pki().records) ASSERT_TRUE(directory_.add(record));
  }
  SearchAnswer search(const std::string& element, const std::string& value) {
    return answer_search("<?xml version=\"1.0\" encoding=\"utf-8\"?><CertificateSearchRequest><" + element + ">" +
                             value + "</" + element + "></CertificateSearchRequest>",
                         directory_, kReference);
  }
  SearchAnswer retrieve(const std::string& serial) {
    return answer_retrieve(
        "<CertificateDataRequest><CertificateSerial>" + serial + "</CertificateSerial></CertificateDataRequest>",
        directory_, kReference);
  }
  CertificateDirectory directory_;
};

/// "name=value" of every element with text, in document order; the serial number, which differs, is left out.
std::string outline(const std::string& body) {
  const auto document = xml::Document::parse(body);
  if (!document) return "not XML";
  std::string out;
  const auto walk = [&](const auto& self, xml::Node node) -> void {
    if (!node.first_element() && node.name() != "CertificateSerial") {
      out += std::string(node.name()) + "=" + node.text() + " ";
    }
    for (auto child = node.first_element(); child; child = child.next_element()) self(self, child);
  };
  walk(walk, document->root());
  return out;
}

TEST_F(SearchTest, FindsADeviceByItsAlternativeName) {
  const auto found = search("CertificateSubjectAltName", "00-db-12-34-56-78-90-a0");
  EXPECT_EQ(found.status, 200);
  const std::string head = "ResponseCode=200 ResponseMessage=Success AuditReference=1234567890-abc123456 ";
  const std::string start = "CertificateSubjectAltName=00-DB-12-34-56-78-90-A0 CertificateStatus=I CertificateUsage=";
  const std::string ds = start + "DS ManufacturingFlag=false ", ka = start + "KA ManufacturingFlag=false ";
  const std::string body = outline(found.body);
  EXPECT_TRUE(body == head + ds + ka || body == head + ka + ds) << body;
}

TEST_F(SearchTest, FindsAnOrganisationByItsNameWithItsRoles) {
  const auto found = search("CertificateSubjectName", "90-B3-D5-1F-30-00-00-02");
  EXPECT_EQ(found.status, 200);
  EXPECT_NE(found.body.find("<CertificateRole>4</CertificateRole><CertificateUsage>KA</CertificateUsage>"),
            std::string::npos);
  EXPECT_NE(found.body.find("<CertificateRole>137</CertificateRole><CertificateUsage>DS</CertificateUsage>"),
            std::string::npos);
}

TEST_F(SearchTest, SaysWhichGenerationIsInUse) {
  const auto later = later_generation(kSupplier, PartyRole::Supplier, KeyUse::DigitalSignature, 1);
  ASSERT_TRUE(directory_.add(later));
  const auto found = search("CertificateSubjectName", "90-B3-D5-1F-30-01-00-00");
  const std::string row = "<CertificateSerial>" + later.certificate.serial.hex() + "</CertificateSerial>" +
                          "<CertificateSubjectName>90-B3-D5-1F-30-01-00-00</CertificateSubjectName>" +
                          "<CertificateStatus>N</CertificateStatus>";
  EXPECT_NE(found.body.find(row), std::string::npos) << found.body;
}

TEST_F(SearchTest, FindsNothingUnderTheWrongKindOfName) {
  EXPECT_EQ(search("CertificateSubjectAltName", "90-B3-D5-1F-30-00-00-02").status, 402);
  EXPECT_EQ(search("CertificateSubjectName", "00-DB-12-34-56-78-90-A0").status, 402);
  EXPECT_EQ(outline(search("CertificateSubjectAltName", "00-00-00-00-00-00-00-01").body),
            "ResponseCode=402 ResponseMessage=Not found AuditReference=1234567890-abc123456 ");
}

TEST_F(SearchTest, RetrievesTheBytesBySerialNumberInEitherCaseAndWithoutLeadingZeros) {
  const auto& certificate = test_record(kMeter, KeyUse::KeyAgreement).certificate;
  std::string lower;
  for (const char c : certificate.serial.hex()) lower += static_cast<char>(std::tolower(c));
  for (const std::string& serial : {certificate.serial.hex(), lower, "00" + lower}) {
    const auto found = retrieve(serial);
    EXPECT_EQ(found.status, 200);
    EXPECT_NE(found.body.find("<CertificateBody>" + to_base64(certificate.der) + "</CertificateBody>"),
              std::string::npos);
  }
  EXPECT_EQ(outline(retrieve(lower).body),
            "ResponseCode=200 ResponseMessage=Success AuditReference=1234567890-abc123456 "
            "CertificateSubjectAltName=00-DB-12-34-56-78-90-A0 CertificateStatus=I CertificateBody=" +
                to_base64(certificate.der) + " CertificateUsage=KA ManufacturingFlag=false ");
  const auto& broker = test_record(kBroker, KeyUse::DigitalSignature).certificate;
  EXPECT_NE(retrieve(broker.serial.hex()).body.find("<CertificateRole>4</CertificateRole>"), std::string::npos);
  EXPECT_EQ(retrieve("123456").status, 402);
}

TEST_F(SearchTest, AnswersInvalidParametersToWhatItCannotRead) {
  for (const char* request :
       {"", "<", "<CertificateSearchRequest/>",
        "<Other><CertificateSubjectName>00-DB-12-34-56-78-90-A0</CertificateSubjectName></Other>",
        "<CertificateSearchRequest><CertificateSubjectName>zz</CertificateSubjectName></CertificateSearchRequest>",
        "<CertificateSearchRequest><Name>00-DB-12-34-56-78-90-A0</Name></CertificateSearchRequest>",
        "<CertificateSearchRequest><CertificateSubjectName><a/></CertificateSubjectName></CertificateSearchRequest>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><CertificateSearchRequest/>"}) {
    EXPECT_EQ(answer_search(request, directory_, kReference).status, 401) << request;
    EXPECT_EQ(answer_retrieve(request, directory_, kReference).status, 401) << request;
  }
  EXPECT_EQ(retrieve("no hex").status, 401);
  EXPECT_EQ(retrieve("").status, 401);
  EXPECT_EQ(retrieve(std::string(kMaxSearchRequestBytes, '0')).status, 401);
  EXPECT_NE(retrieve("").body.find("<ResponseCode>401</ResponseCode>"), std::string::npos);
}

TEST(AuditReference, IsTheTimeAndNineLettersOrDigits) {
  const ManualClock clock(test_time());
  SeededRandom random(1);
  const std::string one = audit_reference(clock, random), other = audit_reference(clock, random);
  EXPECT_EQ(one.substr(0, 11), "1767225600-");
  EXPECT_EQ(one.size(), 20u);
  EXPECT_NE(one, other);
}

}  // namespace
}  // namespace meterway::pki
