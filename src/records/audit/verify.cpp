#include "records/audit/verify.h"

#include <algorithm>

namespace meterway::audit {

Verifier::Verifier(Evidence evidence) : evidence_(std::move(evidence)) {
  auto& list = evidence_.checkpoints;
  const auto check = [&](const Checkpoint& one, const char* which) {
    if (evidence_.key && !one.is_signed_by(*evidence_.key))
      wrong(one.sequence, std::string(which) + " of entry " + std::to_string(one.sequence) +
                              " is not signed by the key of this audit, or was changed");
  };
  for (const auto& one : list) check(one, "the checkpoint");
  if (evidence_.record) check(*evidence_.record, "the platform's own record");
  const auto not_after = [](const auto& a, const auto& b) { return b.sequence <= a.sequence; };
  if (const auto bad = std::adjacent_find(list.begin(), list.end(), not_after); bad != list.end())
    wrong(std::next(bad)->sequence, "checkpoints are not in their order, or one stands there twice");
  if (!evidence_.outside) {
    last_ = Digest{};
    return;
  }
  check(*evidence_.outside, "the checkpoint kept outside,");
  next_ = evidence_.outside->sequence;
  if (next_ == 1) last_ = Digest{};
  std::erase_if(list, [&](const Checkpoint& one) { return one.sequence < next_; });
}

bool Verifier::wrong(std::uint64_t sequence, std::string why) {
  if (!fault_ || sequence < fault_->sequence) fault_ = Fault{sequence, std::move(why)};
  return false;
}

bool Verifier::holds(const Checkpoint& checkpoint, const char* which, const Digest& digest) {
  if (checkpoint.digest == digest) return true;
  return wrong(checkpoint.sequence, std::string("it is not the entry that ") + which + " was signed over");
}

bool Verifier::feed(const RawEntry& row) {
  // A fault of a checkpoint ahead does not end the walk: an entry before it may be wrong as well.
  if (fault_ && fault_->sequence < next_) return false;
  if (row.sequence < next_) return true;
  if (row.sequence != next_)
    return wrong(next_, "it is missing; the next that there is, is " + std::to_string(row.sequence));
  const auto read = read_row(row.bytes);
  if (!read) return wrong(next_, "it was changed: " + describe(read.error()));
  if (read->entry.sequence != next_)
    return wrong(next_, "in its place stands entry " + std::to_string(read->entry.sequence));
  if (last_ && read->entry.previous != *last_)
    return wrong(next_, "it does not follow from entry " + std::to_string(next_ - 1) + ": one of the two was replaced");
  if (evidence_.outside && evidence_.outside->sequence == next_ &&
      !holds(*evidence_.outside, "the checkpoint kept outside", read->digest))
    return false;
  if (evidence_.record && evidence_.record->sequence == next_ &&
      !holds(*evidence_.record, "the platform's own record", read->digest))
    return false;
  ++unsealed_;
  const auto& list = evidence_.checkpoints;
  if (checkpoint_ < list.size() && list[checkpoint_].sequence == next_) {
    if (!holds(list[checkpoint_], "its checkpoint", read->digest)) return false;
    ++checkpoint_;
    ++signed_;
    unsealed_ = 0;
  }
  last_ = read->digest;
  ++entries_;
  ++next_;
  return true;
}

void Verifier::finish(const Head& end) {
  if (fault_ && fault_->sequence < next_) return;
  const auto ends = next_ - 1;
  const auto cut = [&](const Checkpoint& one, const char* which) {
    if (one.sequence >= next_)
      wrong(next_, "it is missing: the log ends with entry " + std::to_string(ends) + ", and " + which +
                       " is of entry " + std::to_string(one.sequence));
  };
  if (evidence_.outside) cut(*evidence_.outside, "the checkpoint kept outside");
  for (const auto& one : evidence_.checkpoints) cut(one, "a checkpoint");
  if (evidence_.record) cut(*evidence_.record, "the platform's own record");
  if (evidence_.at_least > ends)
    wrong(next_, "it is missing: the log ends with entry " + std::to_string(ends) + ", and there were at least " +
                     std::to_string(evidence_.at_least));
  if (fault_ && fault_->sequence == next_) return;  // what the log says of its end is no news then
  if (!fault_ && checkpoint_ < evidence_.checkpoints.size())
    wrong(evidence_.checkpoints[checkpoint_].sequence, "its checkpoint was not met on the way");
  if (unsealed_ > evidence_.most_unsealed)
    wrong(next_ - unsealed_, "no checkpoint holds it, nor any of the " + std::to_string(unsealed_ - 1) + " after it");
  if (end.sequence > ends) {
    wrong(next_, "it is missing: the log says that it ends with entry " + std::to_string(end.sequence));
  } else if (end.sequence < ends) {
    wrong(end.sequence + 1, "the log says that it ends with entry " + std::to_string(end.sequence));
  } else if (end.digest != last_.value_or(end.digest)) {
    wrong(ends, "the log says another digest of its last entry");
  }
}

}  // namespace meterway::audit
