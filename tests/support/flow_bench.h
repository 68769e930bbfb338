#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "flow/envelope/context.h"
#include "records/store/event_log.h"
#include "standard/pki/issue.h"
#include "tests/support/hand_executor.h"

namespace meterway::tests {

inline constexpr Eui64 kBroker{0x90B3D51F30000002};
inline constexpr Eui64 kSupplier{0x90B3D51F30010000};
inline constexpr Eui64 kOtherSupplier{0x90B3D51F30030000};
inline constexpr Eui64 kMeter{0x00DB1234567890A0};
inline constexpr Eui64 kHub{0x00DB1234567890A2};

inline UtcTime bench_time() { return *from_iso8601("2026-06-01T00:00:00Z"); }

/// What a step of the flow is handed, over a store in a folder of its own: time stands still until the test sets it,
/// chance comes from a seed. As in the platform, no private key but the broker's is within the steps' reach; `secret`
/// gives the test those of the others.
class FlowBench : public ::testing::Test {
 protected:
  FlowBench() {
    auto pattern = (std::filesystem::temp_directory_path() / "meterway_flow_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    for (auto record : world().records) {
      if (record.certificate.owner() != kBroker) record.private_key.reset();
      EXPECT_TRUE(directory_->add(record));
    }
    keys_ = pki::key_store_of(directory_);
    signer_ = directory_->xml_signer(kBroker);
    open();
  }
  ~FlowBench() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// Closes the store and opens it again, as a restart does.
  void open() {
    store_.reset();
    store_ = *store::open_sqlite((folder_ / "store.db").string());
    context_.emplace(
        flow::Context{*store_, *directory_, *keys_, *signer_, kBroker, clock, random, executor, *network_, settings});
  }
  const flow::Context& context() const { return *context_; }

  static const pki::CertificateRecord& record(Eui64 owner, pki::KeyUse use) {
    for (const auto& record : world().records) {
      if (record.certificate.owner() == owner && record.use == use) return record;
    }
    ADD_FAILURE() << "no certificate of " << owner.plain();
    return world().records.front();
  }
  static const crypto::PrivateKey& secret(Eui64 owner, pki::KeyUse use) { return *record(owner, use).private_key; }

  template <class Work>
  void write(Work work) {
    const auto done = store_->write([&](store::WriteView& view) -> Status { return work(view); });
    EXPECT_TRUE(done) << describe(done.error());
  }
  template <class Value, class Work>
  Value read(Work work) {
    Value out{};
    const auto done = store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(out, work(view));
      return {};
    });
    EXPECT_TRUE(done) << describe(done.error());
    return out;
  }
  /// The trace of one key, "step outcome" each.
  std::vector<std::string> trace(const std::string& key) {
    std::vector<std::string> out;
    for (const auto& event : read<std::vector<store::Event>>([&](const auto& view) { return events_of(view, key); }))
      out.push_back(event.step + " " + event.outcome);
    return out;
  }

  ManualClock clock{bench_time()};
  SeededRandom random{7};
  HandExecutor executor{clock};
  flow::Settings settings;

 private:
  static const pki::DemoPki& world() {
    static const pki::DemoPki made = [] {
      const ManualClock then(bench_time());
      SeededRandom chance(8);
      return pki::make_demo_pki({{kBroker, PartyRole::AccessControlBroker, "broker", false, true},
                                 {kSupplier, PartyRole::Supplier, "supplier", false, true},
                                 {kOtherSupplier, PartyRole::Supplier, "otherSupplier", false, true}},
                                {kMeter}, then, chance)
          .value();
    }();
    return made;
  }

  std::filesystem::path folder_;
  std::shared_ptr<pki::CertificateDirectory> directory_ = std::make_shared<pki::CertificateDirectory>();
  std::unique_ptr<pki::KeyStore> keys_;
  pki::CertificateHandle signer_;
  std::unique_ptr<net::Network> network_ = net::system_network();
  std::unique_ptr<store::Store> store_;
  std::optional<flow::Context> context_;
};

}  // namespace meterway::tests
