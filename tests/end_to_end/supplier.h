#pragma once
#include "base/util/base64.h"
#include "lab/documents.h"
#include "standard/duis/response.h"
#include "standard/duis/signature.h"
#include "standard/gbcs/protect.h"
#include "standard/pki/certificate.h"
#include "standard/pki/key_store.h"
#include "tests/end_to_end/node.h"

namespace meterway::end_to_end {

/// A User's system that keeps its documents: what it has sent it can send again, byte for byte.
class Supplier {
 public:
  explicit Supplier(const Node& node, const char* eui = kSupplier)
      : self_(Eui64::parse(eui).value()), keys_(pki::open_key_folder(node.data() + "/users/" + eui).value()) {
    // An organisation without a key for documents alone signs them with its signing key.
    if (keys_->private_key(self_, pki::KeyUse::XmlSigning) == nullptr) document_key_ = pki::KeyUse::DigitalSignature;
    const auto certificate = pki::parse_certificate(keys_->certificate(self_, document_key_)).value();
    name_ = {certificate.issuer, certificate.serial.decimal()};
  }

  /// A fresh RequestID: milliseconds, and always greater.
  RequestId next_id(const char* target) {
    const auto millis =
        std::chrono::duration_cast<std::chrono::milliseconds>(SystemClock().now().time_since_epoch()).count();
    last_ = std::max(last_ + 1, static_cast<std::uint64_t>(millis));
    return {self_, Eui64::parse(target).value(), {last_}};
  }
  /// A signed document. `inside`: what is within the body element of the service.
  std::string request(const RequestId& id, CommandVariant cv, const char* service, const std::string& inside = {}) {
    const auto& row = *duis::find_service(service);
    const std::string name(row.body_element);
    return sign(lab::request_document(id, cv, row, "<sr:" + name + ">" + inside + "</sr:" + name + ">"));
  }
  /// CV 5, 6 or 7 for the answer to a CV 4: the pre-command in it, signed with the User's key.
  std::string signed_precommand(const RequestId& id, CommandVariant cv, const char* service,
                                const net::HttpResponse& transformed) {
    auto message = gbcs::read_message(from_base64(element(transformed.body, "GBCSPayload")).value());
    EXPECT_TRUE(message && gbcs::sign(*message, *keys_->private_key(self_, pki::KeyUse::DigitalSignature)));
    return sign(lab::request_document(id, cv, *duis::find_service(service),
                                      lab::signed_precommand_body(gbcs::write_message(*message))));
  }
  /// 8.13: brings the device's answer to `original`.
  std::string returned(const RequestId& original, ByteView response) {
    return request(next_id(kBroker), CommandVariant::NonDevice, "8.13",
                   "<sr:OriginalRequestID>" + original.text() + "</sr:OriginalRequestID><sr:DeviceGBCSResponse>" +
                       to_base64(response) + "</sr:DeviceGBCSResponse>");
  }

 private:
  std::string sign(const std::string& text) {
    return duis::sign_document(text, *keys_->private_key(self_, document_key_), name_).value();
  }

  const Eui64 self_;
  std::unique_ptr<pki::KeyStore> keys_;
  pki::KeyUse document_key_ = pki::KeyUse::XmlSigning;
  duis::CertificateName name_;
  std::uint64_t last_ = 0;
};

inline int times_traced(const Node& node, const RequestId& id, std::string_view step, std::string_view outcome) {
  int found = 0;
  for (const auto& event : node.trace(id.text())) found += event.at("step") == step && event.at("outcome") == outcome;
  return found;
}

/// When the emulated device got a copy of this command, of all that came. DATA/estate/arrivals.tsv: time, hub, device,
/// number on the link, originator, counter, what became of it.
inline std::vector<UtcTime> arrivals_of(const Node& node, const RequestId& id) {
  std::istringstream lines(slurp(fs::path(node.data()) / "estate" / "arrivals.tsv"));
  std::vector<UtcTime> out;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string time, hub, device, number, originator, counter;
    fields >> time >> hub >> device >> number >> originator >> counter;
    const RequestId arrived{Eui64::parse(originator).value(), Eui64::parse(device).value(), {std::stoull(counter)}};
    if (arrived == id) out.push_back(from_iso8601(time).value());
  }
  return out;
}

}  // namespace meterway::end_to_end
