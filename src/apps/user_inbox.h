#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "apps/user_answer.h"
#include "base/net/http.h"

namespace meterway::apps {

/// How a User may be worse than he should be, for tests of the platform.
struct InboxBehaviour {
  std::chrono::milliseconds delay{};  ///< before he looks at a push
  unsigned fail_every = 0;            ///< every so many are answered with 500, unread; 0: none
};

/// Where the DCC pushes to a User: POST to the User's path, application/xml, one signed DUIS response or alert.
/// It may come compressed (Content-Encoding: gzip). Answers 204 after it has checked signature and payload, 400 when
/// they are wrong, 404 for another path or type, 405, 413 over 1 MiB, 415 for another coding. What was taken can be
/// read back:
///
///     GET /inbox/<RequestID>[?n=1]     the first (or n+1st) document pushed for that request; 404 until it is there
///
/// Kept in memory (the last kKept) and, when a folder is given, as <folder>/<time>-<number>.xml, which is on disk
/// before the 204; 503 when it cannot be. What was refused is under <folder>/refused, with the reason beside it (.txt).
class Inbox {
 public:
  static constexpr std::size_t kKept = 10'000;
  using Seen = std::function<void(const Answer&, const Result<Opened>*)>;  ///< called for each push, one at a time

  /// Errors: Network when the port is taken; Io when the folder cannot be made.
  static Result<std::unique_ptr<Inbox>> open(const UserKeys& keys, const World& world, std::uint16_t port,
                                             std::string folder, Seen seen, net::TlsContext tls = {},
                                             InboxBehaviour behaviour = {});

  std::uint16_t port() const { return server_->port(); }
  /// The n+1st document for a request; waits for it. Errors: Timeout.
  Result<std::string> wait(const RequestId& id, std::size_t n, std::chrono::milliseconds patience);

 private:
  Inbox(const UserKeys& keys, const World& world, std::string folder, Seen seen);
  net::HttpResponse handle(const net::HttpRequest& request);
  net::HttpResponse take(const net::HttpRequest& request);
  net::HttpResponse refuse(const std::string& body, const Error& why);
  std::string new_name();
  net::HttpResponse give(const net::HttpRequest& request) const;
  void keep(const Answer& answer, const Result<Opened>* opened);

  const UserKeys& keys_;
  const World& world_;
  const std::string path_;
  const std::string folder_;
  const Seen seen_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::multimap<RequestId, std::string> kept_;
  InboxBehaviour behaviour_;
  std::atomic<std::size_t> number_{0};
  std::atomic<unsigned> pushes_{0};
  std::unique_ptr<net::HttpServer> server_;  ///< last: it stops before the rest goes
};

}  // namespace meterway::apps
