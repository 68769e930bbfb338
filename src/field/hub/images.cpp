#include "field/hub/images.h"

#include <algorithm>

#include "base/crypto/digest.h"

namespace meterway::field {
namespace {

/// Adds a range; what it touches becomes one.
void add(std::map<std::uint32_t, std::uint32_t>& have, std::uint32_t from, std::uint32_t to) {
  auto at = have.upper_bound(from);
  if (at != have.begin() && std::prev(at)->second >= from) --at;
  while (at != have.end() && at->first <= to) {
    from = std::min(from, at->first);
    to = std::max(to, at->second);
    at = have.erase(at);
  }
  have.emplace(from, to);
}

}  // namespace

void Images::take(const wire::LinkImageBlock& block) {
  std::erase(order_, block.image);
  order_.push_back(block.image);
  auto& image = images_[block.image];
  if (image.whole != nullptr) return;
  if (image.bytes.size() != block.total) {
    image = {};
    image.bytes.resize(block.total);
  }
  std::copy(block.bytes.begin(), block.bytes.end(), image.bytes.begin() + block.offset);
  add(image.have, block.offset, block.offset + static_cast<std::uint32_t>(block.bytes.size()));
  const bool complete = image.have.size() == 1 && image.have.begin()->second - image.have.begin()->first == block.total;
  if (complete && crypto::sha256(image.bytes) == block.image) {
    image.whole = std::make_shared<const Bytes>(std::move(image.bytes));
  } else if (complete) {
    image = {};  // not what was promised: all of it again
  }
  if (order_.size() > kMost) {
    images_.erase(order_.front());
    order_.pop_front();
  }
}

std::shared_ptr<const Bytes> Images::whole(const wire::ImageHash& hash) const {
  const auto found = images_.find(hash);
  return found == images_.end() ? nullptr : found->second.whole;
}

}  // namespace meterway::field
