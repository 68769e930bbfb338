#include "flow/cos/desk.h"

#include <nlohmann/json.hpp>

#include "base/net/inside.h"
#include "base/util/base64.h"
#include "flow/envelope/awaited_signature.h"
#include "flow/envelope/deadline.h"
#include "standard/gbcs/protect.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::cos {
namespace {

using nlohmann::json;
using registry::Progress;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

/// The other supplier's key stands in for that of the transitional party.
class CosDesk : public tests::FlowBench {
 protected:
  CosDesk() { settings.transitional_cos = kOtherSupplier; }
  static gbcs::Message command(std::uint64_t counter) {
    gbcs::Message message;
    message.header = {gbcs::Kind::Command, {counter}, kOtherSupplier, kMeter, {}, {0x0100}, {}, {}, {}, {}};
    message.content = {1, 2, 3};
    return message;
  }
  RequestId wait(Eui64 user, std::uint64_t counter, std::optional<RequestId> preceding = {}) {
    registry::RequestRecord record;
    record.id = {user, kMeter, {counter}};
    record.header = {kOtherSupplier, kMeter, {counter}};
    record.service_reference = record.service = "6.23";
    record.document = "<asked/>";
    record.progress = Progress::Accepted;
    record.received_at = record.send_at = clock.now();
    record.message = gbcs::write_message(command(counter));
    record.preceding = preceding;
    record.deadline = deadline_from(record, clock.now(), context());
    write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(record.transaction, registry::next_transaction(view));
      METERWAY_CHECK(registry::put_request(view, record));
      return note_unsigned(view, record, context());
    });
    return record.id;
  }
  registry::RequestRecord record(const RequestId& id) {
    return *read<std::optional<registry::RequestRecord>>(
        [&](const auto& view) { return registry::find_request(view, id, registry::Leg::Request); });
  }
  net::HttpResponse ask(const char* method, const std::string& more, const std::string& body = {}) {
    net::HttpRequest http;
    http.method = method;
    const auto mark = more.find('?');
    http.path = "/api/v1/cos/requests" + more.substr(0, mark);
    if (mark != std::string::npos) http.query = more.substr(mark + 1);
    http.headers[std::string(net::kLetIn)] = "anna";
    http.body = body;
    return *serve(http, context(), [&](Eui64 device) { looked.push_back(device); });
  }
  std::vector<std::string> page(const std::string& query, json* next = nullptr) {
    const auto answer = ask("GET", query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto body = json::parse(answer.body);
    std::vector<std::string> out;
    for (const auto& one : body.at("requests")) out.push_back(one.at("request"));
    if (next != nullptr) *next = body.at("next");
    return out;
  }
  std::vector<Eui64> looked;
};

TEST_F(CosDesk, ManyThatAreNotSignedHideNobodyElses) {
  std::vector<std::string> names;
  for (std::uint64_t counter = 1001; counter <= 1130; ++counter) names.push_back(wait(Eui64(1), counter).text());
  names.push_back(wait(kSupplier, 5000).text());
  std::vector<std::string> seen;
  json next;
  std::size_t pages = 0;
  for (std::string query = "?limit=50"; pages < 10; ++pages) {
    const auto one = page(query, &next);
    EXPECT_LE(one.size(), 50u);
    seen.insert(seen.end(), one.begin(), one.end());
    if (next.is_null()) break;
    query = "?limit=50&after=" + next.get<std::string>();
  }
  EXPECT_EQ(seen, names);
  EXPECT_EQ(pages, 2u);
  EXPECT_EQ(page("").size(), 100u);
  for (const auto* wrong : {"?limit=0", "?limit=101", "?limit=x", "?after=x", "?from=1"})
    EXPECT_EQ(ask("GET", wrong).status, 400) << wrong;
}

TEST_F(CosDesk, WhatHasEndedByAnotherWayIsOnTheListNoMore) {
  const auto ended = wait(kSupplier, 1001), waits = wait(kSupplier, 1002);
  auto done = record(ended);
  done.progress = Progress::Done;
  write([&](auto& view) { return registry::put_progress(view, done); });
  EXPECT_EQ(page("?limit=1"), std::vector<std::string>{waits.text()});
  EXPECT_EQ(read<std::vector<store::Row>>([](const auto& view) { return view.scan(kUnsigned, "", "", 10); }).size(),
            1u);
}

TEST_F(CosDesk, WhatIsRefusedLeavesTheListAndItsUserIsToldWhy) {
  const auto id = wait(kSupplier, 1001);
  for (const auto& wrong :
       {json::object(), json{{"refused", ""}}, json{{"refused", "two\nlines"}},
        json{{"refused", std::string(201, 'x')}}, json{{"refused", 7}}, json{{"refused", "no"}, {"command", "AAAA"}}})
    EXPECT_EQ(ask("POST", "/" + id.text(), wrong.dump()).status, 400) << wrong;
  EXPECT_EQ(page("").size(), 1u);
  EXPECT_EQ(ask("POST", "/" + id.text(), json{{"refused", "not its own certificates"}}.dump()).status, 204);
  EXPECT_TRUE(page("").empty());
  EXPECT_EQ(looked, std::vector<Eui64>{kMeter});
  EXPECT_EQ(*why_not_signed(id, context()), "not its own certificates");
  EXPECT_EQ(trace(id.text()), std::vector<std::string>{"cos refused"});
  const auto again = ask("POST", "/" + id.text(), json{{"refused", "again"}}.dump());
  EXPECT_EQ(again.status, 404) << again.body;
}

TEST_F(CosDesk, WhatFollowsAnotherRequestMayWaitForItAfterItWasSigned) {
  const auto plain = wait(kSupplier, 1001), follows = wait(kSupplier, 1002, RequestId{kSupplier, kMeter, {1000}});
  for (const auto& id : {plain, follows}) {
    auto message = command(id.counter.value);
    ASSERT_TRUE(gbcs::sign(message, secret(kOtherSupplier, pki::KeyUse::DigitalSignature)));
    const auto back = ask("POST", "/" + id.text(), json{{"command", to_base64(gbcs::write_message(message))}}.dump());
    ASSERT_EQ(back.status, 204) << back.body;
  }
  EXPECT_EQ(record(plain).deadline, clock.now() + settings.reach_timeout);
  EXPECT_EQ(record(follows).deadline, clock.now() + settings.sequence_timeout);
}

}  // namespace
}  // namespace meterway::flow::cos
