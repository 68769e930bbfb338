#pragma once
#include <deque>
#include <map>
#include <memory>

#include "base/wire/link_frame.h"

namespace meterway::field {

/// Firmware images that a region has been given, block by block, for transfers to its homes. In memory alone: what is
/// missing after a restart the platform sends again (docs/wire/link.md).
/// Sharing: one thread at a time.
class Images {
 public:
  static constexpr std::size_t kMost = 4;  ///< at once; the one that was longest without a block gives way

  /// A block again changes nothing. One whose image has another size than it had starts the image anew.
  void take(const wire::LinkImageBlock& block);
  /// The image, when all of it is there and has that hash; null otherwise.
  std::shared_ptr<const Bytes> whole(const wire::ImageHash& hash) const;

 private:
  struct Image {
    Bytes bytes;
    std::map<std::uint32_t, std::uint32_t> have;  ///< from -> to, apart from each other
    std::shared_ptr<const Bytes> whole;
  };
  std::map<wire::ImageHash, Image> images_;
  std::deque<wire::ImageHash> order_;  ///< the latest last
};

}  // namespace meterway::field
