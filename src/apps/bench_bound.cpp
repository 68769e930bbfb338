#include "apps/bench_bound.h"

#include <time.h>

#include "apps/bench_http.h"
#include "base/crypto/plain.h"
#include "base/util/base64.h"
#include "standard/gbcs/protect.h"

namespace meterway::apps {
namespace {

constexpr double kStageUs = 12'000;  ///< of CPU, a round

ByteView bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

double cpu_us() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

/// What the two digests of an XML signature cover: the document without its Signature, and the SignedInfo.
struct SignedParts {
  std::string content;
  std::string signed_info;
};

SignedParts parts_of(const std::string& document) {
  const auto between = [&](std::string_view from, std::string_view to) {
    const auto begin = document.find(from);
    const auto end = document.find(to);
    return begin == std::string::npos || end == std::string::npos
               ? std::pair<std::size_t, std::size_t>{0, 0}
               : std::pair<std::size_t, std::size_t>{begin, end + to.size() - begin};
  };
  SignedParts out;
  const auto info = between("<ds:SignedInfo", "</ds:SignedInfo>");
  out.signed_info = document.substr(info.first, info.second);
  const auto whole = between("<ds:Signature ", "</ds:Signature>");
  out.content = document;
  out.content.erase(whole.first, whole.second);
  return out;
}

struct Keys {
  crypto::PrivateKey key = crypto::PrivateKey::generate().value();
  crypto::SharedSecret secret = key.agree(crypto::PrivateKey::generate().value().public_key()).value();
};

void must(bool good) {
  if (!good) std::abort();  // only memory can be at fault
}

std::function<void()> verify_xml(const std::shared_ptr<Keys>& keys, const std::string& document) {
  const auto parts = parts_of(document);
  const auto digest = crypto::sha256(bytes_of(parts.signed_info));
  return [keys, parts, signature = crypto::plain::sign(keys->key, digest).value()] {
    static_cast<void>(crypto::sha256(bytes_of(parts.content)));
    must(crypto::plain::verify(keys->key.public_key(), crypto::sha256(bytes_of(parts.signed_info)), signature));
  };
}

std::function<void()> sign_xml(const std::shared_ptr<Keys>& keys, const std::string& document) {
  return [keys, parts = parts_of(document)] {
    static_cast<void>(crypto::sha256(bytes_of(parts.content)));
    must(crypto::plain::sign(keys->key, crypto::sha256(bytes_of(parts.signed_info))).has_value());
  };
}

std::function<void()> verify_message(const std::shared_ptr<Keys>& keys, const Bytes& message) {
  return [keys, message, signature = crypto::plain::sign(keys->key, crypto::sha256(message)).value()] {
    must(crypto::plain::verify(keys->key.public_key(), crypto::sha256(message), signature));
  };
}

std::function<void()> mac_message(const std::shared_ptr<Keys>& keys, const Bytes& message) {
  return [keys, message] {
    const auto key = gbcs::derive_key(keys->secret, gbcs::Purpose::CommandMac, Eui64(1), {1}, Eui64(2));
    static_cast<void>(gbcs::compute_mac(key, Eui64(1), message));
  };
}

Bytes message_in(const std::string& document) {
  auto bytes = from_base64(text_of(document, "GBCSPayload"));
  return bytes && !bytes->empty() ? *std::move(bytes) : Bytes(200, 0x5A);
}

}  // namespace

std::vector<BoundStage> bound_stages(const LoadCase& what, const Tally& sample) {
  const auto keys = std::make_shared<Keys>();
  const auto answer = message_in(sample.answer);
  // The User does not see the command of a non-critical request; the answer is about as long.
  const auto command = what.critical() ? message_in(sample.signed_request) : answer;
  std::vector<BoundStage> out;
  out.push_back({"verify the XML signature of the request", 1, verify_xml(keys, sample.request), {}});
  if (what.critical()) {
    out.push_back({"sign the pre-command's document", 1, sign_xml(keys, sample.precommand), {}});
    out.push_back(
        {"verify the XML signature of the signed pre-command", 1, verify_xml(keys, sample.signed_request), {}});
    out.push_back({"verify the User's signature on the command", 1, verify_message(keys, command), {}});
  }
  out.push_back({"sign the acknowledgement", 1, sign_xml(keys, sample.reply), {}});
  out.push_back({"KDF and GMAC of the command", 1, mac_message(keys, command), {}});
  if (what.critical())
    out.push_back({"verify the device's signature on the response", 1, verify_message(keys, answer), {}});
  out.push_back({"sign the answer", 1, sign_xml(keys, sample.answer), {}});
  return out;
}

double measure_bound_us(std::vector<BoundStage>& stages) {
  double sum = 0;
  for (auto& stage : stages) {
    const double begin = cpu_us();
    double end = begin;
    unsigned count = 0;
    while (end - begin < kStageUs) {
      for (int i = 0; i < 10; ++i) stage.run();
      count += 10;
      end = cpu_us();
    }
    stage.rounds_us.push_back((end - begin) / count);
    sum += stage.rounds_us.back() * stage.times;
  }
  return sum;
}

}  // namespace meterway::apps
