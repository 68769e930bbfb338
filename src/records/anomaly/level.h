#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/util/clock.h"
#include "records/store/store.h"
#include "standard/ids/ids.h"

/// What is too much: thresholds by User and service, and limits of values in requests. Facts with dates: of those of
/// one scope and source the one with the latest `from` that has come decides, whenever it was received.
///
/// Source: SEC G6 and Appendix AA as far as known (three levels: a User's warning and quarantine, the DCC's
///         quarantine); the rolling window and everything about form is ours (docs/wire/anomaly-files.md).
/// Rows:  "anomaly-level"  scope -> format:1, then levels: those that decide now or later
///        "anomaly-limit"  scope -> the same of limits
///        "anomaly-any"    "levels", "limits" -> empty: there is, or was, one of them at all
///        scope is user:8 (0: all Users) and the service reference variant, or "ALL"
namespace meterway::anomaly {

inline constexpr std::string_view kAllServices = "ALL";

struct Scope {
  std::optional<Eui64> user{};  ///< none: all Users together
  std::string service{};        ///< variant, or kAllServices
  std::string key() const;
  friend bool operator==(const Scope&, const Scope&) = default;
};

enum class Source : std::uint8_t { User, Dcc };

struct Level {
  Scope scope;
  Source source = Source::User;
  std::optional<std::uint32_t> warning, quarantine;  ///< none: no such level
  std::uint32_t period_hours = 24;
  UtcTime from{};
  std::string reference;  ///< of the submission that set it
  std::chrono::microseconds window() const { return std::chrono::hours(period_hours); }
  friend bool operator==(const Level&, const Level&) = default;
};

/// Millionths, so that limits compare exactly: "0.125" is 125000.
using Micros = std::int64_t;
/// At most 12 digits before the point and 6 behind. Errors: BadNumber, OutOfRange.
Result<Micros> read_decimal(std::string_view text);
std::string write_decimal(Micros value);

struct Limit {
  Scope scope;
  std::string attribute;  ///< names of elements from the outer to the inner: "PrimaryActiveTariffPrice", "Block/Price"
  std::optional<Micros> minimum, maximum;  ///< neither: no limit from then on
  UtcTime from{};
  std::string reference;
  friend bool operator==(const Limit&, const Limit&) = default;
};

inline constexpr std::size_t kMostOfScope = 200;  ///< levels, or limits, that one scope may have before it

/// Whether anybody has ever set one: a request of a platform without asks no further.
Result<bool> has_levels(const store::ReadView& view);
Result<bool> has_limits(const store::ReadView& view);
Result<std::vector<Level>> levels_of(const store::ReadView& view, const std::string& scope_key);
Result<std::vector<Limit>> limits_of(const store::ReadView& view, const std::string& scope_key);
/// In place of one of the same scope, source and `from` (limits: attribute and `from`). Those that can decide nothing
/// after `now` any more are dropped: the history has them. Errors: Full.
Status put_level(store::WriteView& view, const Level& level, UtcTime now);
Status put_limit(store::WriteView& view, const Limit& limit, UtcTime now);

/// All that are stored, of one User (and those of all Users for `user` none), by scope.
Result<std::vector<Level>> all_levels(const store::ReadView& view, std::optional<Eui64> user);
Result<std::vector<Limit>> all_limits(const store::ReadView& view);

/// The one of this source that decides at `time`; null when there is none.
const Level* deciding(const std::vector<Level>& levels, Source source, UtcTime time);

}  // namespace meterway::anomaly
