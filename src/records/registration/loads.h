#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "records/registration/registration.h"

/// How registration data come into the store: whole loads, each of one sender and with its number in that sender's
/// sequence. A load is written as staged rows, however many it takes; then one write turns it on, whole, and readers
/// see it; then its rows are brought to the points, and readers see the same. A crash anywhere leaves it off, or on.
namespace meterway::registration {

enum class Route : std::uint8_t { File, Message };  ///< flags go to the sender by file, or by CSS message
Result<Route> parse_route(std::string_view text);
std::string_view to_string(Route route);

/// Somebody who sends registration data: a registration data provider, or the Central Switching Service.
struct Sender {
  std::string id;                     ///< as files name it: 1 to 10 capitals and digits
  std::string party;                  ///< persons of this party, with role rdp, act for it
  std::uint8_t source = 0;            ///< what it may speak of: spec/registration_sources.tsv
  std::vector<std::string> networks;  ///< first two digits of MPANs it may speak of; empty: all
  std::uint64_t next = 1;             ///< the number that its next load must have
  std::uint64_t next_out = 1;         ///< the number of the next flags that are sent to it
  Route route = Route::File;
  std::string certificate;  ///< PEM of the certificate whose key signs its files; empty: signatures cannot be checked
  bool must_sign = false;
  friend bool operator==(const Sender&, const Sender&) = default;
};
/// As the API takes and gives it. Errors in words, beginning with the member.
std::string to_json(const Sender& sender);
Result<Sender, std::string> read_sender(std::string_view json, std::string_view id);
bool is_sender_id(std::string_view id);

Result<std::optional<Sender>> find_sender(const store::ReadView& view, std::string_view id);
Result<std::vector<Sender>> all_senders(const store::ReadView& view);
Status put_sender(store::WriteView& view, const Sender& sender);

enum class LoadKind : std::uint8_t { Update, Refresh };
std::string_view to_string(LoadKind kind);

/// A load that is on. Nothing is kept of others.
struct Load {
  std::string sender;
  std::uint64_t sequence = 0;
  std::uint32_t number = 0;  ///< among all loads
  LoadKind kind = LoadKind::Update;
  std::uint8_t format = 0;  ///< in which it came; its response is in the same
  std::array<std::uint8_t, 32> digest{};
  std::uint32_t records = 0, rejected = 0, warned = 0;
  UtcTime at{};          ///< when it was turned on
  std::string name, by;  ///< of the file; who brought it
  bool is_signed = false;
};
Result<std::optional<Load>> find_load(const store::ReadView& view, std::string_view sender, std::uint64_t sequence);
Result<std::optional<Load>> load_of_number(const store::ReadView& view, std::uint32_t number);
/// Of one sender, the latest first.
Result<std::vector<Load>> loads_of(const store::ReadView& view, std::string_view sender, std::size_t limit);

/// What became of a record that was not simply accepted.
struct Outcome {
  std::uint32_t line = 0;
  bool rejected = false;  ///< else taken, with a note
  std::string point;      ///< as the record had it
  std::string code;       ///< one word
  std::string reason;
};
Result<std::vector<Outcome>> outcomes_of(const store::ReadView& view, std::uint32_t load, std::uint32_t from_line,
                                         std::size_t limit);

/// Removes outcomes of loads that were turned on before that moment; the loads stay, as every entry names the one that
/// brought it, and with them how many records were refused. Gives the key to go on from, empty at the end; so the next.
Result<std::string> remove_outcomes(store::WriteView& view, const std::string& from, UtcTime before, std::size_t batch);
/// Removes flags that were sent before that moment, with what was answered to them. What each sender was told last of
/// each point stays. `batch`: answers; flags go one by one, as each may have many records.
Result<std::string> remove_flags(store::WriteView& view, const std::string& from, UtcTime before, std::size_t batch);

/// Number for a new load. Staged rows of a number that is never turned on are nothing.
Result<std::uint32_t> next_load_number(store::WriteView& view);
/// The most that one load may say of one point: whoever reads a point while its load is brought in reads all of it.
inline constexpr std::size_t kMostOperations = 100;
/// Adds to what the load says of a point. In a refresh the first of a point begins by clearing what its source said.
/// False, and nothing is added: the load has said kMostOperations of it.
Result<bool> stage(store::WriteView& view, std::uint32_t load, LoadKind kind, std::uint8_t source, Mpxn mpxn,
                   const std::vector<Operation>& operations);
/// The load says nothing of this point after all. Only before it is turned on.
Status unstage(store::WriteView& view, std::uint32_t load, Mpxn mpxn);
Status put_outcome(store::WriteView& view, std::uint32_t load, const Outcome& outcome);
/// On, from now: the sender goes on to its next number. Errors: Conflict unless it is this load's turn.
Status turn_on(store::WriteView& view, const Load& load);

/// Brings staged rows of loads that are on to their points, in writes of `batch` points; then removes what loads left
/// that were never turned on. May be broken off anywhere, and called again. Not from several threads at once.
Status bring_in(store::Store& store, std::size_t batch);

}  // namespace meterway::registration
