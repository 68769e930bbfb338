// What one service request costs the platform, stage by stage, and the cryptography inside it. `WholeRequest` against
// `CryptographyOfOneRequest`, from the same run, is the ratio that bench/README.md keeps.
#include <benchmark/benchmark.h>

#include "base/crypto/digest.h"
#include "base/xml/document.h"
#include "flow/transform/transform.h"
#include "standard/duis/response.h"
#include "standard/duis/response_body.h"
#include "standard/duis/signature.h"
#include "standard/gbcs/protect.h"
#include "tests/support/memory_keys.h"

namespace {

using namespace meterway;

const Eui64 kBroker(0x90B3D51F30000002), kSupplier(0x90B3D51F30010000), kMeter(0x00DB1234567890A0);

/// The parties of one request, and the request.
struct World {
  crypto::PrivateKey user = crypto::PrivateKey::generate().value();
  crypto::PrivateKey dcc = crypto::PrivateKey::generate().value();
  tests::MemoryKeys keys;
  std::string signed_request;
  flow::transform::Context context;

  World() {
    keys.add(kBroker, pki::KeyUse::KeyAgreement, crypto::PrivateKey::generate().value());
    keys.add_public(kMeter, pki::KeyUse::KeyAgreement, crypto::PrivateKey::generate().value().public_key());
    duis::Request request;
    request.schema_version = "5.4";
    request.id = {kSupplier, kMeter, {1000}};
    request.service_reference = "4.1";
    request.service_reference_variant = "4.1.1";
    request.body.name = "ReadInstantaneousImportRegisters";
    signed_request = duis::sign_document(duis::write_request(request), user, {"CN=Z1,OU=07", "1234567890"}).value();
    context.access_control_broker = kBroker;
    context.target_type = DeviceType::ESME;
    context.keys = &keys;
  }
};

const World& world() {
  static const World instance;
  return instance;
}

xml::Document parse() { return xml::Document::parse(world().signed_request).value(); }

duis::Request read(const xml::Document& document) { return duis::read_request(document).value(); }

bool check(const xml::Document& document) {
  return duis::check_signature(document, [](const duis::CertificateName&) { return &world().user.public_key(); })
      .has_value();
}

Bytes command(const duis::Request& request) {
  auto made = flow::transform::transform(request, world().context).value();
  const auto* own = world().keys.private_key(kBroker, pki::KeyUse::KeyAgreement);
  const auto* other = world().keys.public_key(kMeter, pki::KeyUse::KeyAgreement);
  if (!gbcs::add_mac(made.message, *own, *other)) std::abort();
  return gbcs::write_message(made.message);
}

std::string acknowledge(const duis::Request& request) {
  duis::Response response;
  response.request_id = request.id;
  response.code = "I99";
  response.body = duis::response_message(request.service_reference, request.service_reference_variant);
  return duis::sign_written(duis::write_response(response), world().dcc, {"CN=Z1,OU=07", "1234567890"}).value();
}

void Parse(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(parse());
}
BENCHMARK(Parse);

void Validate(benchmark::State& state) {
  const auto document = parse();
  for (auto _ : state) benchmark::DoNotOptimize(read(document));
}
BENCHMARK(Validate);

void CheckXmlSignature(benchmark::State& state) {
  const auto document = parse();
  for (auto _ : state) benchmark::DoNotOptimize(check(document));
}
BENCHMARK(CheckXmlSignature);

void TransformAndProtect(benchmark::State& state) {
  const auto request = read(parse());
  for (auto _ : state) benchmark::DoNotOptimize(command(request));
}
BENCHMARK(TransformAndProtect);

void Acknowledge(benchmark::State& state) {
  const auto request = read(parse());
  for (auto _ : state) benchmark::DoNotOptimize(acknowledge(request));
}
BENCHMARK(Acknowledge);

/// Everything above in a row: without HTTP, store and delivery.
void WholeRequest(benchmark::State& state) {
  for (auto _ : state) {
    const auto document = parse();
    const auto request = read(document);
    benchmark::DoNotOptimize(check(document));
    benchmark::DoNotOptimize(command(request));
    benchmark::DoNotOptimize(acknowledge(request));
  }
}
BENCHMARK(WholeRequest);

/// One verification, one key agreement, one MAC, one signature: the least that such a request can cost.
void CryptographyOfOneRequest(benchmark::State& state) {
  const Bytes message(200, 0x5A);
  const auto signature = world().user.sign(message).value();
  const auto* own = world().keys.private_key(kBroker, pki::KeyUse::KeyAgreement);
  const auto* other = world().keys.public_key(kMeter, pki::KeyUse::KeyAgreement);
  for (auto _ : state) {
    benchmark::DoNotOptimize(world().user.public_key().verify(message, signature));
    const auto secret = own->agree(*other).value();
    const auto key = gbcs::derive_key(secret, gbcs::Purpose::CommandMac, kSupplier, {1000}, kMeter);
    benchmark::DoNotOptimize(gbcs::compute_mac(key, kSupplier, message));
    benchmark::DoNotOptimize(world().dcc.sign(message));
  }
}
BENCHMARK(CryptographyOfOneRequest);

}  // namespace
