// What a country costs, on a scale that every build can afford; `meterway bench registration` is the same with two
// million.
#include <fstream>
#include <map>

#include "oversight/registration/generator.h"
#include "records/access/decide.h"
#include "tests/registration/office.h"

namespace meterway::registration {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kCount = 50'000;

std::map<std::string, std::string> generated(std::size_t points, std::uint64_t seed, Made* out = nullptr) {
  std::map<std::string, std::string> files;
  const auto made =
      generate({points, seed, at("2026-11-22T12:00:00Z")}, [&](const std::string& name, std::string_view piece) {
        files[name] += piece;
        return Status();
      });
  EXPECT_TRUE(made);
  if (made && out != nullptr) *out = *made;
  return files;
}

TEST(Generator, TheSamePlanGivesTheSameFilesAndAnotherSeedOthers) {
  Made made;
  const auto files = generated(2000, 1, &made);
  EXPECT_EQ(made.points, 2000u);
  EXPECT_GT(made.homes, 1000u);
  EXPECT_LT(made.homes, 1300u) << "most homes have gas as well";
  EXPECT_EQ(files.size(), 15u) << "14 networks, and gas";
  EXPECT_EQ(files, generated(2000, 1));
  EXPECT_NE(files, generated(2000, 2));
}

TEST(Scale, FiftyThousandPointsAreFewBytesEachAndDecideForSomeAndAgainstOthers) {
  auto pattern = (fs::temp_directory_path() / "meterway_scale_XXXXXX").string();
  const fs::path folder = ::mkdtemp(pattern.data());
  Made made;
  const auto files = generated(kCount, 1, &made);
  ManualClock clock{at("2026-11-22T12:00:00Z")};
  const rules::Rules rules;
  const auto path = (folder / "store.db").string();
  auto store = *store::open_log_store(path);
  ASSERT_TRUE(store->write([&](store::WriteView& view) -> Status {
    for (const auto& one : made.senders) {
      if (auto put = put_sender(view, one); !put) return put;
    }
    return {};
  }));
  Loader loader(*store, clock, rules, [](store::WriteView&, const Sender&, const std::string&, const std::string&) {
    return Result<std::string>(fail(ErrorCode::Conflict));
  });
  for (const auto& name : made.files) {
    const auto done = loader.take({TextContent(files.at(name)), name, {}, {"op", "", true}});
    ASSERT_TRUE(done) << done.error().why;
    EXPECT_EQ(done->rejected, 0u);
  }
  std::size_t devices = 0;
  for (std::string next; devices < kCount;) {  // a meter for every point
    ASSERT_TRUE(store->write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(const auto found, points_from(view, next, "", 5000));
      if (devices == 0) {
        registry::User user{Eui64(1), "supplier", {UserRole::IS}, registry::UserState::Live, ""};
        user.participants = {{UserRole::IS, *MarketParticipant::parse(made.participants[0])}};
        METERWAY_CHECK(registry::put_user(view, user));
      }
      if (found.empty()) return fail(ErrorCode::NotFound);
      for (const auto& point : found) {
        registry::Device device;
        device.eui = Eui64(1000 + devices++);
        device.type = point.mpxn.fuel() == Fuel::Electricity ? DeviceType::ESME : DeviceType::GSME;
        device.state = registry::DeviceState::Commissioned;
        device.details = {{"ImportMPxN", point.mpxn.text()}};
        METERWAY_CHECK(registry::put_device(view, device));
        next = point.mpxn.key() + '\0';
      }
      return {};
    })) << devices;
  }
  const auto copy = (folder / "copy.db").string();  // without the log, and without what came and went
  ASSERT_TRUE(store->backup(copy));
  const auto bytes = static_cast<double>(fs::file_size(copy)) / kCount;
  std::printf("%.0f bytes a point and its meter\n", bytes);
  EXPECT_GT(bytes, 100);
  EXPECT_LT(bytes, 600);

  const auto& service = *duis::find_service("4.1.1");
  std::size_t allowed = 0, decided = 0;
  for (std::size_t i = 0; i < kCount; i += 5) {
    ASSERT_TRUE(store->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(const auto user, registry::find_user(view, Eui64(1)));
      METERWAY_TRY(const auto device, registry::find_device(view, Eui64(1000 + i)));
      METERWAY_TRY(const auto holders, holders_of(view, *device, clock.now()));
      ++decided;
      if (access::decide(access::facts_of(service, user, device, holders, {}, false, clock.now())).allowed()) ++allowed;
      return {};
    }));
  }
  EXPECT_GT(allowed, 0u);
  EXPECT_LT(allowed, decided) << "others have a share of the market, too";
  store.reset();
  fs::remove_all(folder);
}

}  // namespace
}  // namespace meterway::registration
