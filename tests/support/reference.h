#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

/// Where the reference data lies: $METERWAY_RTDS, or ../shared/rtds beside the source tree. It is not part of the
/// project: tests that need it skip, saying so, when it is absent.
namespace meterway::tests {

inline std::filesystem::path reference_path() {
  if (const char* named = std::getenv("METERWAY_RTDS"); named != nullptr && *named != '\0') return named;
  return std::filesystem::path(METERWAY_SOURCE_DIR) / ".." / "shared" / "rtds";
}

/// Public vectors of others: $METERWAY_VECTORS, or `vectors` beside the reference data.
inline std::filesystem::path vectors_path() {
  if (const char* named = std::getenv("METERWAY_VECTORS"); named != nullptr && *named != '\0') return named;
  return reference_path() / ".." / "vectors";
}

}  // namespace meterway::tests

/// First line of a test that reads the reference data.
#define METERWAY_NEEDS_REFERENCE()                                                    \
  if (!std::filesystem::exists(::meterway::tests::reference_path() / "manifest.tsv")) \
  GTEST_SKIP() << "no reference data at " << ::meterway::tests::reference_path() << " (set METERWAY_RTDS)"

/// First line of a test that reads the Wycheproof vectors.
#define METERWAY_NEEDS_VECTORS()                                                  \
  if (!std::filesystem::exists(::meterway::tests::vectors_path() / "wycheproof")) \
  GTEST_SKIP() << "no vectors at " << ::meterway::tests::vectors_path() << " (set METERWAY_VECTORS)"
