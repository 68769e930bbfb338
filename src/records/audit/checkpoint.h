#pragma once
#include <vector>

#include "base/crypto/keys.h"
#include "records/audit/log.h"

/// How the log stood, signed: whoever keeps one outside the node can tell that nothing before it was changed or taken
/// away since. They are signed by a key of the audit's own: the key of the DCC's documents signs what Users send in and
/// get back, is replaced on its own calendar and may lie in a device that signs documents alone; and neither signature
/// should ever pass for the other.
namespace meterway::audit {

/// Wire: format:1 sequence:8 at:8 (microseconds) digest:32 key:8 signature:64. Signed are "Meterway audit checkpoint"
/// 00 and the bytes before the signature.   Text: one line of hexadecimal.
struct Checkpoint {
  std::uint64_t sequence = 0;
  UtcTime at{};
  Digest digest{};                    ///< of the entry of this sequence
  std::array<std::uint8_t, 8> key{};  ///< which key: the beginning of the digest of its point
  crypto::EcdsaSignature signature{};

  bool is_signed_by(const crypto::PublicKey& by) const;
  std::string text() const;
  static Result<Checkpoint> parse(std::string_view text);
};
std::array<std::uint8_t, 8> id_of(const crypto::PublicKey& key);

/// Of the log as it stands, unless it is empty or has one already. Errors: CryptoFailure, those of the store.
Result<std::optional<Checkpoint>> make_checkpoint(store::Store& store, const crypto::PrivateKey& key, UtcTime now);

/// From this sequence on, oldest first. Errors: those of Reader for a row that cannot be read.
Result<std::vector<Checkpoint>> checkpoints(const store::ReadView& view, std::uint64_t from, std::size_t limit);
/// The last one; none: there is none.
Result<std::optional<Checkpoint>> last_checkpoint(const store::ReadView& view);

/// Whether the log, as it stands, still has the entry that this one was signed over.
Result<bool> has_entry_of(const store::ReadView& view, const Checkpoint& checkpoint);

/// When the next is due: so many entries after the last, or so long after it when there are any.
struct Pace {
  std::uint64_t entries = 1000;
  std::chrono::minutes time{5};
};
/// Makes one where it is due. Cheap where it is not.
Result<std::optional<Checkpoint>> keep_pace(store::Store& store, const crypto::PrivateKey& key, UtcTime now,
                                            const Pace& pace);

}  // namespace meterway::audit
