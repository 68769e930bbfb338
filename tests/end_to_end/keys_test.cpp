#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "base/crypto/keys.h"
#include "tests/end_to_end/node.h"

// Who holds which key: the platform works the whole road while its memory holds no private key of a User or a device.
namespace meterway::end_to_end {
namespace {

constexpr int kNobody = 65534;

/// The private numbers of a folder's .key files, by file; as bytes most and least significant first (OpenSSL keeps
/// numbers the second way).
using Secrets = std::map<std::string, std::string>;

void collect(const fs::path& folder, Secrets& secrets) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".key") continue;
    const auto bytes = read_file(entry.path());
    ASSERT_TRUE(bytes) << entry.path();
    const auto key = crypto::PrivateKey::from_encoded(*bytes);
    ASSERT_TRUE(key) << entry.path();
    BIGNUM* number = nullptr;
    ASSERT_EQ(EVP_PKEY_get_bn_param(key->handle(), OSSL_PKEY_PARAM_PRIV_KEY, &number), 1);
    std::string scalar(32, '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(scalar.data()), 32);
    BN_clear_free(number);
    secrets[entry.path().filename().string()] = scalar;
  }
}

/// The names of those secrets that stand in the writable memory of a process, either way round.
std::vector<std::string> find_in_memory(pid_t pid, const Secrets& secrets) {
  std::map<std::uint64_t, std::pair<std::string, std::string>> beginnings;  // first 8 bytes -> all 32, name
  for (const auto& [name, scalar] : secrets) {
    for (auto form : {scalar, std::string(scalar.rbegin(), scalar.rend())}) {
      std::uint64_t first = 0;
      std::memcpy(&first, form.data(), sizeof first);
      beginnings[first] = {form, name};
    }
  }
  std::vector<bool> likely(65536);
  for (const auto& [first, rest] : beginnings) likely[first & 0xFFFF] = true;
  std::vector<std::string> found;
  std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
  std::ifstream memory("/proc/" + std::to_string(pid) + "/mem", std::ios::binary);
  EXPECT_TRUE(maps && memory) << "the memory of process " << pid << " cannot be read";
  for (std::string line; std::getline(maps, line);) {
    unsigned long begin = 0, end = 0;
    char access[5] = {};
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &begin, &end, access) != 3 || access[0] != 'r' || access[1] != 'w')
      continue;
    if (end - begin > (1ul << 30)) continue;  // the shadow of a sanitizer, not memory of the program
    std::string bytes(end - begin, '\0');
    memory.clear();
    memory.seekg(static_cast<std::streamoff>(begin));
    memory.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const auto size = static_cast<std::size_t>(std::max<std::streamsize>(0, memory.gcount()));
    const char* at = bytes.data();
    for (std::size_t i = 0; i + 32 <= size; ++i) {
      std::uint16_t low = 0;
      std::memcpy(&low, at + i, sizeof low);
      if (!likely[low]) continue;
      std::uint64_t first = 0;
      std::memcpy(&first, at + i, sizeof first);
      const auto candidate = beginnings.find(first);
      if (candidate != beginnings.end() && std::memcmp(at + i, candidate->second.first.data(), 32) == 0)
        found.push_back(candidate->second.second);
    }
  }
  return found;
}

/// The platform's own folder to `uid`; everybody else's stay closed to it.
void give_platform_to(const fs::path& data, int uid) {
  for (const auto& entry : fs::recursive_directory_iterator(data / "platform")) {
    ASSERT_EQ(::chown(entry.path().c_str(), static_cast<uid_t>(uid), static_cast<gid_t>(uid)), 0);
  }
  ASSERT_EQ(::chown((data / "platform").c_str(), static_cast<uid_t>(uid), static_cast<gid_t>(uid)), 0);
}

TEST(Keys, ThePlatformWorksWithoutAnyUsersOrDevicesPrivateKeyInItsMemory) {
  Node node;
  node.start_platform();  // once, so that the ports are settled in world.json
  node.stop_platform();
  const bool root = ::geteuid() == 0;
  if (root) {
    // Another user altogether, to whom the folders of Users and devices are closed.
    give_platform_to(node.data(), kNobody);
    EXPECT_EQ(fs::status(node.data() + "/users").permissions(), fs::perms::owner_all);
    EXPECT_EQ(fs::status(node.data() + "/estate").permissions(), fs::perms::owner_all);
  }
  node.start_platform(root ? kNobody : -1);
  node.start_estate();
  for (const auto& request :
       std::vector<std::vector<std::string>>{{"4.1.1", "--to", kEsme},
                                             {"4.1.1", "--to", kGpf},
                                             {"1.1.1", "--to", kEsme},
                                             {"2.2", "--to", kEsme},
                                             {"4.18", "--to", kEsme},
                                             {"7.4", "--to", kEsme},
                                             {"8.2", "--to", kHub},
                                             {"8.11", "--to", kHub, "--param", "DeviceID=00-DB-12-34-56-78-90-A8",
                                              "--param", "InstallCode=30313233343536373839414243444546"}}) {
    const auto said = node.send(request);
    EXPECT_EQ(said.status, 0) << request.front() << "\n" << said.out;
  }
  Secrets forbidden;
  collect(node.data() + "/users", forbidden);
  collect(node.data() + "/estate", forbidden);
  collect(node.data() + "/smki", forbidden);
  EXPECT_GE(forbidden.size(), 20u);
  Secrets own;
  collect(node.data() + "/platform/keys", own);
  EXPECT_EQ(own.size(), 3u);
  EXPECT_FALSE(find_in_memory(node.platform(), own).empty()) << "the search must be able to find a key that is there";
  EXPECT_EQ(find_in_memory(node.platform(), forbidden), std::vector<std::string>());
}

}  // namespace
}  // namespace meterway::end_to_end
