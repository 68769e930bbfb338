#include "standard/duis/signature.h"

#include <gtest/gtest.h>

namespace meterway::duis {
namespace {

const std::string kIssuer = "CN=Z1,OU=07";
const std::string kSerial = "167048897159233642262001557408276884033";
const std::string kDocument =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sr:Request "
    "xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\" "
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" schemaVersion=\"5.4\">\n <sr:Header>caf\xC3\xA9 &amp; "
    "&#13;</sr:Header><sr:Body/>"
    "</sr:Request>\n";

class Signature : public testing::Test {
 protected:
  std::string signed_document() const { return *sign_document(kDocument, key_, {kIssuer, kSerial}); }

  Result<CertificateName, Problem> check(const std::string& xml) const {
    const auto document = xml::Document::parse(xml);
    EXPECT_TRUE(document) << xml;
    return check_signature(*document, [this](const CertificateName& name) {
      return name.serial == kSerial ? &key_.public_key() : nullptr;
    });
  }

  /// Replaces the first occurrence.
  static std::string with(std::string text, std::string_view what, std::string_view by) {
    const auto at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), by);
  }

  ErrorCode refusal(const std::string& xml) const {
    const auto checked = check(xml);
    EXPECT_FALSE(checked) << xml;
    return checked ? ErrorCode::Closed : checked.error().code;
  }

  const crypto::PrivateKey key_ = *crypto::PrivateKey::generate();
};

TEST_F(Signature, TellsWhoSigned) {
  const auto checked = check(signed_document());
  ASSERT_TRUE(checked) << checked.error().rule;
  EXPECT_EQ(checked->issuer, kIssuer);
  EXPECT_EQ(checked->serial, kSerial);
}

TEST_F(Signature, LeavesEveryOtherByteAlone) {
  const std::string text = signed_document();
  const auto from = text.find("<ds:Signature ");
  const std::string end = "</ds:Signature>";
  EXPECT_EQ(text.substr(0, from) + text.substr(text.find(end) + end.size()), kDocument);
  EXPECT_EQ(text.substr(from).find_first_of(" \n"), std::string("<ds:Signature").size());
}

TEST_F(Signature, TakesLineBreaksAndCarriageReturnsInItsValue) {
  std::string text = signed_document();
  const std::string open = "<ds:SignatureValue>";
  text.insert(text.find(open) + open.size() + 76, "&#13;\n");
  EXPECT_TRUE(check(text));
}

TEST_F(Signature, TakesACommentOutsideWhatIsSigned) {
  EXPECT_TRUE(
      check(with(signed_document(), "<sr:Body/>", "<sr:Body></sr:Body><!-- the canonical form has no comments -->")));
}

TEST_F(Signature, FailsWhenTheDocumentChanges) {
  const std::string text = signed_document();
  EXPECT_EQ(refusal(with(text, "schemaVersion=\"5.4\"", "schemaVersion=\"5.3\"")), ErrorCode::BadDigest);
  EXPECT_EQ(refusal(with(text, "<sr:Body/>", "<sr:Body>x</sr:Body>")), ErrorCode::BadDigest);
  EXPECT_EQ(refusal(with(text, "<sr:Body/>", "<sr:Body/> ")), ErrorCode::BadDigest);
  EXPECT_EQ(refusal(with(text, "&#13;", "")), ErrorCode::BadDigest);
  EXPECT_EQ(refusal(with(text, "xmlns:xsi", "xmlns:xsj")), ErrorCode::BadDigest);
}

TEST_F(Signature, FailsWhenItIsAnothersKey) {
  const auto other = *crypto::PrivateKey::generate();
  EXPECT_EQ(refusal(*sign_document(kDocument, other, {kIssuer, kSerial})), ErrorCode::BadSignature);
  EXPECT_EQ(refusal(*sign_document(kDocument, key_, {kIssuer, "4711"})), ErrorCode::UnknownKey);
}

