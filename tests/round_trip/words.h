#pragma once
#include <functional>

#include "base/util/clock.h"
#include "base/util/hex.h"
#include "standard/gbcs/utrn.h"
#include "tests/round_trip/table.h"
#include "tests/round_trip/town.h"

/// The words of trips.tsv that begin with a dollar sign: what is another thing in each home.
namespace meterway::round_trip {

struct Speaker {
  const Town& town;
  const Place& place;
  RequestId id;  ///< of the request whose body is written
  UtcTime now{};
  std::function<std::string(const std::string&)> last;  ///< value of a name in what was told last
  std::pair<RequestId, Bytes> held{};                   ///< a device's answer that was not brought back
};

/// The image that 11.1 and 11.4 carry in the trips; its signature is the supplier's.
inline gbcs::OtaImage firmware_image(const Town& town, bool is_signed) {
  gbcs::OtaImage image;
  image.version = {0x00, 0x02, 0x00, 0x07};
  image.greatest_hardware = 0xFFFF;
  image.text = "trip";
  image.manufacturer_image = Bytes(3000, 0x5A);
  if (is_signed) {
    const auto* key = town.keys().private_key(kSupplier, pki::KeyUse::DigitalSignature);
    const auto signature = key->sign(image.manufacturer_image).value();
    std::copy(signature.begin(), signature.end(), image.signature.emplace().begin());
  }
  return image;
}

inline std::string say_word(const std::string& name, const std::vector<std::string>& of, const Speaker& who) {
  const auto number = [&] { return of.empty() ? 0L : std::strtol(of[0].c_str(), nullptr, 10); };
  const auto owner = [&](const std::string& text) {
    if (text == "B") return kBroker;
    if (text == "B2") return kNextBroker;
    return text.size() <= 2 ? user_of(text) : who.place.eui(text);
  };
  if (name == "now") return to_iso8601(who.now);
  if (name == "in") return to_iso8601(who.now + std::chrono::seconds(number()));
  if (name == "day") return to_iso8601(who.now + std::chrono::hours(24 * number())).substr(0, 10);
  if (name == "clock") return to_iso8601(who.now + std::chrono::seconds(number())).substr(11);
  if (name == "issuer") return to_base64(who.town.issuing().certificate.der);
  if (name == "mpxn") return who.place.mpxn(of.at(0));
  if (name == "uprn") return who.place.uprn();
  if (name == "held") return of.at(0) == "id" ? who.held.first.text() : to_base64(who.held.second);
  if (name == "certified") {  // the key of the request for a certificate that was told last; a bit string: 00 before it
    const auto bits = from_hex(who.last("subject_public_key")).value_or(Bytes(1));
    return who.town.certify(who.id.target, ByteView(bits).subspan(1));
  }
  if (name == "last") return who.last(of.at(0));
  if (name == "image") return to_base64(gbcs::write_ota_image(firmware_image(who.town, of.at(0) == "signed")));
  if (name == "hash") return to_hex(ByteView(firmware_image(who.town, false).hash()));
  if (name == "cert") {
    const auto use = of.at(1) == "ds"   ? pki::KeyUse::DigitalSignature
                     : of.at(1) == "ka" ? pki::KeyUse::KeyAgreement
                                        : pki::KeyUse::PrepaymentKeyAgreement;
    return who.town.certificate(owner(of.at(0)), use);
  }
  if (name == "token") {
    const auto* own = who.town.keys().private_key(who.id.originator, pki::KeyUse::PrepaymentKeyAgreement);
    const auto* meter = who.town.keys().public_key(who.id.target, pki::KeyUse::KeyAgreement);
    const gbcs::UtrnParties parties{who.id.originator, who.id.target, who.id.counter};
    return gbcs::make_utrn(parties, static_cast<std::uint16_t>(number()), 1, *own, *meter).value();
  }
  const auto eui = who.place.eui(name);
  if (eui != kBroker) return eui.dashed_upper();
  ADD_FAILURE() << "no word $" << name;
  return {};
}

/// `text` with every "$name" and "$name(a,b)" said.
inline std::string say(const std::string& text, const Speaker& who) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '$') {
      out += text[at++];
      continue;
    }
    auto end = at + 1;
    while (end < text.size() && std::isalpha(static_cast<unsigned char>(text[end])) != 0) ++end;
    const auto name = text.substr(at + 1, end - at - 1);
    std::vector<std::string> of;
    if (end < text.size() && text[end] == '(') {
      const auto close = text.find(')', end);
      of = split(text.substr(end + 1, close - end - 1), ",");
      end = close + 1;
    }
    out += say_word(name, of, who);
    at = end;
  }
  return out;
}

}  // namespace meterway::round_trip
