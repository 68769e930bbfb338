// The evidence of a request as a file, and the search that leads to requests, over HTTP.
#include <fstream>

#include "base/crypto/digest.h"
#include "base/util/hex.h"
#include "flow/envelope/trace.h"
#include "records/registry/octets.h"
#include "records/registry/request_index.h"
#include "tests/portal/portal_bench.h"

namespace meterway::portal {
namespace {

using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

class RequestsRoute : public PortalBench {
 protected:
  RequestsRoute() {
    write([&](store::WriteView& view) -> Status {
      METERWAY_CHECK(
          registry::put_user(view, {kOtherSupplier, "another", {UserRole::IS}, registry::UserState::Live, ""}));
      for (std::uint64_t counter = 1; counter <= 6; ++counter)
        METERWAY_CHECK(accept(view, counter % 2 == 0 ? kOtherSupplier : kSupplier, counter));
      return refuse(view, {kSupplier, kMeter, {7}});
    });
  }
  UtcTime at(std::uint64_t counter) const { return clock.now() + std::chrono::seconds(counter * 40); }
  Status accept(store::WriteView& view, Eui64 user, std::uint64_t counter) {
    registry::RequestRecord record;
    record.id = record.header = {user, kMeter, {counter}};
    record.service = record.service_reference = counter == 5 ? "7.4" : "4.1.1";
    record.received_at = at(counter);
    record.progress = registry::Progress::Accepted;
    record.transaction = counter;
    record.document = "<Request n='" + std::to_string(counter) + "'/>";
    METERWAY_CHECK(registry::put_request(view, record));
    METERWAY_CHECK(registry::note_request(view, {at(counter), record.id, record.leg, record.service, {}}, true));
    gbcs::Message message;
    message.header = {gbcs::Kind::Command, {counter}, user, kMeter, {}, {0x0052}, {}, {}, {}, {}};
    message.content = {1, 2, 3};
    return flow::trace(view, context(), record.id.text(),
                       {{"gateway", "received", "", {}, at(counter)},
                        {"transform", "command", "service as ECS82", gbcs::write_message(message), at(counter)}});
  }
  Status refuse(store::WriteView& view, const RequestId& id) {
    METERWAY_CHECK(registry::note_request(view, {at(7), id, registry::Leg::Request, "4.1.1", "no_device"}, true));
    return flow::trace(view, context(), id.text(), {{"gateway", "refused", "no_device: not there", {}, at(7)}});
  }
  json listed(const std::string& query, const std::string& as) {
    const auto answer = ask("GET", "/api/v1/requests" + query, as);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body);
  }
  static std::vector<int> counters(const json& list) {
    std::vector<int> out;
    for (const auto& one : list.at("requests")) out.push_back(one.at("counter"));
    return out;
  }
  std::string unzipped(const std::string& zip, const std::string& name) {
    const auto path = std::filesystem::temp_directory_path() / ("evidence_" + std::to_string(::getpid()) + ".zip");
    std::ofstream(path, std::ios::binary) << zip;
    auto* pipe = ::popen(("unzip -p " + path.string() + " '" + name + "'").c_str(), "r");
    std::string out;
    char buffer[4096];
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, n);
    EXPECT_EQ(::pclose(pipe), 0) << name;
    std::filesystem::remove(path);
    return out;
  }
};

