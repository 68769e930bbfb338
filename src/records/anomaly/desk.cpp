#include "records/anomaly/desk.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/crypto/digest.h"
#include "base/util/base64.h"
#include "base/util/hex.h"
#include "records/anomaly/roles.h"
#include "records/permission/permission.h"
#include "records/permission/verified.h"
#include "records/registry/octets.h"
#include "records/registry/party.h"
#include "records/registry/same_person.h"

namespace meterway::anomaly {
namespace {

using nlohmann::json;
using registry::bytes_of;
using registry::Person;

constexpr std::size_t kMostReasonBytes = 500;
constexpr const char* kDecide = "quarantine.decide";
constexpr std::string_view kActions = "actions";

Result<registry::User, Problem> user_of(const store::ReadView& view, Eui64 eui) {
  const auto user = registry::find_user(view, eui);
  if (!user) return refuse(user.error());
  if (!*user) return refuse(Reason::BadFile, eui.dashed_upper() + " is no User");
  return **user;
}

std::string optional_text(const std::optional<std::uint32_t>& value) { return value ? std::to_string(*value) : ""; }

json to_json(const Level& level, UtcTime received, std::string_view channel, std::string_view by) {
  return {{"user", level.scope.user ? level.scope.user->dashed_upper() : std::string("ALL")},
          {"service", level.scope.service},
          {"source", level.source == Source::User ? "USER" : "DCC"},
          {"warning", optional_text(level.warning)},
          {"quarantine", optional_text(level.quarantine)},
          {"period_hours", level.period_hours},
          {"effective_from", to_iso8601(level.from)},
          {"reference", level.reference},
          {"received", to_iso8601(received)},
          {"channel", channel},
          {"by", by}};
}

json to_json(const Limit& limit, UtcTime received, std::string_view by) {
  return {{"user", limit.scope.user ? limit.scope.user->dashed_upper() : std::string("ALL")},
          {"service", limit.scope.service},
          {"source", "ATTRIBUTE"},
          {"attribute", limit.attribute},
          {"minimum", limit.minimum ? write_decimal(*limit.minimum) : ""},
          {"maximum", limit.maximum ? write_decimal(*limit.maximum) : ""},
          {"effective_from", to_iso8601(limit.from)},
          {"reference", limit.reference},
          {"received", to_iso8601(received)},
          {"channel", "operator"},
          {"by", by}};
}

Result<void, Problem> stored(const Status& status) {
  if (status) return {};
  return refuse(status.error());
}

bool same_thing(const Level& a, const Level& b) { return a.scope == b.scope && a.source == b.source; }
bool same_thing(const Limit& a, const Limit& b) { return a.scope == b.scope && a.attribute == b.attribute; }

bool may_hand_in(const Person& caller, What what, Channel channel, std::string_view party) {
  return channel == Channel::Api ? may(caller, what, party) : may_bring(caller, what);
}

/// Rows of a file as they take effect: none before it came. Of several of one thing whose dates have passed by then the
/// latest date decides, wherever it stands in the file.
template <class One>
std::vector<One> effective(const std::vector<One>& rows, UtcTime now) {
  std::vector<One> out;
  for (const auto& one : rows) {
    const bool passed = std::any_of(rows.begin(), rows.end(), [&](const One& other) {
      return same_thing(one, other) && other.from > one.from && other.from <= now;
    });
    if (passed) continue;
    out.push_back(one);
    out.back().from = std::max(one.from, now);
  }
  return out;
}

Problem no_item(std::uint64_t number) { return {Reason::NoItem, "quarantined request " + std::to_string(number)}; }

/// Held still, and not yet due to expire: an item that may be decided on.
Result<Item, Problem> open_item(const store::ReadView& view, std::uint64_t number, UtcTime now) {
  const auto item = find_item(view, number);
  if (!item) return refuse(item.error());
  if (!*item) return Unexpected<Problem>{no_item(number)};
  if ((*item)->state != State::Held)
    return refuse(Reason::Decided, std::to_string(number) + " is " + std::string(to_string((*item)->state)));
  if (now >= (*item)->expires_at) return refuse(Reason::Decided, std::to_string(number) + " is expired");
  return **item;
}

void conclude(Item& item, bool release, UtcTime now, std::vector<std::string> by, std::string_view reason,
              std::string_view reference) {
  item.state = release ? State::Released : State::Deleted;
  item.decided_at = now;
  item.decided_by = std::move(by);
  item.reason = reason.substr(0, kMostReasonBytes);
  item.reference = reference;
}

std::string receipt_text(const std::string& reference, const Signer& signer, std::string_view kind, Channel channel,
                         std::string_view file, UtcTime now, UtcTime effect, std::size_t rows) {
  return std::string("reference,user_id,kind,channel,sha256,received_at,takes_effect,rows,signer\r\n") + reference +
         "," + signer.user.dashed_upper() + "," + std::string(kind) + "," + std::string(to_string(channel)) + "," +
         to_hex(crypto::sha256(bytes_of(file))) + "," + to_iso8601(now) + "," + to_iso8601(effect) + "," +
         std::to_string(rows) + "," + signer.person.id + "\r\n";
}

}  // namespace

std::string_view to_string(Channel channel) { return channel == Channel::Api ? "api" : "back-up"; }

std::uint32_t Desk::usual_hours() const {
  const auto rule = around_.rules.on("anomaly.window", calendar::date_of(around_.clock.now()));
  const auto hours = rule ? rule->integer() : Result<std::int64_t>(std::int64_t{24});
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(hours.value_or(24), 1, 31 * 24));
}

