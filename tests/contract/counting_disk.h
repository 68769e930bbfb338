#pragma once
#include <atomic>

#include "base/util/disk.h"

namespace meterway::store {

/// The operating system's, counting what is read.
class CountingDisk final : public Disk {
 public:
  Result<std::unique_ptr<DiskFile>> open(const std::string& path, Open how) override {
    METERWAY_TRY(auto file, system_disk().open(path, how));
    return std::unique_ptr<DiskFile>(std::make_unique<File>(*this, std::move(file)));
  }
  Result<std::unique_ptr<DiskFile>> lock(const std::string& path) override { return system_disk().lock(path); }
  Status rename(const std::string& from, const std::string& to) override { return system_disk().rename(from, to); }
  Status remove(const std::string& path) override { return system_disk().remove(path); }
  Result<bool> exists(const std::string& path) const override { return system_disk().exists(path); }
  Result<std::vector<std::string>> list(const std::string& folder) const override { return system_disk().list(folder); }
  Status sync_folder(const std::string& folder) override { return system_disk().sync_folder(folder); }
  Result<std::uint64_t> free_bytes(const std::string& folder) const override {
    return system_disk().free_bytes(folder);
  }

  std::atomic<std::size_t> bytes_read{0};

 private:
  class File final : public DiskFile {
   public:
    File(CountingDisk& disk, std::unique_ptr<DiskFile> real) : disk_(disk), real_(std::move(real)) {}
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> out) const override {
      auto read = real_->read_at(offset, out);
      if (read) disk_.bytes_read += *read;
      return read;
    }
    Status write_at(std::uint64_t offset, ByteView bytes) override { return real_->write_at(offset, bytes); }
    Status truncate(std::uint64_t size_bytes) override { return real_->truncate(size_bytes); }
    Status sync() override { return real_->sync(); }
    Result<std::uint64_t> size() const override { return real_->size(); }

   private:
    CountingDisk& disk_;
    const std::unique_ptr<DiskFile> real_;
  };
};

}  // namespace meterway::store
