// xmlsec1 as the second opinion on XML signatures: it verifies what we sign, we verify what it signs, and both refuse
// the same tampered copies. Keys are made here and thrown away.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/util/file.h"
#include "standard/duis/response.h"
#include "standard/duis/response_body.h"
#include "standard/duis/signature.h"

namespace meterway::tests {
namespace {

constexpr const char* kNames =
    "xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" "
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
constexpr const char* kTemplate =
    "<ds:Signature><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\n"
    "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256\"/><ds:Reference "
    "URI=\"\"><ds:Transforms>"
    "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/></ds:Transforms>"
    "<ds:DigestMethod "
    "Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue/></ds:Reference></ds:SignedInfo>"
    "<ds:SignatureValue/><ds:KeyInfo><ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>CN=Z1, "
    "OU=07</ds:X509IssuerName>"
    "<ds:X509SerialNumber>4711</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data></ds:KeyInfo></ds:Signature>";

std::string document(const std::string& signature) {
  return std::string("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<sr:Request ") + kNames +
         " schemaVersion=\"5.2\">\n  <sr:Header z=\"1\" a=\"2\">caf\xC3\xA9 &amp; &lt;&#13;</sr:Header><!-- c -->\n  "
         "<sr:Body><![CDATA[<x>]]><sr:Empty/>"
         "</sr:Body>\n" +
         signature + "</sr:Request>\n";
}

class Xmlsec : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "meterway-xmlsig-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    ASSERT_TRUE(run("openssl ecparam -name prime256v1 -genkey -noout -out key.pem"));
    ASSERT_TRUE(run("openssl ec -in key.pem -pubout -out public.pem"));
    key_.emplace(*crypto::PrivateKey::from_encoded(*read_file(folder_ / "key.pem")));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  bool run(const std::string& command) const {
    return std::system(("cd '" + folder_.string() + "' && " + command + " >out.txt 2>&1").c_str()) == 0;
  }

  bool xmlsec_accepts(const std::string& xml) const {
    EXPECT_TRUE(write_text_file(folder_ / "signed.xml", xml));
    return run("xmlsec1 --verify --pubkey-pem public.pem --enabled-key-data key-name signed.xml");
  }

  Result<duis::CertificateName, duis::Problem> we_say(const std::string& xml) const {
    auto parsed = xml::Document::parse(xml);
    if (!parsed) return Unexpected{duis::Problem{ErrorCode::BadXml, "", parsed.error().line, parsed.error().why}};
    return duis::check_signature(*parsed, [this](const duis::CertificateName&) { return &key_->public_key(); });
  }

  std::filesystem::path folder_;
  std::optional<crypto::PrivateKey> key_;
};

TEST_F(Xmlsec, VerifiesWhatWeSign) {
  const auto signed_xml = duis::sign_document(document(""), *key_, {"CN=Z1,OU=07", "4711"});
  ASSERT_TRUE(signed_xml);
  EXPECT_TRUE(xmlsec_accepts(*signed_xml)) << *read_text_file(folder_ / "out.txt");
}

TEST_F(Xmlsec, VerifiesWhatWeWriteAndSignUnread) {
  const std::string nasty = "a&b<c>d\"e'f\tg\nh\ri caf\xC3\xA9 ]]> &#13; ";
  duis::Response response;
  response.schema_version = nasty;
  response.code = nasty;
  response.body = duis::response_message("6.2", nasty, duis::text_element("Empty", ""));
  response.body.children[0].attributes = {{"z", nasty}, {"a", "1"}};
  const auto signed_xml = duis::sign_written(duis::write_response(response), *key_, {"CN=Z1,OU=07", "4711"});
  ASSERT_TRUE(signed_xml);
  EXPECT_TRUE(xmlsec_accepts(*signed_xml)) << *read_text_file(folder_ / "out.txt");
  std::string copy = *signed_xml;
  copy.replace(copy.find("&#xD;"), 5, "&#xA;");
  EXPECT_FALSE(xmlsec_accepts(copy));
}

TEST_F(Xmlsec, SignsWhatWeVerify) {
  ASSERT_TRUE(write_text_file(folder_ / "template.xml", document(kTemplate)));
  ASSERT_TRUE(run("xmlsec1 --sign --privkey-pem key.pem --output made.xml template.xml"))
      << *read_text_file(folder_ / "out.txt");
  const auto checked = we_say(*read_text_file(folder_ / "made.xml"));
  ASSERT_TRUE(checked) << checked.error().element << ": " << checked.error().rule;
  EXPECT_EQ(checked->serial, "4711");
  EXPECT_EQ(checked->issuer, "CN=Z1, OU=07");
}

TEST_F(Xmlsec, RefusesTheTamperedCopiesThatWeRefuse) {
  const auto signed_xml = duis::sign_document(document(""), *key_, {"CN=Z1,OU=07", "4711"});
  ASSERT_TRUE(signed_xml);
  const std::pair<std::string, std::string> changes[] = {
      {"5.2", "5.3"},
      {"caf", "caff"},
      {"&#13;", ""},
      {"<sr:Empty/>", ""},
      {"<sr:Empty/>", "<sr:Empty> </sr:Empty>"},
      {"xmlns:xsi", "xmlns:xsj"},
      {"a=\"2\"", "a=\"3\""},
  };
  for (const auto& [what, by] : changes) {
    std::string copy = *signed_xml;
    copy.replace(copy.find(what), what.size(), by);
    EXPECT_FALSE(xmlsec_accepts(copy)) << by;
    EXPECT_FALSE(we_say(copy)) << by;
  }
}

TEST_F(Xmlsec, TakesTheSameHarmlessChangesAsWe) {
  const auto signed_xml = duis::sign_document(document(""), *key_, {"CN=Z1,OU=07", "4711"});
  ASSERT_TRUE(signed_xml);
  const std::pair<std::string, std::string> changes[] = {
      {"<!-- c -->", ""},
      {"<sr:Empty/>", "<sr:Empty  ></sr:Empty>"},
      {"z=\"1\" a=\"2\"", "a='2'  z='1'"},
      {"<![CDATA[<x>]]>", "&lt;x&gt;"},
  };
  for (const auto& [what, by] : changes) {
    std::string copy = *signed_xml;
    copy.replace(copy.find(what), what.size(), by);
    EXPECT_TRUE(xmlsec_accepts(copy)) << by;
    EXPECT_TRUE(we_say(copy)) << by;
  }
}

}  // namespace
}  // namespace meterway::tests