Result<void, Problem> Desk::write(const Person& caller, std::string_view what, std::string_view about,
                                  const Work& work) {
  std::optional<Problem> problem;
  const auto now = around_.clock.now();
  const auto line = [&](std::string outcome, std::string detail) {
    return AuditLine{0, now, caller.id, std::string(what), std::string(about), std::move(outcome), std::move(detail)};
  };
  const auto done = around_.store.write([&](store::WriteView& view) -> Status {
    problem.reset();
    if (auto worked = work(view); !worked) {
      problem = worked.error();
      return fail(ErrorCode::Refused, 0, "anomaly detection");
    }
    return append_audit(view, line("done", {}));
  });
  if (done) return {};
  if (!problem) return refuse(done.error());
  const auto noted = around_.store.write([&](store::WriteView& view) {
    return append_audit(view, line("refused", std::string(name(problem->why)) + ": " + problem->detail));
  });
  if (!noted) return refuse(noted.error());
  return Unexpected<Problem>{*problem};
}

/// A file that could not be read has its line, too.
Unexpected<Problem> Desk::refused(const Person& caller, std::string_view kind, const Problem& why) {
  auto done = write(caller, std::string(kind) + ".submit", kind,
                    [&](store::WriteView&) -> Result<void, Problem> { return Unexpected<Problem>{why}; });
  return Unexpected<Problem>{done ? why : done.error()};
}

Result<std::string> Desk::sign(std::string_view file) const {
  if (!around_.dcc.private_key) return fail(ErrorCode::UnknownKey, 0, "signing key of the DCC");
  METERWAY_TRY(const auto signature,
               pki::sign_detached(bytes_of(file), around_.dcc.certificate, *around_.dcc.private_key));
  return to_base64(signature);
}