TEST_F(Signature, FailsWhenAnyBitOfItsValueOrDigestFlips) {
  const std::string text = signed_document();
  for (const std::string name : {"<ds:DigestValue>", "<ds:SignatureValue>"}) {
    for (std::size_t i = 0; i < 42; ++i) {
      std::string copy = text;
      char& c = copy[copy.find(name) + name.size() + i];
      c = c == 'A' ? 'B' : 'A';
      EXPECT_FALSE(check(copy)) << name << i;
    }
  }
}

TEST_F(Signature, IsMissingWhenNobodySigned) { EXPECT_EQ(refusal(kDocument), ErrorCode::NoSignature); }

TEST_F(Signature, MayNotBeWrapped) {
  const std::string text = signed_document();
  const auto from = text.find("<ds:Signature ");
  const std::string signature = text.substr(from, text.rfind("</sr:Request>") - from);
  const auto unsigned_text = with(text, signature, "");
  EXPECT_EQ(refusal(with(text, signature, signature + signature)), ErrorCode::BadSignature);
  EXPECT_EQ(refusal(with(unsigned_text, "<sr:Body/>", signature + "<sr:Body/>")), ErrorCode::BadSignature);
  EXPECT_EQ(refusal(with(unsigned_text, "<sr:Body/>", "<sr:Body>" + signature + "</sr:Body>")),
            ErrorCode::BadSignature);
  EXPECT_EQ(refusal(with(text, "<sr:Body/>", "<sr:Body>" + signature + "</sr:Body>")), ErrorCode::BadSignature);
}

TEST_F(Signature, HasOneShapeOnly) {
  const std::string text = signed_document();
  const std::string transform =
      "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>";
  const std::pair<std::string, std::string> changes[] = {
      {"URI=\"\"", "URI=\"#body\""},
      {"URI=\"\"", "URI=\"\" Id=\"r\""},
      {" URI=\"\"", ""},
      {"<ds:SignedInfo>", "<ds:SignedInfo Id=\"s\">"},
      {"<ds:KeyInfo>", "<ds:KeyInfo Id=\"k\">"},
      {transform, ""},
      {transform, transform + transform},
      {transform, transform + "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>"},
      {"xmldsig#enveloped-signature", "xmldsig#base64"},
      {"2001/10/xml-exc-c14n#", "2001/10/xml-exc-c14n#WithComments"},
      {"xmldsig-more#ecdsa-sha256", "xmldsig-more#hmac-sha256"},
      {"xmlenc#sha256", "xmlenc#sha512"},
      {"<ds:X509Data>", "<ds:KeyName>k</ds:KeyName><ds:X509Data>"},
      {"</ds:X509IssuerSerial>", "</ds:X509IssuerSerial><ds:X509SKI>AAAA</ds:X509SKI>"},
      {"<ds:X509SerialNumber>", "<ds:X509SerialNumber>0x"},
      {"</ds:KeyInfo>", "</ds:KeyInfo><ds:Object/>"},
      {"<ds:SignatureValue>", "<ds:SignatureValue>AAAA"},
      {"<ds:DigestValue>", "<ds:DigestValue>AAAA"},
      {"<ds:KeyInfo>", "text<ds:KeyInfo>"},
  };
  for (const auto& [what, by] : changes) EXPECT_EQ(refusal(with(text, what, by)), ErrorCode::BadSignature) << by;
}

TEST_F(Signature, IsNotPutOnASignedDocumentNorOnABrokenOne) {
  EXPECT_EQ(sign_document(signed_document(), key_, {kIssuer, kSerial}).error().code, ErrorCode::Conflict);
  EXPECT_EQ(sign_document("<a>", key_, {kIssuer, kSerial}).error().code, ErrorCode::BadXml);
  EXPECT_EQ(sign_document("<a/>", key_, {kIssuer, kSerial}).error().code, ErrorCode::BadXml);
}

}  // namespace
}  // namespace meterway::duis
