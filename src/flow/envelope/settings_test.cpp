#include "flow/envelope/settings.h"

#include <gtest/gtest.h>

namespace meterway::flow {
namespace {

using std::chrono::milliseconds;

Settings read(std::string_view json) {
  auto settings = read_settings(json);
  EXPECT_TRUE(settings) << settings.error();
  return settings ? *settings : Settings{};
}

std::string wrong(std::string_view json) {
  const auto settings = read_settings(json);
  EXPECT_FALSE(settings) << json;
  return settings ? std::string() : settings.error();
}

TEST(Settings, AnEmptyObjectIsACompleteConfiguration) {
  const auto s = read("{}");
  EXPECT_EQ(s.address, "127.0.0.1");
  EXPECT_EQ(s.http_port, 8079);
  EXPECT_EQ(s.smki_port, 8083);
  EXPECT_EQ(s.link_port, 8084);
  EXPECT_EQ(s.most_body_bytes, 16777216u);
  EXPECT_EQ(s.http_workers, 16u);
  EXPECT_EQ(s.workers, 8u);
  EXPECT_EQ(s.most_queued, 10000u);
  EXPECT_EQ(s.device_timeout, milliseconds(60000));
  EXPECT_EQ(s.reach_timeout, milliseconds(10000));
  EXPECT_FALSE(s.check_dates);
  EXPECT_EQ(s.gbcs_version, "4.3");
  EXPECT_EQ(s.schema_version, "5.4");
  EXPECT_EQ(s.signing_serial, "");
  EXPECT_EQ(s.delivery.least_delay, milliseconds(1000));
  EXPECT_EQ(s.delivery.timeout, milliseconds(10000));
  EXPECT_EQ(s.delivery.first_retry, milliseconds(2000));
  EXPECT_EQ(s.delivery.longest_retry, milliseconds(300000)) << "the DCC tries at least once in 300 s";
  EXPECT_EQ(s.delivery.keep, std::chrono::hours(48));
  EXPECT_EQ(s.delivery.pushers, 16u);
  EXPECT_TRUE(s.refusal_codes.empty());
  EXPECT_TRUE(s.users.empty());
  EXPECT_TRUE(s.devices.empty());
  EXPECT_TRUE(s.certificates.empty());
}

TEST(Settings, EachMemberSetsItsOwn) {
  const auto s = read(R"({"address":"0.0.0.0","http_port":1,"smki_port":2,"link_port":3,"most_body_bytes":2048,
    "http_workers":5,"workers":6,"most_queued":7,"device_timeout_ms":8,"reach_timeout_ms":9,"check_dates":true,
    "gbcs_version":"4.1","schema_version":"5.3","signing_serial":"12","certificates":["a","b"],
    "delivery":{"least_delay_ms":10,"timeout_ms":11,"first_retry_ms":12,"longest_retry_ms":13,"keep_ms":14,
                "pushers":15,"gather_ms":16},"storage":{"checkpoint_mb":17,"gather_us":18}})");
  EXPECT_EQ(s.address, "0.0.0.0");
  EXPECT_EQ(s.http_port, 1);
  EXPECT_EQ(s.smki_port, 2);
  EXPECT_EQ(s.link_port, 3);
  EXPECT_EQ(s.most_body_bytes, 2048u);
  EXPECT_EQ(s.http_workers, 5u);
  EXPECT_EQ(s.workers, 6u);
  EXPECT_EQ(s.most_queued, 7u);
  EXPECT_EQ(s.device_timeout, milliseconds(8));
  EXPECT_EQ(s.reach_timeout, milliseconds(9));
  EXPECT_TRUE(s.check_dates);
  EXPECT_EQ(s.gbcs_version, "4.1");
  EXPECT_EQ(s.schema_version, "5.3");
  EXPECT_EQ(s.signing_serial, "12");
  EXPECT_EQ(s.certificates.size(), 2u);
  EXPECT_EQ(s.delivery.least_delay, milliseconds(10));
  EXPECT_EQ(s.delivery.timeout, milliseconds(11));
  EXPECT_EQ(s.delivery.first_retry, milliseconds(12));
  EXPECT_EQ(s.delivery.longest_retry, milliseconds(13));
  EXPECT_EQ(s.delivery.keep, milliseconds(14));
  EXPECT_EQ(s.delivery.pushers, 15u);
  EXPECT_EQ(s.delivery.gather, milliseconds(16));
  EXPECT_EQ(s.storage.checkpoint_mb, 17u);
  EXPECT_EQ(s.storage.gather_us, 18u);
}

TEST(Settings, AnUnknownMemberIsRefusedByItsName) {
  EXPECT_EQ(wrong(R"({"http_prot":8079})"), "http_prot: unknown setting");
  EXPECT_NE(wrong(R"({"delivery":{"retry":1}})").find("retry: unknown setting"), std::string::npos);
  EXPECT_NE(wrong(R"({"users":[{"eui":"90b3d51f30010000","rolls":[]}]})").find("rolls: unknown member"),
            std::string::npos);
}

TEST(Settings, AValueOutOfRangeOrOfAnotherKindIsRefusedByItsName) {
  for (const std::string name : {"http_port", "workers", "check_dates", "address", "device_timeout_ms", "delivery",
                                 "refusal_codes", "users", "devices", "certificates"}) {
    const auto why = wrong("{\"" + name + "\":-1}");
    EXPECT_EQ(why.rfind(name + ": ", 0), 0u) << why;
  }
  EXPECT_NE(wrong(R"({"http_port":65536})").find("from 0 to 65535"), std::string::npos);
  EXPECT_NE(wrong(R"({"workers":0})").find("from 1 to"), std::string::npos);
}

TEST(Settings, AUserNeedsAnIdentifierAndKnownRoles) {
  const auto s = read(R"({"users":[{"eui":"90-B3-D5-1F-30-01-00-00","name":"supplier","roles":["IS","ES"],
                                    "push_url":"http://127.0.0.1:1/"}]})");
  ASSERT_EQ(s.users.size(), 1u);
  EXPECT_EQ(s.users[0].eui, Eui64(0x90B3D51F30010000));
  EXPECT_EQ(s.users[0].roles, (std::vector<UserRole>{UserRole::IS, UserRole::ES}));
  EXPECT_EQ(s.users[0].state, registry::UserState::Live);
  EXPECT_EQ(wrong(R"({"users":[{"name":"supplier"}]})"), "users: [0] eui: missing");
  EXPECT_NE(wrong(R"({"users":[{"eui":"90b3d51f30010000","roles":["King"]}]})").find("no such role"),
            std::string::npos);
}

TEST(Settings, OnlyACodeOfTheSchemaMayReplaceOneThatTheStandardLeavesOpen) {
  EXPECT_NE(wrong(R"({"refusal_codes":{"no_such_refusal":"E1"}})").find("no_such_refusal"), std::string::npos);
  EXPECT_NE(wrong(R"({"refusal_codes":{"stale_counter":"E9999"}})").find("stale_counter"), std::string::npos);
}

TEST(Settings, WhatIsNoJsonObjectIsRefused) {
  EXPECT_EQ(wrong("{"), "not JSON");
  EXPECT_FALSE(wrong("[]").empty());
}

}  // namespace
}  // namespace meterway::flow
