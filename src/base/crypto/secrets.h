#pragma once
#include <array>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/crypto/keys.h"

namespace meterway::crypto {

/// The shared secrets of one private key with those it has agreed with before: an agreement costs as much as a
/// verification, and a device's is asked for with every message. Bounded, wiped on leaving, never printed or written.
/// Sharing: safe between threads.
class AgreedSecrets {
 public:
  static constexpr std::size_t kMost = 65'536;  ///< in each of two generations; about 8 MB when both are full

  std::optional<SharedSecret> find(ByteView point);
  void keep(ByteView point, const SharedSecret& secret);

 private:
  using Point = std::array<std::uint8_t, 64>;
  struct Hash {
    std::size_t operator()(const Point& point) const;
  };
  struct Wiped {
    SharedSecret bytes{};
    Wiped() = default;
    Wiped(const Wiped&) = delete;
    Wiped& operator=(const Wiped&) = delete;
    ~Wiped();
  };
  using Generation = std::unordered_map<Point, Wiped, Hash>;

  std::mutex mutex_;
  Generation young_, old_;  ///< what is used moves to the young; when those are too many the old ones go
};

}  // namespace meterway::crypto
