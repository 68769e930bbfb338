#include "standard/pki/search.h"

#include "base/util/base64.h"
#include "base/xml/document.h"

namespace meterway::pki {
namespace {

constexpr xml::Limits kLimits{kMaxSearchRequestBytes, 4, 8};

std::string element(std::string_view name, std::string_view value) {
  const std::string tag(name);
  return "<" + tag + ">" + std::string(value) + "</" + tag + ">";
}

/// The whole answer; `content` is empty unless the code is 200.
SearchAnswer answer(std::string_view root, int code, std::string_view reference, const std::string& content = {}) {
  const char* message = code == 200 ? "Success" : code == 402 ? "Not found" : "Invalid parameters";
  return {code, "<?xml version=\"1.0\" encoding=\"utf-8\"?>" +
                    element(root, element("ResponseCode", std::to_string(code)) + element("ResponseMessage", message) +
                                      element("AuditReference", reference) + content)};
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

struct Query {
  std::string name;   ///< of the one element in the root
  std::string value;  ///< its text, without blanks around it
};

/// Both requests are a root with one element that holds text.
Result<Query> read_query(std::string_view request, std::string_view root_name) {
  const auto document = xml::Document::parse(request, kLimits);
  if (!document) return fail(document.error().code, 0, "search request");
  const xml::Node root = document->root();
  const xml::Node only = root.first_element();
  if (root.name() != root_name || !only || only.next_element() || only.first_element() || root.has_visible_text()) {
    return fail(ErrorCode::BadRequest, 0, "search request");
  }
  const std::string text = only.text();
  return Query{std::string(only.name()), std::string(trimmed(text))};
}

std::string owner_element(const Certificate& certificate) {
  return element(certificate.is_device() ? "CertificateSubjectAltName" : "CertificateSubjectName",
                 certificate.owner().value_or(Eui64()).dashed_upper());
}

std::string status_element(CertificateStatus status) {
  return element("CertificateStatus", std::string(1, static_cast<char>(status)));
}

/// Role (organisations), usage and manufacturing flag: the end of both forms.
std::string kind_elements(const Certificate& certificate) {
  std::string out;
  if (!certificate.is_device() && certificate.role) {
    out += element("CertificateRole", std::to_string(static_cast<unsigned>(*certificate.role)));
  }
  out += element("CertificateUsage", certificate.key_usage == kUsageKeyAgreement ? "KA" : "DS");
  return out + element("ManufacturingFlag", "false");
}

}  // namespace

std::string audit_reference(const Clock& clock, Random& random) {
  static constexpr char kLetters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(clock.now().time_since_epoch()).count();
  std::string text = std::to_string(seconds) + "-";
  std::uint64_t dice = random.next_u64();
  for (int at = 0; at < 9; ++at, dice /= 36) text += kLetters[dice % 36];
  return text;
}

SearchAnswer answer_search(std::string_view request, const CertificateDirectory& directory,
                           std::string_view reference) {
  constexpr std::string_view kRoot = "CertificateSearchResponse";
  const auto query = read_query(request, "CertificateSearchRequest");
  if (!query) return answer(kRoot, 401, reference);
  const bool for_device = query->name == "CertificateSubjectAltName";
  if (!for_device && query->name != "CertificateSubjectName") return answer(kRoot, 401, reference);
  const auto owner = Eui64::parse(query->value);
  if (!owner) return answer(kRoot, 401, reference);

  std::string results;
  for (const FoundCertificate& found : directory.of(*owner)) {
    const Certificate& certificate = found.record->certificate;
    if (certificate.is_device() != for_device) continue;
    results += element("Result", element("CertificateSerial", certificate.serial.hex()) + owner_element(certificate) +
                                     status_element(found.status) + kind_elements(certificate));
  }
  return results.empty() ? answer(kRoot, 402, reference) : answer(kRoot, 200, reference, results);
}

SearchAnswer answer_retrieve(std::string_view request, const CertificateDirectory& directory,
                             std::string_view reference) {
  constexpr std::string_view kRoot = "CertificateDataResponse";
  const auto query = read_query(request, "CertificateDataRequest");
  if (!query || query->name != "CertificateSerial") return answer(kRoot, 401, reference);
  const auto serial = SmkiSerial::from_hex(query->value);
  if (!serial) return answer(kRoot, 401, reference);
  const FoundCertificate found = directory.find(*serial);
  if (!found.record) return answer(kRoot, 402, reference);

  const Certificate& certificate = found.record->certificate;
  const std::string content = owner_element(certificate) + element("CertificateSerial", certificate.serial.hex()) +
                              status_element(found.status) + element("CertificateBody", to_base64(certificate.der)) +
                              kind_elements(certificate);
  return answer(kRoot, 200, reference, element("CertificateResponse", content));
}

}  // namespace meterway::pki
