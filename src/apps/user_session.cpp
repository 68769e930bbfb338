#include "apps/user_session.h"

#include <fmt/format.h>

#include <thread>

#include "apps/user_precommand.h"
#include "apps/user_problem.h"
#include "apps/user_xml.h"
#include "base/util/file.h"
#include "standard/gbcs/protect.h"

namespace meterway::apps {
namespace {

constexpr std::chrono::seconds kReplyPatience{10};  ///< published clients give up after 3
constexpr std::chrono::milliseconds kPollPause{100};

}  // namespace

Ending UserSession::failed(std::string_view what, const Error& error) {
  tell_(fmt::format("{:<14} {}: {}", "failed", what, describe(error)));
  return Ending::Failed;
}

std::string UserSession::elapsed() const {
  return fmt::format("+{:.3f} s", std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count());
}

void UserSession::expect_push() {
  const auto* user = world_.user(keys_.user());
  const std::uint16_t port = user != nullptr ? user->push_port : std::uint16_t{0};
  auto inbox = Inbox::open(keys_, world_, port, "", [this](const Answer& answer, const Result<Opened>* opened) {
    if (opened != nullptr && !*opened)
      tell_(fmt::format("{:<14} a push that does not check:\n{}", "refused", describe_answer(answer, opened)));
  });
  if (inbox) {
    inbox_ = *std::move(inbox);
  } else {
    poll_at_ = fmt::format("://{}:{}/inbox/", world_.address, port);
  }
}

Result<Answer, Ending> UserSession::post(const std::string& xml, char web_service) {
  const auto document = sign_as_user(xml, keys_);
  if (!document) return Unexpected{failed("signing", document.error())};
  const auto url = (tls_ ? world_.https_url() : world_.http_url()) + "/api/v1/service" + web_service;
  const auto reply =
      net::http_request("POST", url, {{"content-type", "application/xml"}}, *document, kReplyPatience, tls_);
  if (!reply) return Unexpected{failed(url, reply.error())};
  if (reply->status != 200) {
    tell_(fmt::format("{:<14} {}: {}", "refused", url, describe_problem(*reply)));
    return Unexpected{Ending::Refused};
  }
  auto answer = read_answer(reply->body, keys_);
  if (!answer) return Unexpected{failed("reply", answer.error())};
  if (answer->request_id && *answer->request_id != id_) {
    return Unexpected{failed("reply", {ErrorCode::Conflict, 0, "it answers another request"})};
  }
  return *std::move(answer);
}

Ending UserSession::tell_reply(const Answer& answer) {
  reply_ = answer;
  const auto* verdict = answer.code == "I99" ? "acknowledged" : answer.accepted() ? "replied" : "refused";
  tell_(fmt::format("{:<14} {} at {}, {}", verdict, answer.accepted() ? answer.code : describe_code(answer.code),
                    answer.date_time, elapsed()));
  if (answer.accepted()) return Ending::Answered;
  for (const auto& line : answer.lines) tell_("  " + line);
  return Ending::Refused;
}

Ending UserSession::submit(const Draft& draft) {
  id_ = draft.id;
  reply_.reset();
  started_ = std::chrono::steady_clock::now();
  tell_(fmt::format("{:<14} {}", "RequestID", id_.text()));
  tell_(fmt::format("{:<14} {} {} at {}", "asking", draft.service->variant, draft.service->name,
                    to_iso8601(SystemClock().now())));
  if (!draft.service->permits(draft.variant))
    return failed("command variant", {ErrorCode::BadRequest, 0, "not permitted for this service"});
  const auto answer = post(draft.xml, static_cast<char>(draft.service->web_service(draft.variant)));
  if (!answer) return answer.error();
  if (const auto ending = tell_reply(*answer); ending != Ending::Answered) return ending;
  if (draft.variant == CommandVariant::Transform) return send_signed(draft, *answer);
  if (draft.variant == CommandVariant::NonDevice) tell_(describe_answer(*answer, nullptr));
  return Ending::Answered;
}

Ending UserSession::send_signed(const Draft& draft, const Answer& transformed) {
  if (transformed.carrier != "PreCommand") return failed("reply", {ErrorCode::Conflict, 0, "no pre-command in it"});
  auto message = gbcs::read_message(transformed.payload);
  if (!message) return failed("pre-command", message.error());
  if (const auto checked = check_precommand(*message, draft.id, draft.service->variant); !checked)
    return failed("pre-command", checked.error());
  if (const auto done = sign_precommand(*message, keys_); !done) return failed("pre-command", done.error());
  tell_(fmt::format("{:<14} {}", "signed", describe_message(*message)));
  const auto answer = post(draft_signed_precommand(draft, gbcs::write_message(*message)), 'S');
  if (!answer) return answer.error();
  return tell_reply(*answer);
}

/// Asks the `listen` that has the port, over TLS when there are keys for it and it speaks TLS.
Result<net::HttpResponse> UserSession::poll() {
  constexpr std::chrono::seconds kPatience{3};
  if (tls_ && poll_over_tls_) {
    auto found = net::http_request("GET", "https" + poll_at_ + id_.text(), {}, "", kPatience, tls_);
    if (found || found.error().code != ErrorCode::Network) return found;
    poll_over_tls_ = false;
  }
  return net::http_request("GET", "http" + poll_at_ + id_.text(), {}, "", kPatience);
}

Result<std::string> UserSession::next_push(std::chrono::milliseconds patience) {
  if (inbox_) return inbox_->wait(id_, 0, patience);
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < give_up) {
    const auto found = poll();
    if (!found) return Unexpected{found.error()};
    if (found->status == 200) return found->body;
    std::this_thread::sleep_for(kPollPause);
  }
  return fail(ErrorCode::Timeout, 0, "answer of the device");
}

Ending UserSession::await(std::chrono::milliseconds patience) {
  const auto document = next_push(patience);
  if (!document) {
    failed("push", document.error());
    return document.error().code == ErrorCode::Timeout ? Ending::NoAnswer : Ending::Failed;
  }
  tell_(fmt::format("{:<14} {}", "answered", elapsed()));
  const auto answer = read_answer(*document, keys_);
  if (!answer) return failed("push", answer.error());
  if (answer->payload.empty()) {
    tell_(describe_answer(*answer, nullptr));
    return answer->accepted() ? Ending::Answered : Ending::Refused;
  }
  const auto opened = open_payload(answer->payload, keys_, world_, id_);
  tell_(describe_answer(*answer, &opened));
  if (!opened) return Ending::Failed;
  if (!payload_file_.empty()) {
    if (const auto kept = write_file(payload_file_, answer->payload); !kept)
      return failed(payload_file_.string(), kept.error());
  }
  return answer->accepted() ? Ending::Answered : Ending::Refused;
}

}  // namespace meterway::apps
