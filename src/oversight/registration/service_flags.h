#pragma once
#include "oversight/registration/file.h"

/// What the DCC tells registration data providers: the DCC Service Flag of each of their metering points, and what they
/// answer. What is told does not depend on how: by file or by message, the same records.
///
/// Rows:  "registration-flag"   sender 00 point:6 -> flag:1 sequence:8    what that sender was told last
///        "registration-out"    sender 00 sequence:8 -> a batch: format:1 file format:1 at:8, then point:6 flag:1 day:4
///                              answer:1 each
///        "registration-answer" sender 00 sequence:8 point:6 -> a length and the bytes of: code, reason
namespace meterway::registration {

/// By spec/service_flags.tsv: the flag of a point on a day, from the states of the meters at it; '-': it has none.
char flag_of(const std::vector<registry::DeviceState>& meters, Date on);
Result<char> flag_at(const store::ReadView& view, Mpxn mpxn, Date on);

enum class Answer : std::uint8_t { None, Accepted, Rejected };
std::string_view to_string(Answer answer);

struct FlagRecord {
  Mpxn mpxn;
  char flag = 'N';
  Date from;  ///< the day on which it was found to be so
  Answer answer = Answer::None;
};
struct FlagBatch {
  std::string sender;
  std::uint64_t sequence = 0;
  Format format = Format::Electricity;
  UtcTime at{};
  std::vector<FlagRecord> records;
};
inline constexpr std::size_t kMostFlagRecords = 100'000;

struct FlagRun {
  std::vector<std::uint64_t> sequences;  ///< of the batches made
  std::size_t points = 0, records = 0;
};
/// Makes batches for this sender of what has changed since it was told, or of `all`: of the points of its fuel and
/// networks. Points are read page by page; each batch is one write. Errors: NotFound (sender); the store's.
Result<FlagRun> make_flags(store::Store& store, std::string_view sender, bool all, UtcTime now);

Result<std::optional<FlagBatch>> find_batch(const store::ReadView& view, std::string_view sender,
                                            std::uint64_t sequence);
/// As it is sent: a file of the fuel (records DC01, E46) or a message (records of type flag).
std::string write_batch(const FlagBatch& batch);
/// What a file or message of flags says. Errors: as read_file; BadValue.
Result<FlagBatch> read_batch(const Content& content, Broken& broken);

/// Takes the response to a batch: points that it names as rejected are, all others of the batch are accepted. The same
/// again changes nothing. Errors: BadRequest with `broken`; Refused: a sender of another party, or with `broken`, a
/// signature that is missing or wrong; NotFound: there is no such batch; Conflict: it was answered otherwise.
struct IncomingAnswer {
  const Content& content;
  std::string_view signature;  ///< detached CMS (DER); empty: none came
  UtcTime now{};
};
struct Answered {
  std::string sender;
  std::uint64_t sequence = 0;
  std::size_t accepted = 0, rejected = 0;
};
Result<Answered> take_answer(store::Store& store, const IncomingAnswer& incoming,
                             const std::function<bool(const std::string& sender)>& may, Broken& broken);

}  // namespace meterway::registration
