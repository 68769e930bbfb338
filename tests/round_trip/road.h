#pragma once
#include <fstream>
#include <map>

#include "flow/cos/desk.h"
#include "lab/documents.h"
#include "standard/duis/response.h"
#include "standard/duis/sample_body.h"
#include "standard/duis/signature.h"
#include "standard/gbcs/document.h"
#include "standard/gbcs/known_commands.h"
#include "standard/gbcs/protect.h"
#include "tests/round_trip/facts.h"
#include "tests/round_trip/node.h"
#include "tests/round_trip/words.h"

namespace meterway::round_trip {

inline UtcTime first_moment() { return *from_iso8601("2026-06-01T09:00:00Z"); }

/// What came of one exchange: the code that ended it, and all that was told.
struct Ending {
  std::string code;
  Lines told;
  std::string why;  ///< what went wrong on the way; "" when nothing did
};

/// Users, platform and homes on one clock that only the trips move.
class Road {
 public:
  explicit Road(const std::vector<Place>& places, std::filesystem::path answers = {})
      : answers_(std::move(answers)),
        town_(places, first_moment()),
        platform_(std::make_unique<Platform>(simulation_, internet_, town_, places)),
        estate_(std::make_unique<Estate>(simulation_, internet_, town_, platform_->link_port())),
        machine_(simulation_, "users"),
        network_(internet_.join(machine_)) {
    for (const auto& user : Town::users()) {
      internet_.serve(user.eui.plain(), machine_, [this](net::HttpRequest request, const auto& reply) {
        keep("push", request.body);
        pushed_.push_back(std::move(request.body));
        reply(net::HttpResponse{204, {}, ""});
      });
    }
    EXPECT_TRUE(wait_until([&] { return estate_->connected(); }, 60));
  }

  ~Road() {
    network_->stop();
    estate_.reset();
    platform_.reset();
    simulation_.drop();  // while there still is the internet that its events are about
  }
  Road(const Road&) = delete;
  Road& operator=(const Road&) = delete;

  /// Goes the way of one command variant; `name` is of the answers' files.
  Ending go(const Trip& trip, CommandVariant way, const Place& place) {
    here_ = trip.name + "_cv" + std::to_string(static_cast<int>(way));
    const auto user = user_of(trip.user);
    const auto& service = *trip.service;
    const RequestId id{user, service.non_device ? kBroker : place.eui(trip.device), next_counter(service)};
    const bool critical = service.critical && !service.non_device;
    const auto first = critical ? CommandVariant::Transform : way;
    const auto body = body_of(trip, place, id);
    auto answer = post(id, first, service, body);
    if (critical && answer && answer->code == "I0" && answer->gbcs_payload()) {
      auto message = gbcs::read_message(*answer->gbcs_payload());
      const auto* key = town_.keys().private_key(user, pki::KeyUse::DigitalSignature);
      if (!message || !gbcs::sign(*message, *key)) return {"", {}, "the pre-command cannot be signed"};
      answer = post(id, way, service, lab::signed_precommand_body(gbcs::write_message(*message)));
    }
    if (!answer) return {"", {}, "no answer"};
    const bool local = way == CommandVariant::LocalCommand || way == CommandVariant::LocalSigned;
    const bool both = is_local(way) && !local;
    if (way == CommandVariant::NonDevice || (answer->code != "I0" && answer->code != "I99")) return ended(*answer, {});
    if (!local && !both)
      return answer->code == "I99" ? pushed(id, trip.date) : ended(*answer, "accepted with " + answer->code);
    const auto command = answer->gbcs_payload();
    if (answer->code != "I0" || !command) return ended(*answer, "no local command");
    if (local) return by_hand(id, place.hub_of(trip.device), *command, trip.answer == "-");
    const auto original = gbcs::read_message(*command);
    if (!original) return {"", {}, "the local command cannot be read"};
    const RequestId header{original->header.originator, original->header.target, original->header.counter};
    auto out = pushed(id, trip.date);
    // The copy for local delivery is the same command: the device does it once. To a token that it knows it says so.
    estate_->hand_over(place.hub_of(trip.device), id.target, *command);
    if (wait_until([&] { return estate_->caught().has_value(); }, 5)) {
      const auto said = lines_of_message(*estate_->caught());
      const bool no =
          service.variant == "2.2" && (holds("result=hardware-fault", said) || holds("result=rejected*", said));
      if (!no) out.why = "the device took the copy as well";
      estate_->let_go();
      return out;
    }
    if (out.why.empty() && estate_->refusal_of(header).empty()) out.why = "the copy did not reach the device";
    estate_->let_go();
    return out;
  }

