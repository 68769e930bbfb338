#include "standard/pki/issue.h"

#include <sys/stat.h>

#include <cstdlib>

#include "base/util/file.h"
#include "standard/pki/pem.h"
#include "standard/pki/test_pki.h"

namespace meterway::pki {
namespace {

class IssueTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const char* name, const Certificate& certificate) {
    ASSERT_TRUE(write_text_file(folder_ / name, to_pem(certificate.der, kPemCertificate)));
  }
  /// Runs the openssl program in the folder; what it prints goes to the file `out` there.
  bool openssl(const std::string& arguments) {
    return std::system(("cd '" + folder_.string() + "' && openssl " + arguments + " >out 2>&1").c_str()) == 0;
  }
  std::string printed() { return read_text_file(folder_ / "out").value_or(""); }
  std::filesystem::path folder_;
};

// Another implementation follows the chain; -x509_strict asks it to hold RFC 5280 against us.
TEST_F(IssueTest, MakesChainsThatOpensslVerifies) {
  write("root.pem", test_pki().root.certificate);
  write("issuing.pem", test_pki().issuing.certificate);
  for (const auto& record : test_pki().records) {
    write("leaf.pem", record.certificate);
    EXPECT_TRUE(openssl(
        "verify -x509_strict -ignore_critical -attime 1798761600 -CAfile root.pem -untrusted issuing.pem leaf.pem"))
        << record.name << ": " << printed();
  }
  write("leaf.pem", test_pki().records.front().certificate);
  EXPECT_FALSE(openssl("verify -attime 1798761600 -CAfile root.pem leaf.pem"));
}

TEST_F(IssueTest, MakesCertificatesThatOpensslReadsAsWeDo) {
  write("meter.pem", test_record(kMeter, KeyUse::DigitalSignature).certificate);
  ASSERT_TRUE(openssl("x509 -in meter.pem -noout -serial -subject -enddate -ext keyUsage,subjectAltName")) << printed();
  EXPECT_NE(printed().find("serial=" + test_record(kMeter, KeyUse::DigitalSignature).certificate.serial.hex()),
            std::string::npos);
  EXPECT_NE(printed().find("notAfter=Dec 31 23:59:59 9999 GMT"), std::string::npos) << printed();
  EXPECT_NE(printed().find("X509v3 Subject Alternative Name: critical"), std::string::npos);
  EXPECT_NE(printed().find("1.3.6.1.5.5.7.8.4"), std::string::npos);

  write("supplier.pem", test_record(kSupplier, KeyUse::XmlSigning).certificate);
  ASSERT_TRUE(openssl("x509 -in supplier.pem -noout -subject -nameopt RFC2253")) << printed();
  EXPECT_NE(printed().find("#03090090B3D51F30010000,OU=87,CN=SUPPLIER"), std::string::npos) << printed();
}

TEST_F(IssueTest, WritesKeyFilesThatOnlyTheirOwnerMayRead) {
  const auto& record = test_record(kSupplier, KeyUse::PrepaymentKeyAgreement);
  ASSERT_TRUE(write_key_files(folder_, record, WriteKeys::Yes));
  struct stat info {};
  ASSERT_EQ(stat((folder_ / "90b3d51f30010000-pp-ka.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const auto store = open_key_folder(folder_);
  ASSERT_TRUE(store);
  EXPECT_NE((*store)->private_key(kSupplier, KeyUse::PrepaymentKeyAgreement), nullptr);
  EXPECT_FALSE((*store)->certificate(kSupplier, KeyUse::PrepaymentKeyAgreement).empty());
}

TEST(Issue, RefusesARoleForXmlWithAnotherUse) {
  SeededRandom random(1);
  const auto key = crypto::PrivateKey::generate().value();
  const auto validity = Validity::years(test_time(), 1);
  EXPECT_EQ(issue_organisation(test_pki().issuing, {kSupplier, PartyRole::XmlSigning, "", KeyUse::KeyAgreement},
                               validity, key.public_key(), random)
                .error()
                .code,
            ErrorCode::BadValue);
  EXPECT_EQ(issue_organisation(test_pki().issuing, {kSupplier, PartyRole::Supplier, "", KeyUse::XmlSigning}, validity,
                               key.public_key(), random)
                .error()
                .code,
            ErrorCode::BadValue);
}

}  // namespace
}  // namespace meterway::pki
