#pragma once
#include <string>

#include "base/crypto/digest.h"
#include "base/xml/document.h"

namespace meterway::xml {

/// Inclusive Canonical XML 1.0 without comments of the document, `left_out` (an element below the root, or none) and
/// what it holds excepted: what the enveloped-signature transform and the default canonicalisation give. May take the
/// element out while it writes and put it back: not for two threads at once.
///
/// Source:  W3C xml-c14n-20010315; XMLDSig 6.6.4. Errors: BadXml (a relative namespace URI).
Result<std::string> canonical_without(const Document& document, Node left_out);
/// Its SHA-256: of the source itself where that is canonical already.
Result<crypto::Sha256Digest> digest_without(const Document& document, Node left_out);

/// Exclusive Canonical XML 1.0 without comments of one element: only the namespaces that it uses.
///
/// Source:  W3C xml-exc-c14n-20020718. Errors: BadXml.
Result<std::string> exclusive_canonical(Node element);

}  // namespace meterway::xml
