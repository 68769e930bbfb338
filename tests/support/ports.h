#pragma once
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

/// Ports that belong to one test alone for as long as it lives. A port that was merely free a moment ago may be given
/// to another test that runs beside: the platform of one then pushes its answers to the User of the other.
namespace meterway::tests {

/// Sixteen neighbouring ports, held by a lock on a file which the system opens again when the process ends. None is
/// among those that the system gives to connections (from 32768): a closed one blocks its port for a minute.
class PortBlock {
 public:
  static constexpr int kPorts = 16;

  PortBlock() {
    const auto folder = std::filesystem::temp_directory_path() / "meterway_ports";
    std::filesystem::create_directories(folder);
    ::chmod(folder.c_str(), 01777);  // another user's tests have their own files in it
    for (int tries = 0; tries < kBlocks; ++tries) {
      const int block = (::getpid() + tries) % kBlocks;
      lock_ = ::open((folder / std::to_string(block)).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
      if (lock_ >= 0 && ::flock(lock_, LOCK_EX | LOCK_NB) == 0) {
        first_ = static_cast<std::uint16_t>(kFirst + block * kPorts);
        return;
      }
      if (lock_ >= 0) ::close(lock_);
    }
    throw std::runtime_error("every block of ports is taken");
  }
  ~PortBlock() { ::close(lock_); }
  PortBlock(const PortBlock&) = delete;
  PortBlock& operator=(const PortBlock&) = delete;

  /// The port of that place in the block, from 0.
  std::uint16_t operator[](int place) const {
    if (place < 0 || place >= kPorts) throw std::out_of_range("place in a block of ports");
    return static_cast<std::uint16_t>(first_ + place);
  }

 private:
  static constexpr int kFirst = 12000, kBlocks = 1290;  // up to 32639

  int lock_ = -1;
  std::uint16_t first_ = 0;
};

}  // namespace meterway::tests