TEST_F(RequestsRoute, ListsTheYoungestFirstOfWhoeverTheCallerReadsOf) {
  EXPECT_EQ(counters(listed("", "operations")), (std::vector<int>{7, 6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(counters(listed("", "desk")), (std::vector<int>{7, 6, 5, 4, 3, 2, 1}));
  for (const auto* as : {"user", "party"}) {
    EXPECT_EQ(counters(listed("", as)), (std::vector<int>{7, 5, 3, 1})) << as;
    EXPECT_EQ(ask("GET", "/api/v1/requests?user=" + kOtherSupplier.plain(), as).status, 404) << as;
  }
  EXPECT_EQ(ask("GET", "/api/v1/requests", "secretary").status, 403);
}

TEST_F(RequestsRoute, IsNarrowedByEveryFilterAndPagesOn) {
  EXPECT_EQ(counters(listed("?user=" + kOtherSupplier.plain(), "operations")), (std::vector<int>{6, 4, 2}));
  EXPECT_EQ(counters(listed("?service=7.4", "operations")), (std::vector<int>{5}));
  EXPECT_EQ(counters(listed("?outcome=E19", "operations")), (std::vector<int>{7}));
  EXPECT_EQ(counters(listed("?outcome=in_progress&device=" + kMeter.plain(), "user")), (std::vector<int>{5, 3, 1}));
  EXPECT_EQ(counters(listed("?from=2026-06-01T00:02:00Z&to=2026-06-01T00:03:20Z", "operations")),
            (std::vector<int>{4, 3}));
  std::vector<int> paged;
  std::string after;
  do {
    const auto page = listed("?limit=2&after=" + after, "operations");
    for (const auto one : counters(page)) paged.push_back(one);
    after = page.at("next").is_null() ? "" : page.at("next").get<std::string>();
  } while (!after.empty());
  EXPECT_EQ(paged, (std::vector<int>{7, 6, 5, 4, 3, 2, 1}));
}

TEST_F(RequestsRoute, WhatIsPastedLeadsStraightToIt) {
  const auto found = listed("?q=+90b3d51f30010000:00db1234567890a0:5+", "user");
  EXPECT_EQ(counters(found), (std::vector<int>{5}));
  EXPECT_EQ(found.at("exact"), (RequestId{kSupplier, kMeter, {5}}.text()));
  EXPECT_TRUE(counters(listed("?q=90b3d51f30030000:00db1234567890a0:6", "user")).empty()) << "another's";
  EXPECT_EQ(counters(listed("?q=E19", "operations")), (std::vector<int>{7}));
  EXPECT_EQ(counters(listed("?q=7.4", "operations")), (std::vector<int>{5}));
  for (const auto* wrong : {"?q=hello", "?limit=0", "?limit=501", "?after=zz", "?after=00", "?from=x", "?colour=red",
                            "?device=1", "?service=9.9.9", "?format=xml"})
    EXPECT_EQ(ask("GET", std::string("/api/v1/requests") + wrong, "operations").status, 400) << wrong;
}

TEST_F(RequestsRoute, GivesTheSameRowsAsCsv) {
  const auto answer = ask("GET", "/api/v1/requests?format=csv", "operations");
  EXPECT_EQ(answer.headers.at("content-type").substr(0, 8), "text/csv");
  EXPECT_EQ(std::count(answer.body.begin(), answer.body.end(), '\n'), 8);
  EXPECT_NE(answer.body.find("no_device"), std::string::npos);
}

TEST_F(RequestsRoute, EvidenceHasEveryByteWithItsSumAndIsTheSameEachTime) {
  const auto path = "/api/v1/trace/" + RequestId{kSupplier, kMeter, {5}}.text() + "/evidence";
  const auto answer = ask("GET", path, "user");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.headers.at("content-type"), "application/zip");
  EXPECT_EQ(unzipped(answer.body, "request.xml"), "<Request n='5'/>");
  const auto hex = unzipped(answer.body, "messages/02-transform-command.hex");
  const auto trace = json::parse(unzipped(answer.body, "trace.json"));
  EXPECT_EQ(hex, trace.at("events").at(1).at("bytes").get<std::string>() + "\n");
  EXPECT_EQ(trace.at("verdict").at("state"), "queued");
  const auto pcap = unzipped(answer.body, "messages.pcap");
  EXPECT_EQ(pcap.size(), 24 + 16 + 48 + (hex.size() - 1) / 2);
  EXPECT_NE(to_hex(registry::bytes_of(pcap)).find(hex.substr(0, hex.size() - 1)), std::string::npos);
  EXPECT_TRUE(json::parse(unzipped(answer.body, "audit.json")).at("lines").is_array());
  std::stringstream sums(unzipped(answer.body, "SHA256SUMS"));
  std::size_t files = 0;
  for (std::string digest, name; sums >> digest >> name; ++files)
    EXPECT_EQ(to_hex(crypto::sha256(registry::bytes_of(unzipped(answer.body, name)))), digest) << name;
  EXPECT_GE(files, 7u);
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(ask("GET", path, "operations").body, answer.body) << "whoever asks, and whenever";
  for (const auto* as : {"desk", "secretary"}) EXPECT_EQ(ask("GET", path, as).status, 403) << as;
}

}  // namespace
}  // namespace meterway::portal
