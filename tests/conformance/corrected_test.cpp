#include <set>

#include "base/util/base64.h"
#include "tests/conformance/reference_transform.h"

// The official count (tests/conformance/floor.tsv) takes every reference request as it is. Some of them contradict
// their own message, and some were made with what a platform knows of a device and no file says: here both are put
// right, by rows that give the reason.
namespace meterway::tests {
namespace {

std::vector<Row> conformance_rows(const char* file) {
  return rows_of(std::filesystem::path(METERWAY_SOURCE_DIR) / "tests" / "conformance" / file);
}

/// "@1/0/0": that item of the ASN.1 content.
Bytes item_of(const gbcs::Message& message, std::string_view path) {
  auto node = gbcs::asn1::read(message.content).value();
  std::istringstream steps{std::string(path.substr(1))};
  for (std::string step; std::getline(steps, step, '/');) {
    auto next = node.items.at(std::stoul(step));
    node = std::move(next);
  }
  return gbcs::asn1::write(node);
}

duis::Element& element_at_path(duis::Element& body, std::string_view path) {
  auto* here = &body;
  std::istringstream steps{std::string(path)};
  for (std::string step; std::getline(steps, step, '/');) {
    const auto found = std::find_if(here->children.begin(), here->children.end(),
                                    [&](const auto& child) { return child.name == step; });
    here = found != here->children.end() ? &*found : &here->children.emplace_back(duis::Element{step, "", {}, {}});
  }
  return *here;
}

/// The reference's keys, and one certificate more.
class WithCertificate final : public pki::KeyStore {
 public:
  WithCertificate(const pki::KeyStore& others, Eui64 owner, Bytes der)
      : others_(others), owner_(owner), der_(std::move(der)) {}
  const crypto::PublicKey* public_key(Eui64 owner, pki::KeyUse use) const override {
    return others_.public_key(owner, use);
  }
  const crypto::PrivateKey* private_key(Eui64 owner, pki::KeyUse use) const override {
    return others_.private_key(owner, use);
  }
  ByteView certificate(Eui64 owner, pki::KeyUse use) const override {
    if (owner == owner_ && use == pki::KeyUse::KeyAgreement) return der_;
    return others_.certificate(owner, use);
  }

 private:
  const pki::KeyStore& others_;
  Eui64 owner_;
  Bytes der_;
};

void correct(const Row& row, const gbcs::Message& wanted, duis::Request& request) {
  const auto& value = row.at("value");
  if (row.at("element") == "RequestID") {
    request.id = RequestId::parse(value).value();
    return;
  }
  element_at_path(request.body, row.at("element")).text =
      value.starts_with('@') ? to_base64(item_of(wanted, value)) : value;
}

void add_fact(const Row& row, const gbcs::Message& wanted, const duis::Request& request, Context& context,
              std::unique_ptr<pki::KeyStore>& keys) {
  const auto& fact = row.at("fact");
  const auto& value = row.at("value");
  if (fact == "variant") {
    context.facts = flow::transform::device_facts(value, "");
  } else if (fact == "other_type") {
    context.other_type = parse_device_type(value).value();
  } else if (fact == "partner_certificate") {
    const auto partner = Eui64::parse(request.body.text_at("OtherDeviceID")).value();
    keys = std::make_unique<WithCertificate>(*context.keys, partner, item_of(wanted, value));
    context.keys = keys.get();
  } else {
    if (!context.log) context.log.emplace();
    if (fact == "network") {
      context.log->network = from_hex(value).value();
    } else {
      ASSERT_EQ(fact, "log");
      const auto words = value.find(' ');
      registry::LogBackupEntry entry;
      entry.device = Eui64::parse(value.substr(0, words)).value();
      const auto rest = value.substr(words + 1);
      if (rest.size() < 3) {
        entry.type = static_cast<std::uint8_t>(std::stoul(rest));
      } else {
        entry.link_key_hash = from_hex(rest).value();
      }
      context.log->entries.push_back(entry);
    }
  }
}

/// Steps: transform every request with its corrections and facts. Pass: every byte of every message is the reference's,
/// and no correction and no fact is there for a case that needs none.
TEST(Transform, GivesEveryReferenceMessageOnceItsRequestAgreesWithIt) {
  METERWAY_NEEDS_REFERENCE();
  const Reference reference;
  std::multimap<std::string, Row> corrections, facts;
  for (const auto& row : conformance_rows("corrections.tsv")) corrections.emplace(row.at("case"), row);
  for (const auto& row : conformance_rows("facts.tsv")) facts.emplace(row.at("case"), row);
  std::set<std::string> corrected, informed;
  int cases = 0, reached = 0;
  for (const auto& row : rows_of(reference_path() / "manifest.tsv")) {
    if (!Reference::has_both(row)) continue;
    const auto& name = row.at("case");
    std::unique_ptr<pki::KeyStore> keys;
    const auto difference = reference.difference(row, [&](const auto& wanted, auto& request, auto& context) {
      for (auto [at, end] = corrections.equal_range(name); at != end; ++at) correct(at->second, wanted, request);
      for (auto [at, end] = facts.equal_range(name); at != end; ++at)
        add_fact(at->second, wanted, request, context, keys);
    });
    ++cases;
    reached += difference.empty();
    EXPECT_EQ(difference, "") << name;
    const bool helped = corrections.count(name) + facts.count(name) > 0;
    if (corrections.count(name) > 0) corrected.insert(name);
    if (facts.count(name) > 0) informed.insert(name);
    if (helped) {
      EXPECT_NE(reference.difference(row), "") << name << " needs no help";
    }
  }
  std::cout << "transform: " << reached << " of " << cases << ", " << corrected.size()
            << " of them with corrected requests and " << informed.size() << " with facts of the device\n";
  EXPECT_EQ(reached, cases);
  RecordProperty("passed", reached);
  RecordProperty("corrected", static_cast<int>(corrected.size()));
}

}  // namespace
}  // namespace meterway::tests
