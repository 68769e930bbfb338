// The primitives a request pays for. Every other figure of bench/ is read as a multiple of these.
#include <benchmark/benchmark.h>

#include "base/crypto/aes_gcm.h"
#include "base/crypto/digest.h"
#include "base/crypto/keys.h"

namespace {

using namespace meterway;

const crypto::PrivateKey& key() {
  static const crypto::PrivateKey instance = crypto::PrivateKey::generate().value();
  return instance;
}

const Bytes kMessage(200, 0x5A);

void EcdsaSign(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(key().sign(kMessage));
}
BENCHMARK(EcdsaSign);

void EcdsaVerify(benchmark::State& state) {
  const auto signature = key().sign(kMessage).value();
  for (auto _ : state) benchmark::DoNotOptimize(key().public_key().verify(kMessage, signature));
}
BENCHMARK(EcdsaVerify);

void Ecdh(benchmark::State& state) {
  const auto other = crypto::PrivateKey::generate().value();
  for (auto _ : state) benchmark::DoNotOptimize(key().agree(other.public_key()));
}
BENCHMARK(Ecdh);

void PublicKeyDecode(benchmark::State& state) {
  const Bytes point(key().public_key().point().begin(), key().public_key().point().end());
  for (auto _ : state) benchmark::DoNotOptimize(crypto::PublicKey::from_point(point));
}
BENCHMARK(PublicKeyDecode);

void GmacOf200Bytes(benchmark::State& state) {
  const std::array<std::uint8_t, 16> bytes{1};
  const std::array<std::uint8_t, 12> iv{2};
  const crypto::AesKey aes{std::span<const std::uint8_t, 16>(bytes)};
  std::array<std::uint8_t, 12> tag;
  for (auto _ : state) benchmark::DoNotOptimize(crypto::gcm_seal(aes, iv, {kMessage}, {}, tag));
}
BENCHMARK(GmacOf200Bytes);

void Sha256Of2000Bytes(benchmark::State& state) {
  const Bytes text(2000, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(crypto::sha256(text));
}
BENCHMARK(Sha256Of2000Bytes);

}  // namespace