  /// Lets that time pass, and what comes of it come.
  void pass(std::chrono::seconds time) {
    simulation_.run_until(simulation_.now() + time, [] {});
  }
  bool raise(const Place& place, std::string_view device, std::uint16_t alert) {
    const bool raised = estate_->raise(place.hub_of(device), place.eui(device), alert);
    pass(std::chrono::seconds(5));
    return raised;
  }
  Lines memory(const Place& place, std::string_view device) {
    Lines out;
    add_lines(estate_->memory(place.hub_of(device), place.eui(device)), "", out);
    return out;
  }
  /// What the DCC's record says of the request whose answer a User has, or had, in his hand.
  Lines record_of_held() const {
    Lines out;
    (void)platform_->context().store.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(const auto record, registry::find_request(view, held_.first, registry::Leg::Request));
      if (record) out = {"service=" + record->service, "outcome=" + record->outcome};
      return {};
    });
    return out;
  }
  std::string say_here(const std::string& text, const Place& place) {
    return say(text, {town_, place, {}, simulation_.now(), [this](const auto& name) { return last(name); }, held_});
  }
  Platform& platform() { return *platform_; }
  /// What was pushed since the last request, all of it.
  Lines pushed_so_far() const {
    Lines out;
    for (const auto& document : pushed_) {
      const auto response = duis::read_response(document);
      if (!response) continue;
      for (auto& line : lines_of(*response)) out.push_back(std::move(line));
    }
    return out;
  }
  std::size_t answers() const { return kept_; }
  UtcTime now() const { return simulation_.now(); }

 private:
  bool wait_until(const std::function<bool()>& done, int seconds) {
    const auto end = simulation_.now() + std::chrono::seconds(seconds);
    while (!done() && simulation_.now() < end)
      simulation_.run_until(simulation_.now() + std::chrono::milliseconds(20), [] {});
    return done();
  }

  /// A token's counter has a low word of zero; the others are the milliseconds, and always greater.
  OriginatorCounter next_counter(const duis::Service& service) {
    pass(std::chrono::seconds(service.variant == "2.2" ? 2 : 0));
    const auto since = simulation_.now().time_since_epoch();
    if (service.variant == "2.2")
      return {static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(since).count()) << 32};
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
    counter_ = std::max(counter_ + 1, static_cast<std::uint64_t>(millis));
    return {counter_};
  }

  std::string body_of(const Trip& trip, const Place& place, const RequestId& id) {
    const Speaker who{town_, place, id, simulation_.now(), [this](const auto& name) { return last(name); }, held_};
    const std::string name(trip.service->body_element);
    std::string date;
    if (trip.date.starts_with("never"))
      date = "3000-12-31T00:00:00Z";
    else if (!trip.date.empty() && !trip.date.starts_with("wait"))
      date = say("$in(" + trip.date + ")", who);
    if (trip.body.size() == 1 && trip.body[0].starts_with("@")) {
      const auto file = std::filesystem::path(METERWAY_SOURCE_DIR) / "tests/round_trip/bodies" / trip.body[0].substr(1);
      const auto text = read_text_file(file);
      EXPECT_TRUE(text) << file;
      if (!date.empty()) date = "<sr:ExecutionDateTime>" + date + "</sr:ExecutionDateTime>";
      return text ? "<sr:" + name + ">" + date + say(*text, who) + "</sr:" + name + ">" : std::string();
    }
    duis::BodyValues values;
    if (!date.empty()) values.emplace_back("ExecutionDateTime", date);
    for (const auto& one : trip.body) {
      const auto equals = one.find('=');
      values.emplace_back(one.substr(0, equals), equals == std::string::npos ? "" : say(one.substr(equals + 1), who));
    }
    const auto target = trip.device == "DCC" ? place.eui("ESME") : place.eui(trip.device);
    const bool gas = trip.device == "GSME" || trip.device == "GPF";
    return duis::sample_body(*trip.service, std::move(values), {simulation_.now(), target, gas});
  }

  std::optional<duis::Response> post(const RequestId& id, CommandVariant cv, const duis::Service& service,
                                     const std::string& body) {
    const auto& own = town_.signer_of(id.originator);
    net::HttpCall call;
    call.url = std::string("http://platform/api/v1/service") + static_cast<char>(service.web_service(cv));
    call.headers["content-type"] = "application/xml";
    call.body = duis::sign_document(lab::request_document(id, cv, service, body), *own.private_key,
                                    {own.certificate.issuer, own.certificate.serial.decimal()})
                    .value_or("");
    pushed_.clear();
    std::optional<Result<net::HttpResponse>> answer;
    network_->call(std::move(call), [&](Result<net::HttpResponse> came) { answer = std::move(came); });
    wait_until([&] { return answer.has_value(); }, 20);
    if (!answer || !*answer) return std::nullopt;
    if ((*answer)->status != 200) {
      duis::Response none;
      none.code = "HTTP " + std::to_string((*answer)->status) + " " + (*answer)->body + "\n" + body;
      return none;
    }
    keep("answer", (*answer)->body);
    const auto response = duis::read_response((*answer)->body);
    return response ? std::optional(*response) : std::nullopt;
  }

  /// The answer that comes to the User's address by and by.
  Ending pushed(const RequestId& id, const std::string& date) {
    const auto patience = 90 + static_cast<int>(std::strtol(date.c_str(), nullptr, 10));
    if (!wait_until([&] { return sign_for_cos(id), find_push(id).has_value(); }, patience))
      return {"", {}, "nothing was pushed"};
    const auto push = *find_push(id);
    return ended(push, push.code == "E21" ? estate_->refusal_of_latest() : std::string());
  }
  /// The one that waits for the transitional change of supplier party is signed by it.
  void sign_for_cos(const RequestId& id) {
    if (signed_for_cos_ == id) return;
    const auto waiting = cos_command(id);
    if (!waiting) return;
    auto message = gbcs::read_message(*waiting);
    const auto* key = town_.keys().private_key(kCos, pki::KeyUse::DigitalSignature);
    if (!message || !gbcs::sign(*message, *key)) return;
    EXPECT_TRUE(flow::cos::take_signed(id, gbcs::write_message(*message), platform_->context()));
    platform_->pipeline().look(id.target);
    signed_for_cos_ = id;
  }
  static bool may_ask(Eui64 user, const duis::Service& service) {
    for (const auto& one : Town::users()) {
      if (one.eui != user) continue;
      return std::any_of(one.roles.begin(), one.roles.end(), [&](UserRole role) { return service.eligible(role); });
    }
    return false;
  }
  std::optional<Bytes> cos_command(const RequestId& id) const {
    std::optional<Bytes> out;
    (void)platform_->context().store.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(const auto record, registry::find_request(view, id, registry::Leg::Request));
      if (record && record->service == "6.23") out = record->message;
      return {};
    });
    return out;
  }

  std::optional<duis::Response> find_push(const RequestId& id) const {
    for (const auto& document : pushed_) {
      auto response = duis::read_response(document);
      if (response && response->request_id == id && !response->is_alert()) return *response;
    }
    return std::nullopt;
  }

  /// The command is carried to the device, and its answer brought back by 8.13.
  Ending by_hand(const RequestId& id, Eui64 hub, const Bytes& command, bool keep_it) {
    if (const auto message = gbcs::read_message(command)) commands_.add(*message);
    estate_->hand_over(hub, id.target, command);
    const bool came = wait_until([&] { return estate_->caught().has_value(); }, 10);
    const auto response = estate_->caught();
    estate_->let_go();
    if (!came) return {"", {}, "the device said nothing to the local command: " + estate_->refusal_of(id)};
    held_ = {id, *response};
    const auto& service = *duis::find_service("8.13");
    Ending out{"I0", lines_of_message(*response), ""};
    // Who may not ask for 8.13 (spec/services.tsv) has nobody to bring it to; the device has done it all the same.
    if (keep_it || !may_ask(id.originator, service)) {
      if (keep_it) out.code = "-";
      note(out.told);
      return out;
    }
    const auto body = "<sr:ReturnLocalCommandResponse><sr:OriginalRequestID>" + id.text() +
                      "</sr:OriginalRequestID><sr:DeviceGBCSResponse>" + to_base64(*response) +
                      "</sr:DeviceGBCSResponse></sr:ReturnLocalCommandResponse>";
    const auto back = post({id.originator, kBroker, next_counter(service)}, CommandVariant::NonDevice, service, body);
    if (!back) return {"", {}, "no answer to 8.13"};
    if (back->code != "I0" && back->code != "I99") out.why = "8.13 was answered with " + back->code;
    note(out.told);
    return out;
  }

  Ending ended(const duis::Response& response, std::string why) {
    Ending out{response.code, lines_of(response), std::move(why)};
    note(out.told);
    return out;
  }
  Lines lines_of(const duis::Response& response) const {
    Lines out;
    add_lines(response.body, "", out);
    if (const auto payload = response.gbcs_payload()) {
      for (auto& line : lines_of_message(*payload)) out.push_back(std::move(line));
    }
    return out;
  }
  Lines lines_of_message(const Bytes& bytes) const {
    const auto message = gbcs::read_message(bytes);
    if (!message) return {"unreadable="};
    gbcs::KnownCommands known = commands_;
    for (const auto& one : estate_->commands()) {
      if (const auto command = gbcs::read_message(one)) known.add(*command);
    }
    const auto text = gbcs::to_text(bytes, {&town_.keys(), known.answered_by(message->header)});
    return text ? lines_of_text(*text) : Lines{"undecoded="};
  }
  void note(const Lines& told) { last_ = told; }
  std::string last(const std::string& name) const {
    for (const auto& line : last_) {
      const auto equals = line.find('=');
      if (std::string_view(line).substr(0, equals).ends_with("/" + name) || line.substr(0, equals) == name)
        return line.substr(equals + 1);
    }
    return {};
  }
  void keep(const std::string& what, const std::string& document) {
    ++kept_;
    if (answers_.empty()) return;
    auto name = std::to_string(100000 + kept_) + "_" + here_ + "_" + what + ".xml";
    std::replace(name.begin(), name.end(), '/', '-');
    std::ofstream(answers_ / name, std::ios::binary) << document;
  }

  const std::filesystem::path answers_;
  lab::Simulation simulation_{4, first_moment()};
  lab::Internet internet_{simulation_};
  Town town_;
  std::unique_ptr<Platform> platform_;
  std::unique_ptr<Estate> estate_;
  lab::Machine machine_;
  std::unique_ptr<net::Network> network_;
  std::vector<std::string> pushed_;
  gbcs::KnownCommands commands_;
  std::optional<RequestId> signed_for_cos_;
  Lines last_;
  std::pair<RequestId, Bytes> held_;  ///< the latest response that a User has in his hand, and to what
  std::string here_ = "start";
  std::size_t kept_ = 0;
  std::uint64_t counter_ = 0;
};

}  // namespace meterway::round_trip
