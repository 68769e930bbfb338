#pragma once
#include <functional>
#include <optional>

#include "records/anomaly/files.h"
#include "records/anomaly/signer.h"
#include "standard/pki/directory.h"
#include "standard/rules/rules.h"

namespace meterway::anomaly {

/// How a file came: handed in by an officer, or brought in by the operator because the usual way did not work. Both are
/// believed for the same signature.
enum class Channel : std::uint8_t { Api, BackUp };
std::string_view to_string(Channel channel);  ///< "api", "back-up"

/// What the DCC says to whoever handed in a file, and what it keeps: a CSV file of one row and our signature of it
/// (docs/wire/anomaly-files.md).
struct Receipt {
  std::string reference;
  std::string kind;  ///< "thresholds", "actions"
  std::string text;
  std::string signature;  ///< base64 of the .p7s
  std::string json;       ///< everything, as it is stored
};

/// What proposed thresholds would have done on one day to requests of one service.
struct PreviewDay {
  std::string day, service;
  std::uint64_t counted = 0, warnings = 0, quarantined = 0;
};

/// Where files of anomaly detection are taken, and where people decide on quarantined requests. Every step is one
/// atomic change with its line in the audit; what was refused changes nothing, and has its line too. Sharing: from any
/// thread.
class Desk {
 public:
  struct Around {
    store::Store& store;
    const Clock& clock;
    const rules::Rules& rules;
    const pki::CertificateRecord& dcc;       ///< signs receipts and reports
    std::function<void(Eui64)> look;         ///< something was decided for this device
    std::size_t most_previewed = 1'000'000;  ///< requests that one preview counts
  };
  explicit Desk(Around around) : around_(std::move(around)) {}

  /// A thresholds file and its detached signature. Nothing takes effect before its date, nor before it came.
  Result<Receipt, Problem> set_thresholds(const registry::Person& caller, Channel channel, std::string_view file,
                                          ByteView signature);
  /// An action file: releases and deletes, all of it or nothing.
  Result<Receipt, Problem> take_actions(const registry::Person& caller, Channel channel, std::string_view file,
                                        ByteView signature);
  Result<Receipt, Problem> receipt(const registry::Person& caller, Eui64 user, std::string_view reference) const;

  /// The DCC's own thresholds, or limits of values. Gives how many rows.
  Result<std::size_t, Problem> set_dcc_thresholds(const registry::Person& caller, std::string_view file);
  Result<std::size_t, Problem> set_limits(const registry::Person& caller, std::string_view file);

  /// One of two different persons. The first asks, the second makes it so; who asks for the other thing begins anew.
  Result<Item, Problem> decide(const registry::Person& caller, std::uint64_t number, bool release,
                               std::string_view reason);
  /// Of one User, or of all that the caller may look at.
  Result<std::vector<Item>, Problem> quarantine(const registry::Person& caller, std::optional<Eui64> user,
                                                std::optional<State> state, std::uint64_t after,
                                                std::size_t limit) const;
  /// Our detached signature, base64.
  Result<std::string> sign(std::string_view file) const;

  /// What proposed thresholds (a file without signature) would have done to the requests of a period that are still on
  /// record (setting requests_days). Read page by page, so that it holds up nobody: what comes or goes meanwhile may
  /// count or not.
  Result<std::vector<PreviewDay>, Problem> preview(const registry::Person& caller, std::string_view file, UtcTime from,
                                                   UtcTime until) const;

  Result<void, Problem> set_authorities(const registry::Person& caller, std::string_view pem);
  Result<void, Problem> revoke(const registry::Person& caller, const pki::SmkiSerial& serial);

  /// The Users that he may look at, by his party; everybody's for those who operate. Errors: Database.
  Result<std::vector<Eui64>> visible(const registry::Person& caller) const;
  store::Store& store() const { return around_.store; }

 private:
  using Work = std::function<Result<void, Problem>(store::WriteView&)>;
  /// All of `work` with its line in the audit, or only the line of what was refused.
  Result<void, Problem> write(const registry::Person& caller, std::string_view what, std::string_view about,
                              const Work& work);
  Result<Receipt, Problem> submit(
      const registry::Person& caller, Channel channel, std::string_view kind, std::string_view file, ByteView signature,
      const std::string& reference,
      const std::function<Result<UtcTime, Problem>(store::WriteView&, const Signer&)>& apply, std::size_t rows);
  Unexpected<Problem> refused(const registry::Person& caller, std::string_view kind, const Problem& why);
  std::uint32_t usual_hours() const;

  Around around_;
};

}  // namespace meterway::anomaly
