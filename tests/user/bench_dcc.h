#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "apps/node.h"
#include "apps/user_session.h"
#include "base/util/base64.h"
#include "base/util/file.h"
#include "base/xml/document.h"
#include "standard/duis/request.h"
#include "standard/duis/signature.h"
#include "standard/gbcs/dlms.h"
#include "standard/gbcs/protect.h"
#include "standard/pki/search.h"
#include "tests/support/ports.h"

namespace meterway::apps {

inline constexpr Eui64 kSupplier{0x90B3D51F30010000};
inline constexpr Eui64 kMeter{0x00DB1234567890A0};

/// A bench DCC for the tests of the User's side: it serves the certificate search, checks that requests are signed by
/// their User, answers what the test tells it to, and signs as the DCC. It plays the meter too. Keys are a real node's.
class BenchDcc {
 public:
  /// What to do with a request that came: the answer's code, the content of its Body, and perhaps a push.
  struct Play {
    std::string code = "I99";
    std::string content;
  };
  std::function<Play(const duis::Request&)> play;
  std::atomic<int> requests{0};
  bool spoil_signature = false;  ///< changes each answer after it was signed

  BenchDcc() {
    auto name = std::string(testing::UnitTest::GetInstance()->current_test_info()->name());
    data_.root = std::filesystem::temp_directory_path() / ("meterway_user_" + name + "_" + std::to_string(::getpid()));
    std::filesystem::remove_all(data_.root);
    http_ = *net::serve_http("127.0.0.1", 0, [this](const net::HttpRequest& request) { return take(request); });
    smki_ = *net::serve_http("127.0.0.1", 0, [this](const net::HttpRequest& request) { return search(request); });
    NodePlan plan;
    plan.http_port = http_->port();
    plan.smki_port = smki_->port();
    plan.push_port = ports_[0];
    const auto made = make_node(data_, plan, SystemClock(), random_);
    EXPECT_TRUE(made) << (made ? "" : describe(made.error()));
    world_ = *load_world(data_.world());
    EXPECT_TRUE(pki::add_certificate_folder(directory_, data_.certificates()));
    broker_ = read_key(data_.platform_keys() / (world_.access_control_broker.plain() + "-xml.key"));
    device_keys_ = *pki::open_key_folder(data_.estate() / "keys");
    keys_ = *UserKeys::open(data_, world_, kSupplier);
  }
  ~BenchDcc() {
    http_.reset();
    smki_.reset();
    std::filesystem::remove_all(data_.root);
  }

  const World& world() const { return world_; }
  const UserKeys& keys() const { return *keys_; }
  const DataFolder& data() const { return data_; }
  const pki::KeyStore& device_keys() const { return *device_keys_; }

  /// A signed DUIS response.
  std::string response(const RequestId& id, std::string_view code, std::string_view content) const {
    const std::string xml =
        "<sr:Response xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\" "
        "schemaVersion=\"5.4\"><sr:Header><sr:RequestID>" +
        id.text() + "</sr:RequestID><sr:ResponseCode>" + std::string(code) +
        "</sr:ResponseCode><sr:ResponseDateTime>2026-11-22T00:00:00.000Z</sr:ResponseDateTime>" +
        "</sr:Header><sr:Body><sr:ResponseMessage><sr:ServiceReference>7.4</"
        "sr:ServiceReference><sr:ServiceReferenceVariant>7.4" +
        "</sr:ServiceReferenceVariant>" + std::string(content) + "</sr:ResponseMessage></sr:Body></sr:Response>";
    const auto certificate = directory_.xml_signer(world_.access_control_broker);
    return *duis::sign_document(xml, *broker_,
                                {certificate->certificate.issuer, certificate->certificate.serial.decimal()});
  }

  static std::string payload(ByteView message) { return "<sr:GBCSPayload>" + to_base64(message) + "</sr:GBCSPayload>"; }

  /// The meter's answer to 7.4, "the supply is on", with its MAC.
  gbcs::Message supply_status(const RequestId& id) const {
    gbcs::Message message;
    message.header = {gbcs::Kind::Response, id.counter, id.target, id.originator, {}, {0x0052}, {}, {}, {}, {}};
    gbcs::dlms::AccessResponse content;
    content.invoke_id = gbcs::dlms::invoke_id(id.counter);
    content.data = {gbcs::dlms::Data::of(gbcs::dlms::Type::Enum, 1)};
    content.results = {{gbcs::dlms::Choice::Get, 0}};
    message.content = gbcs::dlms::write_apdu(content);
    EXPECT_TRUE(gbcs::add_mac(message, *device_keys_->private_key(id.target, pki::KeyUse::KeyAgreement),
                              *keys_->public_key(id.originator, pki::KeyUse::KeyAgreement)));
    return message;
  }

  /// Pushes a document to the supplier and gives the status of the answer, 0 when there was none.
  int push(const std::string& document, const std::string& type = "application/xml") const {
    const auto* user = world_.user(kSupplier);
    const auto url = "http://127.0.0.1:" + std::to_string(user->push_port) + user->push_path;
    const auto answer = net::http_request("POST", url, {{"content-type", type}}, document, std::chrono::seconds(5));
    return answer ? answer->status : 0;
  }

 private:
  static std::optional<crypto::PrivateKey> read_key(const std::filesystem::path& path) {
    return *crypto::PrivateKey::from_encoded(*read_file(path));
  }

  net::HttpResponse take(const net::HttpRequest& http) {
    ++requests;
    const auto document = xml::Document::parse(http.body);
    const auto request = duis::read_request(http.body);
    if (!document || !request) return {400, {}, "the request does not read"};
    const auto signer =
        duis::check_signature(*document, [&](const duis::CertificateName& name) -> const crypto::PublicKey* {
          const auto found = directory_.find(*pki::SmkiSerial::from_decimal(name.serial));
          return found.record && found.record->certificate.owner() == request->id.originator
                     ? &found.record->certificate.public_key
                     : nullptr;
        });
    if (!signer) return {400, {}, "the User's signature is wrong"};
    const auto answer = play(*request);
    auto text = response(request->id, answer.code, answer.content);
    if (spoil_signature) text.replace(text.find("2026-"), 5, "2025-");
    return {200, {{"content-type", "application/xml"}}, text};
  }
  net::HttpResponse search(const net::HttpRequest& http) {
    const auto answer = http.path == pki::kSearchPath ? pki::answer_search(http.body, directory_, "1-test")
                                                      : pki::answer_retrieve(http.body, directory_, "1-test");
    return {answer.status, {{"content-type", std::string(pki::kSearchContentType)}}, answer.body};
  }

  tests::PortBlock ports_;
  DataFolder data_;
  World world_;
  SystemRandom random_;
  pki::CertificateDirectory directory_;
  std::optional<crypto::PrivateKey> broker_;
  std::unique_ptr<pki::KeyStore> device_keys_;
  std::unique_ptr<UserKeys> keys_;
  std::unique_ptr<net::HttpServer> http_, smki_;
};

}  // namespace meterway::apps