Result<Receipt, Problem> Desk::submit(
    const Person& caller, Channel channel, std::string_view kind, std::string_view file, ByteView signature,
    const std::string& reference,
    const std::function<Result<UtcTime, Problem>(store::WriteView&, const Signer&)>& apply, std::size_t rows) {
  Receipt receipt;
  const auto about = std::string(kind) + " " + reference + " (" + std::string(to_string(channel)) + ")";
  const auto done =
      write(caller, std::string(kind) + ".submit", about, [&](store::WriteView& view) -> Result<void, Problem> {
        const auto now = around_.clock.now();
        const auto which = kind == kActions ? What::SubmitActions : What::SubmitThresholds;
        METERWAY_TRY(const auto signer, check_signature(view, which, bytes_of(file), signature, now));
        METERWAY_TRY(const auto user, user_of(view, signer.user));
        // That he may hand in files at all was asked before: it is not his User that this signer signs for.
        if (!may_hand_in(caller, which, channel, user.name))
          return refuse(Reason::SignerOfAnother, signer.person.id + " signs for " + signer.user.dashed_upper());
        const auto before = find_submission(view, signer.user, reference);
        if (!before) return refuse(before.error());
        if (*before) return refuse(Reason::Replayed, reference + " was used before");
        METERWAY_TRY(const auto effect, apply(view, signer));
        receipt.reference = reference;
        receipt.kind = kind;
        receipt.text = receipt_text(reference, signer, kind, channel, file, now, effect, rows);
        auto signed_text = sign(receipt.text);
        if (!signed_text) return refuse(signed_text.error());
        receipt.signature = std::move(*signed_text);
        receipt.json = json{{"reference", reference},
                            {"kind", kind},
                            {"user", signer.user.dashed_upper()},
                            {"channel", to_string(channel)},
                            {"received", to_iso8601(now)},
                            {"takes_effect", to_iso8601(effect)},
                            {"signer", signer.person.id},
                            {"certificate", signer.serial.hex()},
                            {"handed_in_by", caller.id},
                            {"receipt", receipt.text},
                            {"receipt_signature", receipt.signature},
                            {"file", file},
                            {"file_signature", to_base64(signature)}}
                           .dump();
        return stored(put_submission(view, signer.user, reference, receipt.json));
      });
  METERWAY_CHECK(done);
  return receipt;
}

Result<Receipt, Problem> Desk::set_thresholds(const Person& caller, Channel channel, std::string_view file,
                                              ByteView signature) {
  if (!may_hand_in(caller, What::SubmitThresholds, channel, caller.party))
    return refused(caller, "thresholds", {Reason::WrongRole, "not for " + caller.id});
  auto read = read_thresholds(file, usual_hours());
  if (!read) return refused(caller, "thresholds", read.error());
  const auto apply = [&](store::WriteView& view, const Signer& signer) -> Result<UtcTime, Problem> {
    const auto now = around_.clock.now();
    if (read->user != signer.user)
      return refuse(Reason::SignerOfAnother, signer.person.id + " signs for " + signer.user.dashed_upper());
    METERWAY_TRY(const auto user, user_of(view, signer.user));
    for (const auto role : read->roles) {
      if (std::find(user.roles.begin(), user.roles.end(), role) == user.roles.end())
        return refuse(Reason::BadFile, "the User does not act as " + std::string(meterway::to_string(role)));
    }
    auto effect = UtcTime::max();
    for (const auto& level : effective(read->levels, now)) {
      effect = std::min(effect, level.from);
      METERWAY_CHECK(stored(put_level(view, level, now)));
      METERWAY_CHECK(stored(
          append_history(view, level.scope.user, to_json(level, now, to_string(channel), signer.person.id).dump())));
    }
    return effect;
  };
  return submit(caller, channel, "thresholds", file, signature, read->reference, apply, read->levels.size());
}

