#include "base/util/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace meterway {
namespace {

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

template <class Container>
Result<Container> read_into(const std::filesystem::path& path, std::size_t limit_bytes) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return fail(errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Io, 0, "file");
  Container content;
  char chunk[65536];
  for (;;) {
    const ssize_t count = ::read(file.fd, chunk, sizeof chunk);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(ErrorCode::Io, content.size(), "file");
    if (count == 0) return content;
    if (content.size() + static_cast<std::size_t>(count) > limit_bytes)
      return fail(ErrorCode::TooLarge, limit_bytes, "file");
    content.insert(content.end(), chunk, chunk + count);
  }
}

}  // namespace

Result<Bytes> read_file(const std::filesystem::path& path, std::size_t limit_bytes) {
  return read_into<Bytes>(path, limit_bytes);
}

Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t limit_bytes) {
  return read_into<std::string>(path, limit_bytes);
}

Status write_file(const std::filesystem::path& path, ByteView content, unsigned mode) {
  const std::filesystem::path beside = path.string() + ".part";
  {
    const Descriptor file{::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)};
    if (file.fd < 0) return fail(ErrorCode::Io, 0, "file");
    std::size_t done = 0;
    while (done < content.size()) {
      const ssize_t count = ::write(file.fd, content.data() + done, content.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail(ErrorCode::Io, done, "file");
      done += static_cast<std::size_t>(count);
    }
    if (::fsync(file.fd) != 0) return fail(ErrorCode::Io, done, "file");
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return fail(ErrorCode::Io, 0, "file");
  return {};
}

Status write_text_file(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  return write_file(path, {reinterpret_cast<const std::uint8_t*>(content.data()), content.size()}, mode);
}

}  // namespace meterway
