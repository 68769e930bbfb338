#include "lab/sim_user.h"

#include <fmt/format.h>

#include "lab/documents.h"
#include "standard/duis/response.h"
#include "standard/duis/signature.h"
#include "standard/gbcs/protect.h"

namespace meterway::lab {
namespace {

constexpr std::chrono::seconds kPatience{5};  // with one post
constexpr std::chrono::milliseconds kFirstPause{500};
constexpr std::chrono::seconds kLongestPause{10};

/// Of a power outage alert: hub:microseconds. None for any other document.
std::optional<std::string> loss_of_supply(const duis::Element& body) {
  const auto* alert = body.find("DCCAlert");
  const auto* event = alert != nullptr ? alert->find("PowerOutageEvent") : nullptr;
  if (event == nullptr) return std::nullopt;
  const auto hub = Eui64::parse(event->text_at("CommsHubDeviceID"));
  const auto lost = from_iso8601(event->text_at("StartDateTime"));
  if (!hub || !lost) return "unreadable:0";
  return fmt::format("{}:{}", hub->plain(), lost->time_since_epoch().count());
}

}  // namespace

SimUser::SimUser(Simulation& simulation, Internet& internet, const SmallWorld& world, Eui64 self, std::string host,
                 History& history)
    : simulation_(simulation), world_(world), self_(self), history_(history), machine_(simulation, host) {
  network_ = internet.join(machine_);
  internet.serve(host, machine_,
                 [this](const net::HttpRequest& request, const Internet::Reply& reply) { take(request, reply); });
}

void SimUser::write(Seen::Kind kind, const RequestId& id, char leg, std::string code, std::string content) {
  history_.push_back({kind, simulation_.now(), self_, id, leg, std::move(code), std::move(content)});
}

std::string SimUser::sign(const std::string& xml, bool forged) const {
  const auto& own = world_.record(self_, pki::KeyUse::XmlSigning);
  const auto& key = forged ? world_.key(self_, pki::KeyUse::DigitalSignature) : *own.private_key;
  return duis::sign_document(xml, key, {own.certificate.issuer, own.certificate.serial.decimal()}).value_or("");
}

bool SimUser::is_authentic(const std::string& text) const {
  const auto document = xml::Document::parse(text);
  const auto& dcc = world_.record(kBroker, pki::KeyUse::XmlSigning).certificate;
  return document && duis::check_signature(*document, [&](const duis::CertificateName& name) {
           return name.serial == dcc.serial.decimal() ? &dcc.public_key : nullptr;
         });
}

void SimUser::ask(std::string_view service, Eui64 device, const Wish& wish) {
  auto asked = std::make_shared<Asked>();
  asked->service = duis::find_service(service);
  if (asked->service == nullptr) return;
  const auto millis =
      std::chrono::duration_cast<std::chrono::milliseconds>(simulation_.now().time_since_epoch()).count();
  last_counter_ = std::max(last_counter_ + 1, static_cast<std::uint64_t>(millis));
  asked->id = {self_, asked->service->non_device ? kBroker : device, {last_counter_}};
  asked->variant = asked->service->non_device ? CommandVariant::NonDevice
                   : asked->service->critical ? CommandVariant::Transform
                                              : CommandVariant::SendCommand;
  asked->what = std::string(service) + (wish.date ? "@" + to_iso8601(*wish.date) : "");
  asked_.insert(asked->id);
  const bool schedules = service == "5.1" && wish.date;
  const auto body = !wish.body.empty() ? wish.body
                    : schedules        ? schedule_body(device, *wish.date)
                                       : plain_body(*asked->service, device, wish.date);
  if (schedules) asked->what = std::string(service);
  if (schedules) write(Seen::Kind::Scheduled, {self_, device, asked->id.counter}, 'R', "", to_iso8601(*wish.date, 6));
  asked->document = sign(request_document(asked->id, asked->variant, *asked->service, body), wish.forged);
  if (wish.again) {
    auto repeat = std::make_shared<Asked>(*asked);
    repeat->repeat = true;
    simulation_.at(simulation_.now() + *wish.again, machine_, [this, repeat] { post(repeat); });
  }
  ++open_;
  post(asked);
}

void SimUser::post(const Shared& asked) {
  ++asked->attempts;
  net::HttpCall call;
  call.url =
      fmt::format("http://platform/api/v1/service{}", static_cast<char>(asked->service->web_service(asked->variant)));
  call.headers["content-type"] = "application/xml";
  call.body = asked->document;
  call.timeout = kPatience;
  write(Seen::Kind::Sent, asked->id, asked->leg, "", asked->what);
  network_->call(std::move(call), [this, asked](const Result<net::HttpResponse>& answer) { told(asked, answer); });
}

void SimUser::again(const Shared& asked) {
  auto pause = kFirstPause * (1 << std::min(asked->attempts, 6u));
  pause = std::min<std::chrono::milliseconds>(pause, kLongestPause);
  simulation_.at(simulation_.now() + pause, machine_, [this, asked] { post(asked); });
}

void SimUser::told(const Shared& asked, const Result<net::HttpResponse>& answer) {
  if (!answer || answer->status != 200) {
    write(Seen::Kind::Told, asked->id, asked->leg, answer ? std::to_string(answer->status) : "nothing");
    if (asked->repeat) return;
    // 503 and silence mean "come back"; anything else is meant.
    if (!answer || answer->status == 503) return again(asked);
    --open_;
    return;
  }
  const auto response = is_authentic(answer->body) ? duis::read_response(answer->body)
                                                   : Result<duis::Response, duis::Problem>(duis::Response{});
  if (!response || response->code.empty()) {
    write(Seen::Kind::Told, asked->id, asked->leg, "forged");
    return asked->repeat ? void() : again(asked);
  }
  const auto payload = response->gbcs_payload();
  const bool to_sign = asked->variant == CommandVariant::Transform && response->code == "I0" && payload;
  write(Seen::Kind::Told, asked->id, asked->leg, response->code, to_sign ? "pre-command" : "final");
  if (asked->repeat) return;
  if (to_sign) return sign_precommand(asked, *payload);
  --open_;
}

void SimUser::sign_precommand(const Shared& asked, ByteView payload) {
  auto message = gbcs::read_message(payload);
  if (!message || !gbcs::sign(*message, world_.key(self_, pki::KeyUse::DigitalSignature))) {
    --open_;
    return;
  }
  asked->variant = CommandVariant::SendSigned;
  asked->leg = 'S';
  asked->attempts = 0;
  asked->document = sign(request_document(asked->id, asked->variant, *asked->service,
                                          signed_precommand_body(gbcs::write_message(*message))));
  post(asked);
}

void SimUser::take(const net::HttpRequest& request, const Internet::Reply& reply) {
  if (mood == Mood::Dead) return;  // and the caller waits
  if (mood == Mood::Failing) return reply({500, {}, ""});
  const auto response = is_authentic(request.body) ? duis::read_response(request.body)
                                                   : Result<duis::Response, duis::Problem>(duis::Response{});
  if (!response || (response->code.empty() && !response->is_alert())) return reply({400, {}, ""});
  if (reads) reads(request.body);
  const auto id = response->request_id ? *response->request_id : response->response_id.value_or(RequestId{});
  auto code = response->is_alert() ? std::string("alert") : response->code;
  auto content = outcome_digest(request.body);
  if (const auto loss = loss_of_supply(response->body)) {
    code = "AD1";
    content = *loss + ":" + content;
  } else if (const auto payload = response->is_alert() ? response->gbcs_payload() : std::nullopt) {
    const auto raised = time_of_alert(*payload).value_or(UtcTime());
    content = std::to_string(raised.time_since_epoch().count()) + ":" + content;
    if (const auto count = response->body.text_at("ThrottledAlertCount"); !count.empty())
      content += ":" + std::string(response->body.text_at("ThrottledAlertSequenceId")) + ":" + std::string(count);
  }
  const auto kind = !response->is_alert() && is_run(id) ? Seen::Kind::Run : Seen::Kind::Received;
  write(kind, id, 'R', std::move(code), std::move(content));
  if (mood == Mood::Slow) {
    // Taken, but said so late that the platform has given up waiting, or nearly.
    simulation_.at(simulation_.now() + simulation_.between(std::chrono::seconds(3), std::chrono::seconds(12)), machine_,
                   [reply] {
                     reply({204, {}, ""});
                   });
    return;
  }
  reply({204, {}, ""});
}

}  // namespace meterway::lab