Result<Receipt, Problem> Desk::take_actions(const Person& caller, Channel channel, std::string_view file,
                                            ByteView signature) {
  if (!may_hand_in(caller, What::SubmitActions, channel, caller.party))
    return refused(caller, "actions", {Reason::WrongRole, "not for " + caller.id});
  auto read = read_actions(file);
  if (!read) return refused(caller, "actions", read.error());
  std::vector<Eui64> devices;
  const auto apply = [&](store::WriteView& view, const Signer& signer) -> Result<UtcTime, Problem> {
    devices.clear();
    const auto now = around_.clock.now();
    for (const auto& action : read->actions) {
      const auto known = find_item(view, action.number);
      if (!known) return refuse(known.error());
      // Another User's number is told as if there were none.
      if (*known && (*known)->user() != signer.user) return Unexpected<Problem>{no_item(action.number)};
      METERWAY_TRY(auto item, open_item(view, action.number, now));
      if (item.request != action.request)
        return refuse(Reason::BadFile, std::to_string(action.number) + " is request " + item.request.text());
      conclude(item, action.process, now, {signer.person.id}, action.reason, read->reference);
      METERWAY_CHECK(stored(put_item(view, item)));
      METERWAY_CHECK(stored(append_audit(view, {0, now, signer.person.id, kDecide,
                                                (action.process ? "release " : "delete ") + std::to_string(item.number),
                                                "done", "by file " + read->reference})));
      devices.push_back(item.request.target);
    }
    return now;
  };
  auto receipt = submit(caller, channel, kActions, file, signature, read->reference, apply, read->actions.size());
  if (receipt && around_.look) {
    for (const auto device : devices) around_.look(device);
  }
  return receipt;
}

Result<Receipt, Problem> Desk::receipt(const Person& caller, Eui64 user, std::string_view reference) const {
  std::optional<std::string> found;
  std::optional<registry::User> known;
  const auto read = around_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(found, find_submission(view, user, reference));
    METERWAY_TRY(known, registry::find_user(view, user));
    return {};
  });
  if (!read) return refuse(read.error());
  if (!may(caller, What::Look, known ? known->name : std::string())) return refuse(Reason::WrongRole, caller.id);
  const auto object = found ? json::parse(*found, nullptr, false) : json();
  if (!object.is_object()) return refuse(Reason::NoSubmission, std::string(reference));
  return Receipt{object.value("reference", ""), object.value("kind", ""), object.value("receipt", ""),
                 object.value("receipt_signature", ""), *found};
}

Result<std::size_t, Problem> Desk::set_dcc_thresholds(const Person& caller, std::string_view file) {
  const auto read = read_dcc_thresholds(file, usual_hours());
  const auto about = "DCC thresholds " + (read ? read->reference : std::string());
  const auto done = write(caller, "dcc.set", about, [&](store::WriteView& view) -> Result<void, Problem> {
    if (!permission::may_all(caller, "anomaly.dcc.set")) return refuse(Reason::WrongRole, caller.id);
    if (!read) return Unexpected<Problem>{read.error()};
    const auto now = around_.clock.now();
    for (const auto& level : effective(read->levels, now)) {
      METERWAY_CHECK(stored(put_level(view, level, now)));
      METERWAY_CHECK(stored(append_history(view, level.scope.user, to_json(level, now, "operator", caller.id).dump())));
    }
    return {};
  });
  METERWAY_CHECK(done);
  return read->levels.size();
}

Result<std::size_t, Problem> Desk::set_limits(const Person& caller, std::string_view file) {
  const auto read = read_limits(file);
  const auto about = "limits " + (read ? read->reference : std::string());
  const auto done = write(caller, "limits.set", about, [&](store::WriteView& view) -> Result<void, Problem> {
    if (!permission::may_all(caller, "anomaly.limits.set")) return refuse(Reason::WrongRole, caller.id);
    if (!read) return Unexpected<Problem>{read.error()};
    const auto now = around_.clock.now();
    for (const auto& limit : effective(read->limits, now)) {
      METERWAY_CHECK(stored(put_limit(view, limit, now)));
      METERWAY_CHECK(stored(append_history(view, limit.scope.user, to_json(limit, now, caller.id).dump())));
    }
    return {};
  });
  METERWAY_CHECK(done);
  return read->limits.size();
}

