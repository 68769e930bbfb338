#pragma once
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "apps/user_session.h"

/// The Users of a test node as one process has them at hand: it takes unsigned requests, signs and posts each as its
/// User would, signs the pre-command of a critical one, and takes what is pushed to the User afterwards.
namespace meterway::apps {

struct DeskOrder {
  std::string xml;                        ///< an unsigned request; its counter is chosen here
  std::optional<unsigned> pounds, pence;  ///< of 2.2: its UTRN is made here
};

/// One document that came back, opened with the User's keys.
struct DeskAnswer {
  std::string at, code, words;  ///< `words`: what a person reads, one fact a line
  bool opened = true;           ///< signatures and MAC are right
};

/// How far a request is. queued, sending; then refused, failed, answered, or waiting and answered later.
struct DeskProgress {
  std::string state = "queued";
  std::string service;
  std::vector<std::string> told;  ///< what happened, one line each
  std::vector<DeskAnswer> answers;
};

/// Requests to one device are posted one after the other, in the order in which they came, with counters that rise.
/// What is pushed comes to the User's own port while somebody waits for it, and is asked of the `listen` or `send` that
/// has the port otherwise. Remembers the last kMostKept requests. Sharing: from any thread.
class UserDesk {
 public:
  static constexpr std::size_t kMostKept = 20'000, kMostQueued = 10'000;
  UserDesk(DataFolder data, World world);
  ~UserDesk();

  /// The RequestID under which it goes out. Errors: BadRequest (it does not fit the schema), NotFound (no such User
  /// here), UnknownKey, OutOfRange (the token), TooLarge (kMostQueued wait).
  Result<RequestId> take(const DeskOrder& order);
  /// None: nothing is known of it.
  std::optional<DeskProgress> look(const RequestId& id) const;

 private:
  static constexpr std::size_t kLanes = 4;
  struct Lane {
    std::deque<Draft> waiting;
    std::thread worker;
  };
  /// A User that has been asked for.
  struct Person {
    std::unique_ptr<UserKeys> keys;
    std::unique_ptr<Inbox> inbox;                        ///< while it has the port
    std::chrono::steady_clock::time_point busy_until{};  ///< the port is kept so long
    std::map<Eui64, std::uint64_t> last;                 ///< counter, by target
  };

  Result<Person*> person(Eui64 user);
  OriginatorCounter next_counter(Person& person, const duis::Service& service, Eui64 target) const;
  void work(Lane& lane);
  void send(const Draft& draft);
  void tend();
  void open_inbox(Eui64 user, Person& person);
  void ask_listener(const RequestId& id, Person& person);
  void take_answer(const RequestId& id, const Answer& answer, const Result<Opened>* opened);
  void tell(const RequestId& id, const std::string& line);
  void enter(const RequestId& id, const std::string& state);

  const DataFolder data_;
  const World world_;
  mutable std::mutex mutex_;  ///< over all below but the threads
  std::condition_variable wake_;
  bool ending_ = false;
  std::map<Eui64, std::unique_ptr<Person>> persons_;
  std::map<RequestId, DeskProgress> progress_;
  std::deque<RequestId> order_;
  std::size_t queued_ = 0;
  std::vector<Lane> lanes_{kLanes};
  std::thread tender_;
};

}  // namespace meterway::apps
