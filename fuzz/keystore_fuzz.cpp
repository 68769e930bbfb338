// The JSON key store is a file that an operator takes from a third party's package; the search requests come from
// whoever reaches port 8083. The first byte says which of the readers gets the rest.
// Covers: src/standard/pki/json_keystore.cpp, src/standard/pki/search.cpp
#include <cstdlib>
#include <string_view>

#include "standard/pki/json_keystore.h"
#include "standard/pki/search.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  static const pki::CertificateDirectory kEmpty;
  switch (data[0] % 3) {
    case 0: {
      const auto records = pki::read_json_keystore(text);
      if (!records) return 0;
      // What was accepted can be written, and reads as many entries again.
      const auto again = pki::read_json_keystore(pki::write_json_keystore(*records));
      if (!again || again->size() > records->size()) std::abort();
      return 0;
    }
    case 1: {
      const int status = pki::answer_search(text, kEmpty, "0-0").status;
      if (status != 401 && status != 402) std::abort();
      return 0;
    }
    default: {
      const int status = pki::answer_retrieve(text, kEmpty, "0-0").status;
      if (status != 401 && status != 402) std::abort();
      return 0;
    }
  }
}
