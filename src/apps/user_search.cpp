#include "apps/certificate_search.h"
#include "apps/user_keys.h"
#include "base/net/http.h"
#include "base/util/base64.h"
#include "base/xml/document.h"

// The certificate search (spec of the SMKI port): POST XML without namespaces, two steps, search then retrieve.
namespace meterway::apps {
namespace {

constexpr std::chrono::seconds kPatience{4};

std::string text_of(xml::Node parent, std::string_view name) {
  for (auto child = parent.first_element(); child; child = child.next_element()) {
    if (child.name() == name) return child.text();
  }
  return "";
}

Result<xml::Document> ask(const std::string& url, const std::string& body) {
  METERWAY_TRY(const auto answer,
               net::http_request("POST", url + "?apikey=000000000000000", {{"content-type", "application/xml"}},
                                 "<?xml version=\"1.0\" encoding=\"utf-8\"?>" + body, kPatience));
  if (answer.status == 402) return fail(ErrorCode::NotFound, 0, "certificate");
  if (answer.status != 200) return fail(ErrorCode::Refused, 0, "certificate search");
  auto document = xml::Document::parse(answer.body, {.size_bytes = 1u << 20});
  if (!document) return fail(document.error().code, 0, "certificate search");
  return *std::move(document);
}

}  // namespace

Result<ListedCertificate> retrieve_listed(const std::string& smki_url, const pki::SmkiSerial& serial) {
  METERWAY_TRY(const auto document, ask(smki_url + "/services/retrievecertificate",
                                        "<CertificateDataRequest><CertificateSerial>" + serial.hex() +
                                            "</CertificateSerial></CertificateDataRequest>"));
  for (auto child = document.root().first_element(); child; child = child.next_element()) {
    if (child.name() != "CertificateResponse") continue;
    METERWAY_TRY(const auto der, from_base64(text_of(child, "CertificateBody")));
    METERWAY_TRY(auto certificate, pki::parse_certificate(der));
    return ListedCertificate{std::move(certificate), text_of(child, "CertificateStatus")};
  }
  return fail(ErrorCode::NotFound, 0, "certificate");
}

Result<pki::Certificate> retrieve_certificate(const std::string& smki_url, const pki::SmkiSerial& serial) {
  METERWAY_TRY(auto listed, retrieve_listed(smki_url, serial));
  return std::move(listed.certificate);
}

Result<pki::Certificate> search_certificate(const std::string& smki_url, Eui64 owner, pki::KeyUse use) {
  const std::string_view usage = use == pki::KeyUse::DigitalSignature ? "DS" : "KA";
  METERWAY_TRY(const auto document, ask(smki_url + "/services/certificatesearch",
                                        "<CertificateSearchRequest><CertificateSubjectAltName>" + owner.dashed_lower() +
                                            "</CertificateSubjectAltName></CertificateSearchRequest>"));
  for (auto result = document.root().first_element(); result; result = result.next_element()) {
    if (result.name() != "Result" || text_of(result, "CertificateUsage") != usage ||
        text_of(result, "CertificateStatus") != "I")
      continue;
    METERWAY_TRY(const auto serial, pki::SmkiSerial::from_hex(text_of(result, "CertificateSerial")));
    METERWAY_TRY(auto certificate, retrieve_certificate(smki_url, serial));
    if (certificate.serial != serial || certificate.owner() != owner)
      return fail(ErrorCode::Conflict, 0, "certificate of another owner");
    return certificate;
  }
  return fail(ErrorCode::NotFound, 0, "certificate");
}

}  // namespace meterway::apps
