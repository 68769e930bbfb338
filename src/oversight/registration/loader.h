#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "oversight/registration/record.h"

namespace meterway::registration {

/// Who brings a file: the operator for anybody, a person of a party for the senders of that party.
struct Bringer {
  std::string id;
  std::string party;
  bool is_operator = false;
};

struct Incoming {
  const Content& content;
  std::string name;       ///< of the file, for people
  std::string signature;  ///< detached CMS; empty: none came
  Bringer by;
};

/// Why a load was not taken; nothing of it was kept. BadRequest: the file is broken; NotFound: nobody knows the sender;
/// Refused: not this person, or a signature that is missing or wrong; Conflict: a gap in the sequence, a number that
/// has passed, or the number of another file; Timeout: another load is being taken; others: the store's.
struct NotTaken {
  ErrorCode code = ErrorCode::BadRequest;
  std::string why;
  std::string incident;  ///< reference of the incident that tells of it, where there is one
};

/// An incident of a registration data provider, made in the same write as what it is about, unless one that says the
/// same is open. Gives its reference.
using Raise = std::function<Result<std::string>(store::WriteView& view, const Sender& sender, const std::string& title,
                                                const std::string& description)>;

struct LoaderOptions {
  std::size_t batch = 1000;              ///< records, or points, of one write
  std::chrono::milliseconds wait{5000};  ///< for a load that is being taken; then Timeout
};

/// Takes files of registration data. Each is read twice: once to see that it is whole, then to stage its records in
/// many writes (a full file with refused records a third time); it is turned on with one, and then brought in
/// (records/registration/loads.h). The same number and bytes again give the same answer and change nothing. What was
/// taken, and what was not, is in the audit. Sharing: from any thread, one load at a time.
class Loader {
 public:
  Loader(store::Store& store, const Clock& clock, const rules::Rules& rules, Raise raise, LoaderOptions options = {})
      : store_(store), clock_(clock), rules_(rules), raise_(std::move(raise)), options_(options) {}

  Result<Load, NotTaken> take(const Incoming& incoming);
  /// What an earlier process did not come to. Reads are right without it; files wait for it. Errors: as of take.
  Status finish_earlier();

 private:
  struct Look;
  class Turn;
  Result<Look, NotTaken> look_at(const Incoming& incoming);
  Result<Load, NotTaken> take_one(const Incoming& incoming);
  Result<Load, NotTaken> gap(const Sender& sender, const Head& head);
  Status stage_all(const Incoming& incoming, const Sender& sender, const crypto::Sha256Digest& digest, Load& load,
                   Broken& broken);
  /// In a full file a point of which a record was refused keeps what it had: what took the place of it would be a part.
  Status leave_out(const Incoming& incoming, const Sender& sender, const crypto::Sha256Digest& digest,
                   std::vector<Mpxn> points, Load& load, Broken& broken);

  store::Store& store_;
  const Clock& clock_;
  const rules::Rules& rules_;
  const Raise raise_;
  const LoaderOptions options_;
  std::mutex guard_;
  std::condition_variable free_;
  bool busy_ = false;  ///< a load is being taken, or brought in
};

/// The answer to a load as a file of its own format: summary, then what was refused or noted, in the order of its
/// lines. `page` of it at a time. Errors: NotFound when its outcomes were removed since (retention.files_days); those
/// of the store, and of `take`.
Status write_response(const store::ReadView& view, const Load& load, std::size_t page,
                      const std::function<Status(std::string_view)>& take);

}  // namespace meterway::registration
