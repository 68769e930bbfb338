#include "base/util/disk.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace meterway {
namespace {

Unexpected<Error> failure(const char* field) {
  if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) return fail(ErrorCode::Full, 0, field);
  if (errno == ENOENT) return fail(ErrorCode::NotFound, 0, field);
  return fail(ErrorCode::Io, static_cast<std::size_t>(errno), field);
}

class SystemFile final : public DiskFile {
 public:
  explicit SystemFile(int fd) : fd_(fd) {}
  ~SystemFile() override { ::close(fd_); }
  SystemFile(const SystemFile&) = delete;
  SystemFile& operator=(const SystemFile&) = delete;

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    std::size_t done = 0;
    while (done < out.size()) {
      const auto count = ::pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return failure("file read");
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  }
  Status write_at(std::uint64_t offset, ByteView bytes) override {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const auto count = ::pwrite(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return failure("file write");
      done += static_cast<std::size_t>(count);
    }
    return {};
  }
  Status truncate(std::uint64_t size_bytes) override {
    return ::ftruncate(fd_, static_cast<off_t>(size_bytes)) == 0 ? Status() : Status(failure("file truncate"));
  }
  Status sync() override { return ::fdatasync(fd_) == 0 ? Status() : Status(failure("file sync")); }
  Result<std::uint64_t> size() const override {
    struct stat info {};
    if (::fstat(fd_, &info) != 0) return failure("file size");
    return static_cast<std::uint64_t>(info.st_size);
  }

 private:
  int fd_;
};

class SystemDisk final : public Disk {
 public:
  Result<std::unique_ptr<DiskFile>> open(const std::string& path, Open how) override {
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | (how == Open::MayCreate ? O_CREAT : 0), 0600);
    if (fd < 0) return failure("file");
    return std::unique_ptr<DiskFile>(std::make_unique<SystemFile>(fd));
  }
  Result<std::unique_ptr<DiskFile>> lock(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_CREAT, 0600);
    if (fd < 0) return failure("lock file");
    auto file = std::make_unique<SystemFile>(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return std::unique_ptr<DiskFile>(std::move(file));
    if (errno == EWOULDBLOCK) return fail(ErrorCode::Conflict, 0, "the store is open in another process");
    return failure("lock file");
  }
  Status rename(const std::string& from, const std::string& to) override {
    return ::rename(from.c_str(), to.c_str()) == 0 ? Status() : Status(failure("file rename"));
  }
  Status remove(const std::string& path) override {
    return ::unlink(path.c_str()) == 0 ? Status() : Status(failure("file remove"));
  }
  Result<bool> exists(const std::string& path) const override {
    if (::access(path.c_str(), F_OK) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return failure("file");
  }
  Result<std::vector<std::string>> list(const std::string& folder) const override {
    std::error_code error;
    std::vector<std::string> names;
    std::filesystem::directory_iterator at(folder, error);
    for (const std::filesystem::directory_iterator end; !error && at != end; at.increment(error))
      names.push_back(at->path().filename().string());
    if (error) return fail(ErrorCode::Io, static_cast<std::size_t>(error.value()), "folder");
    std::sort(names.begin(), names.end());
    return names;
  }
  Status sync_folder(const std::string& folder) override {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failure("folder");
    const int done = ::fsync(fd);
    const int why = errno;
    ::close(fd);
    errno = why;
    return done == 0 ? Status() : Status(failure("folder sync"));
  }
  Result<std::uint64_t> free_bytes(const std::string& folder) const override {
    struct statvfs info {};
    if (::statvfs(folder.c_str(), &info) != 0) return failure("folder");
    return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
  }
};

}  // namespace

Disk& system_disk() {
  static SystemDisk disk;
  return disk;
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace meterway
