#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/crypto/keys.h"
#include "base/xml/document.h"
#include "standard/duis/problem.h"

/// XML signatures on DUIS documents: enveloped, ECDSA with SHA-256 on P-256, the certificate named by issuer and
/// serial.
///
///   <ds:Signature>
///     <ds:SignedInfo>                                      signed in its exclusive canonical form
///       <ds:CanonicalizationMethod Algorithm=".../xml-exc-c14n#"/>
///       <ds:SignatureMethod Algorithm="...#ecdsa-sha256"/>
///       <ds:Reference URI="">                              the document without this Signature, inclusive canonical
///       form
///         <ds:Transforms><ds:Transform Algorithm="...#enveloped-signature"/></ds:Transforms>
///         <ds:DigestMethod Algorithm="...#sha256"/>
///         <ds:DigestValue>32 octets</ds:DigestValue>
///       </ds:Reference>
///     </ds:SignedInfo>
///     <ds:SignatureValue>r then s, 64 octets</ds:SignatureValue>
///     <ds:KeyInfo><ds:X509Data><ds:X509IssuerSerial>
///       <ds:X509IssuerName>CN=Z1,OU=07</ds:X509IssuerName>
///       <ds:X509SerialNumber>decimal</ds:X509SerialNumber>
///     </ds:X509IssuerSerial></ds:X509Data></ds:KeyInfo>
///   </ds:Signature>
///
/// Source: spec sheet duis-messages, section 3. This is the only shape that is accepted: whatever else XMLDSig allows
/// (Ids, other references, transforms, algorithms, embedded keys) only widens what an attacker can try.
namespace meterway::duis {

/// How a signature names the certificate of its key.
struct CertificateName {
  std::string issuer;  ///< RFC 2253 text; compare with same_issuer()
  std::string serial;  ///< decimal, no leading zeros
};

/// Gives the key of a certificate, or null when the certificate is not known (or not fit for this use).
using FindKey = std::function<const crypto::PublicKey*(const CertificateName&)>;

/// Puts a Signature, without white space, at the end of the root of an unsigned document; every other byte stays.
/// Errors: BadXml (not well-formed, text after the root), Conflict (signed already), CryptoFailure.
Result<std::string> sign_document(std::string_view xml, const crypto::PrivateKey& key,
                                  const CertificateName& certificate);

/// Signs what write_request or write_response wrote, without reading it again: after the declaration it is its own
/// canonical form. Errors: Conflict (signed already), BadXml (not from those two, or a character that XML does not
/// know), CryptoFailure.
Result<std::string> sign_written(std::string document, const crypto::PrivateKey& key,
                                 const CertificateName& certificate);

/// Checks the one Signature, which is the last child of the root, over the document as it stands.
/// Errors: NoSignature; BadSignature (another shape, or the value is wrong); UnknownKey; BadDigest (the document was
/// changed after signing).
Result<CertificateName, Problem> check_signature(const xml::Document& document, const FindKey& find_key);

/// The name alone, unproven: who claims to have signed. Errors: NoSignature, BadSignature.
Result<CertificateName, Problem> claimed_signer(const xml::Document& document);

}  // namespace meterway::duis
