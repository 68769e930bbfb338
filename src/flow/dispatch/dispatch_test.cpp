#include "flow/dispatch/dispatch.h"

#include "standard/gbcs/protect.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::dispatch {
namespace {

using tests::kBroker;
using tests::kHub;
using tests::kMeter;
using tests::kSupplier;

class Dispatch : public tests::FlowBench {
 protected:
  Dispatch() {
    registry::Device meter;
    meter.eui = kMeter;
    meter.hub = kHub;
    write([&](auto& view) { return registry::put_device(view, meter); });
  }

  static registry::RequestRecord accepted(Eui64 originator, bool critical) {
    gbcs::Message command;
    command.header = {gbcs::Kind::Command, {1000}, originator, kMeter, {}, {0x0062}, {}, {}, {}, {}};
    command.content = {0xD9, 0x20, 0x00, 0x03, 0xE8, 0x00, 0x00, 0x00};
    registry::RequestRecord record;
    record.id = {kSupplier, kMeter, {1000}};
    record.header = {originator, kMeter, {1000}};
    record.critical = critical;
    record.message = gbcs::write_message(command);
    return record;
  }
  gbcs::Message dispatched(registry::RequestRecord record) {
    auto out = dispatch(std::move(record), context());
    EXPECT_TRUE(out) << describe(out.error());
    return out ? *gbcs::read_message(out->message) : gbcs::Message{};
  }
  const crypto::PublicKey& broker_signing_key() const {
    return *context().keys.public_key(kBroker, pki::KeyUse::DigitalSignature);
  }
};

TEST_F(Dispatch, TheBrokerSignsTheCriticalCommandThatItOriginates) {
  const auto message = dispatched(accepted(kBroker, true));
  EXPECT_EQ(message.signature_field, gbcs::SignatureField::Present);
  EXPECT_TRUE(gbcs::verify_signature(message, broker_signing_key()));
  EXPECT_TRUE(message.mac);
}

TEST_F(Dispatch, WhatIsNotCriticalGetsTheMacAlone) {
  const auto message = dispatched(accepted(kBroker, false));
  EXPECT_EQ(message.signature_field, gbcs::SignatureField::Empty);
  EXPECT_TRUE(message.mac);
}

TEST_F(Dispatch, TheBrokerNeverSignsForAUser) {
  EXPECT_NE(dispatched(accepted(kSupplier, true)).signature_field, gbcs::SignatureField::Present);
}

TEST_F(Dispatch, TheDeviceCanCheckTheMac) {
  const auto message = dispatched(accepted(kSupplier, false));
  auto again = message;
  again.mac.reset();
  ASSERT_TRUE(gbcs::add_mac(again, secret(kMeter, pki::KeyUse::KeyAgreement),
                            *context().keys.public_key(kBroker, pki::KeyUse::KeyAgreement)));
  EXPECT_EQ(again.mac, message.mac);
}

TEST_F(Dispatch, ADeviceWithoutHubIsNotFound) {
  registry::Device loose;
  loose.eui = kMeter;
  write([&](auto& view) { return registry::put_device(view, loose); });
  const auto out = dispatch(accepted(kSupplier, false), context());
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace meterway::flow::dispatch
