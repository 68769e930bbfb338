#include "lab/sim_disk.h"

#include <gtest/gtest.h>

#include <set>

namespace meterway::lab {
namespace {

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

std::string content(SimDisk& disk, const std::string& path) {
  auto file = disk.open(path, Disk::Open::Existing);
  if (!file) return "(none)";
  Bytes bytes(static_cast<std::size_t>((*file)->size().value()));
  EXPECT_EQ((*file)->read_at(0, bytes).value(), bytes.size());
  return {bytes.begin(), bytes.end()};
}

TEST(SimDisk, KeepsWhatWasSyncedAndAnyPartOfTheRest) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SimDisk disk;
    auto file = *disk.open("d/f", Disk::Open::MayCreate);
    ASSERT_TRUE(file->write_at(0, bytes_of("kept")));
    ASSERT_TRUE(file->sync());
    ASSERT_TRUE(disk.sync_folder("d"));
    ASSERT_TRUE(file->write_at(4, bytes_of(std::string(1024, 'x'))));
    EXPECT_EQ(content(disk, "d/f").size(), 1028u) << "programs see their writes at once";
    disk.crash(seed);
    EXPECT_FALSE(file->sync()) << "a file from before the crash is dead";
    const auto after = content(disk, "d/f");
    ASSERT_EQ(after.substr(0, 4), "kept");
    seen.insert(after);
  }
  EXPECT_EQ(seen.count("kept"), 1u) << "a write may be lost";
  EXPECT_EQ(seen.count("kept" + std::string(1024, 'x')), 1u) << "or kept";
  EXPECT_GT(seen.size(), 3u) << "or torn";
}

TEST(SimDisk, ForgetsNamesThatWereNotSynced) {
  std::set<std::string> after;
  for (std::uint64_t seed = 0; seed < 64; ++seed) {
    SimDisk disk;
    auto old = *disk.open("d/old", Disk::Open::MayCreate);
    ASSERT_TRUE(disk.sync_folder("d"));
    auto file = *disk.open("d/new", Disk::Open::MayCreate);
    ASSERT_TRUE(disk.remove("d/old"));
    disk.crash(seed);
    std::string names;
    const auto listed = disk.list("d").value();
    for (const auto& name : listed) names += name + " ";
    after.insert(names);
  }
  EXPECT_EQ(after, (std::set<std::string>{"old ", "new old ", "new "}));
}

TEST(SimDisk, CannotGrowWhenItIsFull) {
  SimDisk disk;
  auto file = *disk.open("f", Disk::Open::MayCreate);
  ASSERT_TRUE(file->write_at(0, bytes_of("1234")));
  disk.set_full(true);
  EXPECT_EQ(file->write_at(4, bytes_of("5")).error().code, ErrorCode::Full);
  EXPECT_TRUE(file->write_at(0, bytes_of("abcd")));
  disk.set_full(false);
  EXPECT_TRUE(file->write_at(4, bytes_of("5")));
  EXPECT_EQ(content(disk, "f"), "abcd5");
}

TEST(SimDisk, StopsAtTheOperationItIsTold) {
  SimDisk disk;
  auto file = *disk.open("f", Disk::Open::MayCreate);
  disk.stop_at(disk.operations() + 2);
  EXPECT_TRUE(file->write_at(0, bytes_of("1234")));
  EXPECT_EQ(file->write_at(4, bytes_of("5678")).error().code, ErrorCode::Io);
  EXPECT_EQ(file->write_at(0, bytes_of("x")).error().code, ErrorCode::Io);
  EXPECT_EQ(disk.open("f", Disk::Open::Existing).error().code, ErrorCode::Io) << "nothing works any more";
}

}  // namespace
}  // namespace meterway::lab
