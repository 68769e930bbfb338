// What the doctor judges that a test cannot bring about from outside: the clock, the account, dates.
#include "apps/doctor_checks.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "apps/node.h"

namespace meterway::apps {
namespace {

namespace fs = std::filesystem;

const Finding& only(const Findings& findings) {
  EXPECT_EQ(findings.size(), 1u);
  return findings.front();
}

class DoctorChecks : public testing::Test {
 protected:
  void SetUp() override {
    folder_.root = fs::path(testing::TempDir()) / "meterway-doctor" /
                   testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_.root);
    ASSERT_TRUE(make_node(folder_, {}, clock_, random_));
  }
  void TearDown() override { fs::remove_all(folder_.root); }
  DataFolder folder_;
  ManualClock clock_{from_iso8601("2026-01-01T00:00:00Z").value()};
  SeededRandom random_{1};
};

TEST(DoctorClock, BeforeTheOldestMessageThereCanBeIsWrong) {
  EXPECT_EQ(only(check_clock(*from_iso8601("2025-10-31T23:59:59Z"))).kind, Finding::Kind::Problem);
  EXPECT_EQ(only(check_clock(*from_iso8601("2025-11-01T00:00:00Z"))).kind, Finding::Kind::Good);
}

TEST(DoctorFiles, FewerThanAThousandAreTooFew) {
  EXPECT_EQ(only(check_open_files(1023)).kind, Finding::Kind::Problem);
  EXPECT_EQ(only(check_open_files(1024)).kind, Finding::Kind::Good);
}

TEST_F(DoctorChecks, AnotherAccountsFolderIsAProblemForEachPart) {
  const auto findings = check_owner(folder_, ::geteuid() + 1);
  EXPECT_EQ(findings.size(), 2u) << "the folder and the platform's part; there is no store";
  for (const auto& one : findings) {
    EXPECT_EQ(one.kind, Finding::Kind::Problem);
    EXPECT_NE(one.remedy.find("chown"), std::string::npos);
  }
  EXPECT_EQ(only(check_owner(folder_, ::geteuid())).kind, Finding::Kind::Good);
}

TEST_F(DoctorChecks, CertificatesAreJudgedByTheirDates) {
  const auto world = load_world(folder_.world()).value();
  EXPECT_EQ(only(check_signer(folder_, world, clock_.now())).kind, Finding::Kind::Good);
  const auto early = only(check_signer(folder_, world, *from_iso8601("2001-01-01T00:00:00Z")));
  EXPECT_EQ(early.kind, Finding::Kind::Problem);
  EXPECT_NE(early.what.find("not valid before"), std::string::npos);
  const auto late = only(check_signer(folder_, world, *from_iso8601("2199-01-01T00:00:00Z")));
  EXPECT_EQ(late.kind, Finding::Kind::Problem);
  EXPECT_NE(late.what.find("was valid until"), std::string::npos);
  for (const auto& one : check_tls(folder_, clock_.now())) EXPECT_EQ(one.kind, Finding::Kind::Good) << one.what;
  for (const auto& one : check_tls(folder_, *from_iso8601("2199-01-01T00:00:00Z")))
    EXPECT_EQ(one.kind, Finding::Kind::Problem) << one.what;
}

TEST_F(DoctorChecks, AFolderThatCannotBeWrittenIsAProblem) {
  DataFolder nowhere{folder_.root / "there-is-none"};
  const auto found = only(check_disk(nowhere, 1));
  EXPECT_EQ(found.kind, Finding::Kind::Problem);
  EXPECT_NE(found.what.find("cannot be written"), std::string::npos);
}

}  // namespace
}  // namespace meterway::apps
