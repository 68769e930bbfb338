#pragma once
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "tests/registration/files.h"

/// Signatures of files, made by OpenSSL.
namespace meterway::registration {

/// A key with a certificate of its own, valid for a day, made for a test.
struct Signing {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  explicit Signing(long from_s = -3600, long until_s = 86400) {
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7);
    X509_set_version(certificate, 2);
    const std::time_t now = std::chrono::system_clock::to_time_t(at("2026-11-22T12:00:00Z"));
    ASN1_TIME_set(X509_getm_notBefore(certificate), now + from_s);
    ASN1_TIME_set(X509_getm_notAfter(certificate), now + until_s);
    X509_set_pubkey(certificate, key);
    auto* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("RDP"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_sign(certificate, key, EVP_sha256());
  }
  ~Signing() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  std::string pem() const {
    auto* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate);
    char* text = nullptr;
    const auto size = BIO_get_mem_data(bio, &text);
    std::string out(text, static_cast<std::size_t>(size));
    BIO_free(bio);
    return out;
  }
  std::string sign(const std::string& content, unsigned flags = 0) const {
    auto* in = BIO_new_mem_buf(content.data(), static_cast<int>(content.size()));
    auto* cms = CMS_sign(certificate, key, nullptr, in, CMS_DETACHED | CMS_BINARY | flags);
    unsigned char* der = nullptr;
    const int size = i2d_CMS_ContentInfo(cms, &der);
    std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    return out;
  }
};

}  // namespace meterway::registration
