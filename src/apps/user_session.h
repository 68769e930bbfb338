#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "apps/user_inbox.h"
#include "apps/user_request.h"

/// One request of a User from the first post to the pushed answer.
namespace meterway::apps {

/// How a request ended; also the exit status of `send`.
enum class Ending : int { Answered = 0, Failed = 1, Refused = 2, NoAnswer = 3 };

class UserSession {
 public:
  using Tell = std::function<void(const std::string& line)>;

  /// With `tls` requests go to the platform's TLS port, and a `listen --tls` is asked over TLS.
  UserSession(const World& world, const UserKeys& keys, Tell tell, net::TlsContext tls = {})
      : world_(world), keys_(keys), tell_(std::move(tell)), tls_(std::move(tls)) {}

  /// Must be called before submit() when the answer is to be waited for: binds the User's push port, or notes that a
  /// `listen` has it and will be asked.
  void expect_push();
  /// Signs and posts; a critical request goes on to CV 5. Answered: the result was in the reply.
  Ending submit(const Draft& draft);
  /// The device's message in the answer goes into this file.
  void keep_payload(std::filesystem::path file) { payload_file_ = std::move(file); }
  /// What the platform last replied to submit(); none before, and when it did not.
  const std::optional<Answer>& reply() const { return reply_; }
  /// Waits for the pushed answer of the request last submitted and tells it.
  Ending await(std::chrono::milliseconds patience);

 private:
  /// Posts; the ending when there is no answer to go on with.
  Result<Answer, Ending> post(const std::string& xml, char web_service);
  Ending send_signed(const Draft& draft, const Answer& transformed);
  Ending tell_reply(const Answer& answer);
  Result<net::HttpResponse> poll();
  Result<std::string> next_push(std::chrono::milliseconds patience);
  Ending failed(std::string_view what, const Error& error);
  std::string elapsed() const;

  const World& world_;
  const UserKeys& keys_;
  const Tell tell_;
  const net::TlsContext tls_;
  std::unique_ptr<Inbox> inbox_;
  std::optional<Answer> reply_;
  std::filesystem::path payload_file_;
  std::string poll_at_;  ///< of the `listen` that is asked, without the scheme
  bool poll_over_tls_ = true;
  RequestId id_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace meterway::apps
