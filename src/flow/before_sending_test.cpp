#include "flow/before_sending.h"

#include "flow/deliver/deliver.h"
#include "flow/envelope/awaited_signature.h"
#include "standard/gbcs/message.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow {
namespace {

using registry::Progress;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

class BeforeSending : public tests::FlowBench {
 protected:
  registry::RequestRecord accepted(std::uint64_t counter, Eui64 originator = kSupplier) {
    gbcs::Message message;
    message.header = {gbcs::Kind::Command, {counter}, originator, kMeter, {}, {0x0100}, {}, {}, {}, {}};
    registry::RequestRecord record;
    record.id = {kSupplier, kMeter, {counter}};
    record.header = {originator, kMeter, {counter}};
    record.service_reference = record.service = originator == kSupplier ? "4.1.1" : "6.23";
    record.progress = Progress::Accepted;
    record.received_at = record.send_at = clock.now();
    record.deadline = clock.now() + settings.cos_timeout;
    record.message = gbcs::write_message(message);
    write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(record.transaction, registry::next_transaction(view));
      METERWAY_CHECK(registry::put_request(view, record));
      return note_unsigned(view, record, context());
    });
    return record;
  }
};

TEST_F(BeforeSending, WhatThePartyWillNotSignEndsAndLeavesNothingBehind) {
  settings.transitional_cos = kOtherSupplier;
  auto record = accepted(1, kOtherSupplier);
  const auto waits = before_sending(record, context());
  ASSERT_TRUE(waits);
  EXPECT_FALSE(waits->go || waits->ends);
  EXPECT_EQ(waits->wake, record.deadline);
  write([&](store::WriteView& view) { return refuse_signature(view, record.id, "not its own certificates"); });
  auto refused = before_sending(record, context());
  ASSERT_TRUE(refused && refused->ends);
  EXPECT_EQ(refused->ends->response_code, "E100");
  EXPECT_NE(refused->ends->hops.front().detail.find("not its own certificates"), std::string::npos);
  ASSERT_TRUE(deliver::store_outcome(std::move(*refused->ends), context()));
  EXPECT_FALSE(*why_not_signed(record.id, context()));
}

TEST_F(BeforeSending, WhatNobodySignsInTimeLeavesTheListOfWhatWaits) {
  settings.transitional_cos = kOtherSupplier;
  auto record = accepted(1, kOtherSupplier);
  clock.set(record.deadline);
  auto late = before_sending(record, context());
  ASSERT_TRUE(late && late->ends);
  EXPECT_EQ(late->ends->response_code, "E21");
  ASSERT_TRUE(deliver::store_outcome(std::move(*late->ends), context()));
  EXPECT_TRUE(read<std::vector<store::Row>>([](const auto& view) { return view.scan(kUnsigned, "", "", 1); }).empty());
}

}  // namespace
}  // namespace meterway::flow
