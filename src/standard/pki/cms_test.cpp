#include "standard/pki/cms.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/util/file.h"
#include "standard/pki/pem.h"
#include "standard/pki/test_pki.h"

namespace meterway::pki {
namespace {

namespace fs = std::filesystem;

Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }

struct Signers {
  SeededRandom random{11};
  Authority root = issue_root("IKI test root", Validity::years(test_time(), 20), random).value();
  Authority issuing = issue_authority(root, "IKI test issuing", Validity::years(test_time(), 10), random).value();
  crypto::PrivateKey key = crypto::PrivateKey::generate().value();
  Certificate officer =
      issue_file_signer(issuing, {"anna", kSupplier}, Validity::years(test_time(), 2), key.public_key(), random)
          .value();
};

TEST(Cms, WhatIsSignedIsVerifiedAndNamesItsSigner) {
  const Signers s;
  const auto file = bytes("reference,user_id\r\n");
  const auto signature = sign_detached(file, s.officer, s.key, {s.issuing.certificate});
  ASSERT_TRUE(signature);
  const auto signer = verify_detached(content_of(file), *signature);
  ASSERT_TRUE(signer) << describe(signer.error());
  EXPECT_EQ(signer->certificate.common_name, "anna");
  EXPECT_EQ(signer->certificate.owner(), kSupplier);
  EXPECT_TRUE(is_file_signer(signer->certificate));
  EXPECT_TRUE(check_chain(signer->certificate, signer->others, {s.root.certificate}, test_time()));
  EXPECT_FALSE(is_file_signer(test_record(kSupplier, KeyUse::DigitalSignature).certificate));
}

TEST(Cms, NoByteOfFileOrSignatureChangesWhatIsBelieved) {
  const Signers s;
  const auto file = bytes("some file\r\n");
  const auto signature = *sign_detached(file, s.officer, s.key, {s.issuing.certificate});
  const auto good = [&](ByteView content, ByteView cms) {
    const auto signer = verify_detached(content_of(content), cms);
    const auto believed = signer && check_chain(signer->certificate, signer->others, {s.root.certificate}, test_time());
    EXPECT_TRUE(!believed || signer->certificate.der == s.officer.der);
    return believed;
  };
  ASSERT_TRUE(good(file, signature));
  for (std::size_t at = 0; at < signature.size(); ++at) {
    EXPECT_FALSE(good(file, ByteView(signature).first(at))) << "cut off at " << at;
    for (const std::uint8_t flip : {0x01, 0x80}) {
      auto broken = signature;
      broken[at] = static_cast<std::uint8_t>(broken[at] ^ flip);
      EXPECT_FALSE(good(file, broken)) << "byte " << at << " flipped by " << int(flip);
    }
  }
  auto longer = signature;
  longer.push_back(0);
  EXPECT_FALSE(good(file, longer));
  for (std::size_t at = 0; at < file.size(); ++at) {
    auto broken = file;
    broken[at] ^= 1;
    EXPECT_FALSE(good(broken, signature)) << at;
    EXPECT_FALSE(good(ByteView(file).first(at), signature)) << at;
  }
}

TEST(Cms, AChainIsCheckedLinkByLink) {
  const Signers s, other;
  const auto chain = [&](const Certificate& c, const std::vector<Certificate>& with, const Authority& root, int days) {
    const auto done = check_chain(c, with, {root.certificate}, test_time() + std::chrono::hours(24 * days));
    return done ? ErrorCode::Full : done.error().code;
  };
  EXPECT_EQ(chain(s.officer, {s.issuing.certificate}, s.root, 0), ErrorCode::Full) << "good";
  EXPECT_EQ(chain(s.officer, {}, s.issuing, 0), ErrorCode::Full) << "its issuer is trusted";
  EXPECT_EQ(chain(s.officer, {}, s.root, 0), ErrorCode::BadCertificate);
  EXPECT_EQ(chain(s.officer, {s.issuing.certificate}, other.root, 0), ErrorCode::BadCertificate);
  EXPECT_EQ(chain(s.officer, {s.issuing.certificate}, s.root, 3 * 365), ErrorCode::Expired);
  EXPECT_EQ(chain(s.officer, {s.issuing.certificate}, s.root, -2), ErrorCode::Expired) << "not yet";
  EXPECT_EQ(chain(s.officer, {s.issuing.certificate, other.officer}, s.root, 0), ErrorCode::BadCertificate) << "idle";
  // An officer's certificate signs no other.
  SeededRandom random(3);
  const Authority false_authority{s.officer, s.key};
  const auto made = issue_file_signer(false_authority, {"eve", kSupplier}, Validity::years(test_time(), 1),
                                      s.key.public_key(), random);
  ASSERT_TRUE(made);
  EXPECT_EQ(chain(*made, {s.officer, s.issuing.certificate}, s.root, 0), ErrorCode::BadCertificate);
}

TEST(Cms, OpensslTakesOursAndWeTakeIts) {
  ASSERT_EQ(std::system("openssl version >/dev/null 2>&1"), 0) << "scripts/install.sh brings the command";
  const Signers s;
  const auto folder = fs::temp_directory_path() / ("meterway-cms-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const auto in = [&](const char* name) { return (folder / name).string(); };
  const auto file = bytes("a,b\r\n1,2\r\n");
  ASSERT_TRUE(write_file(in("file"), file, 0600));
  ASSERT_TRUE(write_file(in("ours"), *sign_detached(file, s.officer, s.key, {s.issuing.certificate}), 0600));
  ASSERT_TRUE(write_text_file(in("root.pem"), to_pem(s.root.certificate.der, kPemCertificate)));
  ASSERT_TRUE(write_text_file(in("issuing.pem"), to_pem(s.issuing.certificate.der, kPemCertificate)));
  ASSERT_TRUE(write_text_file(in("officer.pem"), to_pem(s.officer.der, kPemCertificate)));
  ASSERT_TRUE(write_text_file(in("officer.key"), to_pem(s.key.to_pkcs8(), kPemPrivateKey)));
  const auto run = [&](const std::string& arguments) {
    return std::system(("cd " + folder.string() + " && openssl cms " + arguments + " >out 2>&1").c_str());
  };
  EXPECT_EQ(run("-verify -binary -inform DER -in ours -content file -CAfile root.pem -purpose any -attime 1767268800"),
            0);
  for (const std::string more : {"", " -noattr"}) {
    ASSERT_EQ(run("-sign -binary -outform DER -md sha256 -in file -signer officer.pem -inkey officer.key -certfile "
                  "issuing.pem -out theirs" +
                  more),
              0);
    const auto theirs = read_text_file(in("theirs"));
    ASSERT_TRUE(theirs);
    const auto signer = verify_detached(content_of(file), bytes(*theirs));
    ASSERT_TRUE(signer) << more << describe(signer.error());
    EXPECT_TRUE(check_chain(signer->certificate, signer->others, {s.root.certificate}, test_time()));
    const auto another = bytes("a,b\r\n1,3\r\n");
    EXPECT_FALSE(verify_detached(content_of(another), bytes(*theirs)));
    EXPECT_TRUE(verify_detached_by(s.officer, content_of(file), bytes(*theirs)));
    EXPECT_FALSE(verify_detached_by(s.issuing.certificate, content_of(file), bytes(*theirs)));
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace meterway::pki