Result<Item, Problem> Desk::decide(const Person& caller, std::uint64_t number, bool release, std::string_view reason) {
  Item item;
  const std::string what = release ? "release" : "delete";
  const auto about = what + " " + std::to_string(number);
  const auto done = write(caller, kDecide, about, [&](store::WriteView& view) -> Result<void, Problem> {
    const auto now = around_.clock.now();
    const auto known = find_item(view, number);
    if (!known) return refuse(known.error());
    // Who may not look at it is told as if it did not exist.
    const auto user = *known ? user_of(view, (*known)->user()) : Result<registry::User, Problem>(registry::User{});
    METERWAY_CHECK(user);
    if (!may(caller, What::Look, user->name)) {
      if (!may(caller, What::Decide, caller.party)) return refuse(Reason::WrongRole, caller.id);
      return Unexpected<Problem>{no_item(number)};
    }
    if (*known && !may(caller, What::Decide, user->name)) return refuse(Reason::WrongRole, caller.id);
    METERWAY_TRY(item, open_item(view, number, now));
    if (item.asked == what) {
      auto first = registry::find_person(view, item.asked_by);
      if (!first) return refuse(first.error());
      if (caller.id == item.asked_by || (*first && registry::are_one_person(caller, **first)))
        return refuse(Reason::SamePerson, item.asked_by + " has asked for it already; another person must agree");
      // Who has lost the role since, or the certificate that stands behind it, has not asked.
      if (*first) METERWAY_CHECK(stored(permission::drop_unverified(view, around_.rules, now, **first)));
      if (*first && (*first)->active && may(**first, What::Decide, user->name)) {
        conclude(item, release, now, {item.asked_by, caller.id}, reason.empty() ? item.reason : reason, {});
        return stored(put_item(view, item));
      }
    }
    item.asked = what;
    item.asked_by = caller.id;
    item.reason = reason.substr(0, kMostReasonBytes);
    return stored(put_item(view, item));
  });
  METERWAY_CHECK(done);
  if (item.state != State::Held && around_.look) around_.look(item.request.target);
  return item;
}

Result<std::vector<Eui64>> Desk::visible(const Person& caller) const {
  std::vector<Eui64> out;
  METERWAY_CHECK(around_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto users, registry::all_users(view));
    for (const auto& user : users) {
      if (may(caller, What::Look, user.name)) out.push_back(user.eui);
    }
    return {};
  }));
  return out;
}

Result<std::vector<Item>, Problem> Desk::quarantine(const Person& caller, std::optional<Eui64> user,
                                                    std::optional<State> state, std::uint64_t after,
                                                    std::size_t limit) const {
  const auto own = visible(caller);
  if (!own) return refuse(own.error());
  if (own->empty() || (user && std::find(own->begin(), own->end(), *user) == own->end()))
    return refuse(Reason::WrongRole, caller.id);
  std::vector<Item> out;
  const auto read = around_.store.read([&](const store::ReadView& view) -> Status {
    for (const auto eui : user ? std::vector<Eui64>{*user} : *own) {
      METERWAY_TRY(auto some, items(view, eui, state, after, limit));
      out.insert(out.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    }
    return {};
  });
  if (!read) return refuse(read.error());
  std::sort(out.begin(), out.end(), [](const Item& a, const Item& b) { return a.number < b.number; });
  if (out.size() > limit) out.resize(limit);
  return out;
}

Result<void, Problem> Desk::set_authorities(const Person& caller, std::string_view pem) {
  return write(caller, "authorities.set", "file-signing authorities",
               [&](store::WriteView& view) -> Result<void, Problem> {
                 if (!permission::may_all(caller, "anomaly.authorities.set"))
                   return refuse(Reason::WrongRole, caller.id);
                 return put_authorities(view, pem);
               });
}

Result<void, Problem> Desk::revoke(const Person& caller, const pki::SmkiSerial& serial) {
  return write(caller, "signers.revoke", "certificate " + serial.hex(),
               [&](store::WriteView& view) -> Result<void, Problem> {
                 if (!permission::may_all(caller, "anomaly.signers.revoke"))
                   return refuse(Reason::WrongRole, caller.id);
                 return stored(revoke_signer(view, serial, around_.clock.now()));
               });
}

}  // namespace meterway::anomaly
