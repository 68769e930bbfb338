#include "standard/pki/key_store.h"

#include <mutex>
#include <optional>
#include <string_view>
#include <system_error>
#include <unordered_map>

#include "base/util/file.h"
#include "standard/pki/certificate.h"
#include "standard/pki/pem.h"

namespace meterway::pki {
namespace {

constexpr std::size_t kMaxKeyFileBytes = 64 * 1024;

std::optional<KeyUse> use_of(std::string_view suffix) {
  if (suffix == "-ds") return KeyUse::DigitalSignature;
  if (suffix == "-ka") return KeyUse::KeyAgreement;
  if (suffix == "-pp-ka") return KeyUse::PrepaymentKeyAgreement;
  if (suffix == "-xml") return KeyUse::XmlSigning;
  return std::nullopt;
}

struct Slot {
  Eui64 owner;
  KeyUse use;
  friend bool operator==(const Slot&, const Slot&) = default;
};
struct SlotHash {
  std::size_t operator()(const Slot& slot) const noexcept {
    return std::hash<std::uint64_t>{}(slot.owner.value() * 3 + static_cast<std::uint64_t>(slot.use));
  }
};

/// The files of one owner and use, and what was read of them when first asked for.
struct Entry {
  std::filesystem::path public_file;  // empty when there is none
  std::filesystem::path private_file;
  std::once_flag public_read, private_read;
  std::optional<crypto::PublicKey> public_key;
  std::optional<crypto::PrivateKey> private_key;
  Bytes certificate;
};

class KeyFolder final : public KeyStore {
 public:
  void add(const std::filesystem::path& file) {
    const std::string stem = file.stem().string();
    const std::string extension = file.extension().string();
    if (stem.size() < 16 || (extension != ".pem" && extension != ".key")) return;
    const auto owner = Eui64::parse(std::string_view(stem).substr(0, 16));
    const auto use = use_of(std::string_view(stem).substr(16));
    if (!owner || !use) return;
    Entry& entry = entries_[Slot{*owner, *use}];
    (extension == ".pem" ? entry.public_file : entry.private_file) = file;
  }

  const crypto::PublicKey* public_key(Eui64 owner, KeyUse use) const override {
    Entry* entry = find(owner, use);
    if (entry == nullptr) return nullptr;
    read_public(*entry);
    if (entry->public_key) return &*entry->public_key;
    if (!entry->public_file.empty()) return nullptr;  // a public file that cannot be read is not replaced by a guess
    read_private(*entry);
    return entry->private_key ? &entry->private_key->public_key() : nullptr;
  }

  const crypto::PrivateKey* private_key(Eui64 owner, KeyUse use) const override {
    Entry* entry = find(owner, use);
    if (entry == nullptr) return nullptr;
    read_private(*entry);
    return entry->private_key ? &*entry->private_key : nullptr;
  }

  ByteView certificate(Eui64 owner, KeyUse use) const override {
    Entry* entry = find(owner, use);
    if (entry == nullptr) return {};
    read_public(*entry);
    return entry->certificate;
  }

  std::vector<std::string> problems() const override {
    const std::lock_guard lock(mutex_);
    return problems_;
  }

 private:
  // The map does not change after opening, so a look-up takes no lock.
  Entry* find(Eui64 owner, KeyUse use) const {
    const auto found = entries_.find(Slot{owner, use});
    return found == entries_.end() ? nullptr : &found->second;
  }

  void note(const std::filesystem::path& file, const Error& error) const {
    const std::lock_guard lock(mutex_);
    problems_.push_back(file.filename().string() + ": " + describe(error));
  }

  void read_public(Entry& entry) const {
    std::call_once(entry.public_read, [&] {
      if (entry.public_file.empty()) return;
      if (const auto read = load_public(entry); !read) note(entry.public_file, read.error());
    });
  }

  void read_private(Entry& entry) const {
    std::call_once(entry.private_read, [&] {
      if (entry.private_file.empty()) return;
      if (const auto read = load_private(entry); !read) note(entry.private_file, read.error());
    });
  }

  static Status load_public(Entry& entry) {
    METERWAY_TRY(const std::string text, read_text_file(entry.public_file, kMaxKeyFileBytes));
    if (has_pem(text, kPemPublicKey)) {
      METERWAY_TRY(const Bytes der, pem_body(text, kPemPublicKey));
      METERWAY_TRY(entry.public_key, crypto::PublicKey::from_spki(der));
      return {};
    }
    METERWAY_TRY(Certificate certificate,
                 parse_certificate({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
    entry.public_key = certificate.public_key;
    entry.certificate = std::move(certificate.der);
    return {};
  }

  Status load_private(Entry& entry) const {
    METERWAY_TRY(const Bytes content, read_file(entry.private_file, kMaxKeyFileBytes));
    METERWAY_TRY(const crypto::PrivateKey key, crypto::PrivateKey::from_encoded(content));
    read_public(entry);
    if (entry.public_key && !(*entry.public_key == key.public_key())) {
      return fail(ErrorCode::Conflict, 0, "the private key does not fit the certificate");
    }
    entry.private_key = key;
    return {};
  }

  mutable std::unordered_map<Slot, Entry, SlotHash> entries_;
  mutable std::mutex mutex_;
  mutable std::vector<std::string> problems_;
};

}  // namespace

std::optional<PartyRole> KeyStore::role(Eui64 owner) const {
  for (const auto use : {KeyUse::DigitalSignature, KeyUse::KeyAgreement}) {
    const auto der = certificate(owner, use);
    if (der.empty()) continue;
    if (const auto read = parse_certificate(der)) return read->role;
  }
  return std::nullopt;
}

Result<std::unique_ptr<KeyStore>> open_key_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::directory_iterator at(folder, error);
  if (error) return fail(ErrorCode::NotFound, 0, "key folder");
  auto store = std::make_unique<KeyFolder>();
  for (; at != std::filesystem::directory_iterator(); at.increment(error)) {
    if (error) return fail(ErrorCode::Io, 0, "key folder");
    store->add(at->path());
  }
  return std::unique_ptr<KeyStore>(std::move(store));
}

}  // namespace meterway::pki
