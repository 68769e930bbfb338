// Who can send these bytes: any User or impostor who POSTs to the DUIS web services, and on the User's side anyone who
// pushes to its address. Reading, checking the signature's shape and writing back all happen before trust.
// Seeds: DUIS requests and responses (spec/duis_*.tsv through tests/schema/generator.h).
// Covers: src/standard/duis/schema.cpp, src/standard/duis/content_model.cpp, src/standard/duis/schema_value.cpp,
// src/standard/duis/content_paths.cpp, src/standard/duis/plain_value.cpp, src/standard/duis/quick_reader.cpp,
// src/standard/duis/request.cpp, src/standard/duis/response.cpp, src/standard/duis/signature.cpp,
// src/standard/duis/carried.cpp, src/standard/duis/serial.cpp, src/standard/duis/xml_text.cpp
//
// Invariants: a document that reads writes and reads again, to the same text; a signature check never calls an
// unsigned or unknown document signed; issuer and serial helpers agree with themselves.
#include <cstdlib>

#include "standard/duis/carried.h"
#include "standard/duis/request.h"
#include "standard/duis/response.h"
#include "standard/duis/serial.h"
#include "standard/duis/signature.h"

using namespace meterway;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = xml::Document::parse(text);
  must(!duis::carried_messages(text) || document.has_value());
  if (document) {
    if (const auto request = duis::read_request(*document)) {
      const std::string written = duis::write_request(*request);
      const auto again = duis::read_request(written);
      must(again.has_value() && duis::write_request(*again) == written);
    }
    // A SMETS1 response holds elements of another namespace, which only the SMETS1 provider writes.
    if (const auto response = duis::read_response(*document);
        response && response->body.name != "SMETS1ResponseMessage") {
      const std::string written = duis::write_response(*response);
      const auto again = duis::read_response(written);
      must(again.has_value() && duis::write_response(*again) == written);
    }
    must(!duis::check_signature(*document,
                                [](const duis::CertificateName&) -> const crypto::PublicKey* { return nullptr; }));
    if (const auto signer = duis::claimed_signer(*document)) must(duis::same_issuer(signer->issuer, signer->issuer));
  }
  if (const auto hex = duis::serial_to_hex(text)) must(*duis::serial_to_hex(*duis::serial_to_decimal(*hex)) == *hex);
  return 0;
}
