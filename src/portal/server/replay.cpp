#include "portal/server/replay.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/net/url.h"
#include "base/util/hex.h"
#include "portal/server/ask.h"
#include "records/permission/permission.h"
#include "records/registry/users_of_party.h"
#include "records/store/event_log.h"
#include "standard/gbcs/document.h"
#include "standard/gbcs/known_commands.h"

/// POST /api/v1/trace/<key>/replay: the same command once more, carried out by a copy of the emulated device.
namespace meterway::portal {
namespace {

using nlohmann::json;

bool is_leaf(const json& value) { return !value.is_object() && !value.is_array(); }

/// Members of both; of arrays their places.
void compare(const json& original, const json& replayed, const std::string& path, json& out) {
  if (original == replayed) return;
  if (is_leaf(original) || is_leaf(replayed) || original.type() != replayed.type()) {
    out.push_back({{"path", path}, {"original", original}, {"replayed", replayed}});
    return;
  }
  if (original.is_array()) {
    const auto size = std::max(original.size(), replayed.size());
    for (std::size_t i = 0; i < size; ++i)
      compare(i < original.size() ? original[i] : json(), i < replayed.size() ? replayed[i] : json(),
              path + "[" + std::to_string(i) + "]", out);
    return;
  }
  auto names = original;
  names.update(replayed);
  for (const auto& [name, value] : names.items())
    compare(original.value(name, json()), replayed.value(name, json()), path.empty() ? name : path + "." + name, out);
}

/// The command that went to the device, and what came back of it.
struct Sent {
  Bytes command, answer;
  gbcs::KnownCommands known;
};
Result<Sent> sent_of(const store::ReadView& view, const std::string& key) {
  Sent out;
  METERWAY_TRY(const auto events, store::events_of(view, key));
  for (const auto& event : events) {
    const auto message = gbcs::read_message(event.bytes);
    if (!message) continue;
    out.known.add(*message);
    const bool is_command = message->header.kind == gbcs::Kind::Command;
    if (is_command && message->mac) out.command = event.bytes;
    if (message->header.kind == gbcs::Kind::Response) out.answer = event.bytes;
  }
  return out;
}

/// Whether the command is of one that he reads of: everybody's, or his own party's Users'.
Result<bool> is_his(const store::ReadView& view, const Ask& ask, Eui64 originator) {
  if (permission::may_all(ask.person, ask.route.function)) return true;
  METERWAY_TRY(const auto users, registry::users_of_party(view, ask.person.party));
  return std::find(users.begin(), users.end(), originator) != users.end();
}

json read_json(ByteView message, const gbcs::KnownCommands& known) {
  const auto parsed = gbcs::read_message(message);
  if (!parsed) return nullptr;
  const auto text = gbcs::to_json(message, {nullptr, known.answered_by(parsed->header)});
  return text ? json::parse(*text, nullptr, false) : json();
}

json side(const json& hex, const gbcs::KnownCommands& known) {
  if (!hex.is_string()) return nullptr;
  const auto bytes = from_hex(hex.get<std::string>());
  return {{"bytes", hex}, {"message", bytes ? read_json(*bytes, known) : json()}};
}

}  // namespace

json differences(const json& original, const json& replayed) {
  json out = json::array();
  compare(original, replayed, "", out);
  return out;
}

net::HttpResponse replay_request(const Ask& ask, const Portal& portal) {
  const auto id = RequestId::parse(net::percent_decoded(ask.part("request")));
  if (!id) return not_found("a request of this name");
  Sent sent;
  bool his = false;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(his, is_his(view, ask, id->originator));
    if (!his) return {};
    METERWAY_TRY(sent, sent_of(view, id->text()));
    return {};
  });
  if (!read) return failed(read.error());
  if (!his) return not_found("a request of this name");
  if (!portal.replay)
    return problem(503, "not_configured", "no emulated homes are at hand here",
                   "this is no test node, or its setting test.estate is not set");
  if (sent.command.empty())
    return problem(409, "nothing_sent", "no command of this request has gone to a device", id->text());
  const auto told = portal.replay(sent.command);
  if (!told) return problem(503, "no_estate", "the emulated homes do not answer", describe(told.error()));
  const auto answer = json::parse(*told, nullptr, false);
  if (!answer.is_object() || answer.contains("error"))
    return problem(409, "not_replayed", "the emulated homes cannot replay it",
                   answer.is_object() ? answer["error"].get<std::string>() : *told);
  const auto original = sent.answer.empty() ? json() : side(to_hex(sent.answer), sent.known);
  const auto replayed = side(answer["response"], sent.known);
  const auto both = !original.is_null() && !replayed.is_null();
  json out = {{"request_id", id->text()},
              {"command", to_hex(sent.command)},
              {"original", original},
              {"replayed", replayed},
              {"alerts", answer["alerts"]},
              {"refusal", answer.value("refusal", json())},
              {"differences", both ? differences(original["message"], replayed["message"]) : json::array()},
              {"note", "a copy of the emulated device as it is now carried it out; nothing of the device changed"}};
  out["same"] = both && out["differences"].empty();
  return json_answer(200, dumped(out));
}

}  // namespace meterway::portal
