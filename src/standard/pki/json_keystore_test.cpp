#include "standard/pki/json_keystore.h"

#include <nlohmann/json.hpp>

#include "standard/pki/test_pki.h"

namespace meterway::pki {
namespace {

nlohmann::json sample() {
  return nlohmann::json::parse(write_json_keystore({test_record(kSupplier, KeyUse::PrepaymentKeyAgreement)}));
}

nlohmann::json& entry(nlohmann::json& store) { return store.begin()->begin()->begin().value(); }

ErrorCode refusal(const nlohmann::json& store) {
  const auto read = read_json_keystore(store.dump());
  EXPECT_FALSE(read);
  return read ? ErrorCode::Closed : read.error().code;
}

TEST(JsonKeyStore, GivesBackWhatIsWritten) {
  const auto& records = test_pki().records;
  const auto read = read_json_keystore(write_json_keystore(records));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), records.size());
  CertificateDirectory directory;
  for (const auto& record : *read) ASSERT_TRUE(directory.add(record));
  for (const auto& record : records) {
    const auto found = directory.find(record.certificate.serial);
    ASSERT_TRUE(found.record);
    EXPECT_EQ(found.record->use, record.use) << record.name;
    EXPECT_EQ(found.record->name, record.name);
    EXPECT_EQ(found.record->private_key->public_key(), record.private_key->public_key());
  }
}

TEST(JsonKeyStore, NeedsNothingButTheCertificate) {
  auto store = sample();
  for (const char* field : {"privateKey", "role", "name"}) entry(store).erase(field);
  const auto read = read_json_keystore(store.dump());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->front().use, KeyUse::KeyAgreement);  // without its name it is an ordinary one
  EXPECT_FALSE(read->front().private_key);
}

TEST(JsonKeyStore, RefusesAnotherShape) {
  for (const char* text :
       {"", "[]", "{", "{\"x\":{}}", "{\"90b3d51f30010000\":[]}", "{\"90b3d51f30010000\":{\"keyEncipherment\":{}}}",
        "{\"90b3d51f30010000\":{\"keyAgreement\":7}}", "{\"90b3d51f30010000\":{\"keyAgreement\":{\"1\":{}}}}"}) {
    EXPECT_FALSE(read_json_keystore(text)) << text;
  }
  EXPECT_EQ(read_json_keystore(std::string(100000, '[')).error().code, ErrorCode::BadJson);
}

TEST(JsonKeyStore, RefusesKeysThatContradictTheCertificate) {
  const auto whole = sample();
  const std::string owner = whole.begin().key();
  const std::string serial = whole.begin()->begin()->begin().key();
  const auto value = whole.begin()->begin()->begin().value();

  EXPECT_EQ(refusal({{"90b3d51f30010001", {{"keyAgreement", {{serial, value}}}}}}), ErrorCode::Conflict);
  EXPECT_EQ(refusal({{owner, {{"digitalSignature", {{serial, value}}}}}}), ErrorCode::Conflict);
  EXPECT_EQ(refusal({{owner, {{"keyAgreement", {{"12345", value}}}}}}), ErrorCode::Conflict);
  EXPECT_EQ(refusal({{owner, {{"keyAgreement", {{"0x1", value}}}}}}), ErrorCode::BadNumber);

  auto wrong_role = whole;
  entry(wrong_role)["role"] = 3;
  EXPECT_EQ(refusal(wrong_role), ErrorCode::Conflict);
  auto text_role = whole;
  entry(text_role)["role"] = "2";
  EXPECT_EQ(refusal(text_role), ErrorCode::BadJson);
  auto wrong_key = whole;
  auto other = nlohmann::json::parse(write_json_keystore({test_record(kBroker, KeyUse::KeyAgreement)}));
  entry(wrong_key)["privateKey"] = entry(other)["privateKey"];
  EXPECT_EQ(refusal(wrong_key), ErrorCode::Conflict);
}

}  // namespace
}  // namespace meterway::pki
