#include "oversight/devices/directions.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/crypto/keys.h"
#include "base/util/base64.h"
#include "base/util/hex.h"
#include "records/registry/lifecycle.h"
#include "records/registry/products.h"

namespace meterway::devices {
namespace {

constexpr std::string_view kFirstLine = "meterway direction 1";

ByteView bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

/// The next line without its end; none when there is none, or when it has no end.
std::optional<std::string_view> next_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::optional<std::string> value_of(std::string_view& text, std::string_view name) {
  const auto line = next_line(text);
  if (!line || !line->starts_with(name) || line->substr(name.size(), 2) != ": ") return std::nullopt;
  return std::string(line->substr(name.size() + 2));
}

Result<std::optional<Record>> find_direction(ledger::Change& change, const std::string& reference) {
  return change.find("signed_direction", reference);
}

/// What stands against carrying it out now, on these devices.
Reasons against(const Record& direction, const std::vector<std::string>& devices, UtcTime now) {
  Reasons out;
  const auto from = direction.instant("from"), until = direction.instant("until");  // as read_direction has read them
  if (!from || !until) return {direction.reference + " does not say when it is in force"};
  if (direction.state != "in_force") out.push_back(direction.reference + " is " + direction.state);
  if (direction.text("action") != "release") out.push_back(direction.reference + " does not allow a release");
  if (now < *from) out.push_back(direction.reference + " is in force from " + to_iso8601(*from, 0));
  if (now >= *until) out.push_back(direction.reference + " has expired at " + to_iso8601(*until, 0));
  const auto& document = direction.text("document");
  for (const auto& device : devices) {
    const auto eui = Eui64::parse(device);
    // Its lines were checked when it was taken: a device is named by a line of its own, in one form.
    if (!eui || document.find("\ndevice: " + eui->plain() + "\n") == std::string::npos)
      out.push_back(device + " is not in the scope of " + direction.reference);
  }
  return out;
}

Result<std::optional<Record>> blocked(ledger::Change& change, const std::string& device) {
  // By its device alone: a filter by state would read all that are blocked.
  METERWAY_TRY(auto all, change.select({"blocked_device", {{"device", device}}}));
  for (auto& one : all) {
    if (one.state == "blocked") return std::optional<Record>(std::move(one));
  }
  return std::optional<Record>();
}

/// The key of the authority that holds now and that the signature fits.
Result<std::optional<std::string>> key_that_fits(ledger::Change& change, const std::string& authority,
                                                 std::string_view document, const std::string& signature) {
  const auto raw = from_base64(signature);
  if (!raw || raw->size() != 64) return std::optional<std::string>();
  METERWAY_TRY(const auto keys, change.select({"authority_key", {{"authority", authority}}}));
  for (const auto& one : keys) {
    const auto until = one.instant("until");
    if (change.now() < *one.instant("from") || (until && change.now() >= *until)) continue;
    const auto spki = from_base64(one.text("key"));
    const auto key = spki ? crypto::PublicKey::from_spki(*spki) : fail(ErrorCode::BadKey);
    if (key && key->verify(bytes_of(document), *raw)) return std::optional<std::string>(one.reference);
  }
  return std::optional<std::string>();
}

}  // namespace

Result<DirectionText, std::string> read_direction_text(std::string_view text) {
  const auto wrong = [](std::string why) { return Unexpected<std::string>{std::move(why)}; };
  if (next_line(text) != kFirstLine) return wrong("line 1: expected \"" + std::string(kFirstLine) + "\"");
  DirectionText out;
  const auto authority = value_of(text, "authority");
  const auto number = authority ? value_of(text, "number") : std::nullopt;
  const auto action = number ? value_of(text, "action") : std::nullopt;
  const auto from = action ? value_of(text, "from") : std::nullopt;
  const auto until = from ? value_of(text, "until") : std::nullopt;
  if (!until) return wrong("lines 2 to 6: expected authority, number, action, from and until");
  if (authority->empty() || number->empty()) return wrong("lines 2 and 3: who directs, and its number");
  if (*action != "release") return wrong("line 4: the action is release");
  const auto begin = from_iso8601(*from), end = from_iso8601(*until);
  if (!begin || !end || *begin >= *end) return wrong("lines 5 and 6: from, and a later until");
  out.authority = *authority;
  out.number = *number;
  out.action = *action;
  out.from = *begin;
  out.until = *end;
  while (!text.empty()) {
    const auto place = "line " + std::to_string(out.scope.size() + 7);
    const auto device = value_of(text, "device");
    const auto eui = device && device->size() == 16 ? Eui64::parse(*device) : fail(ErrorCode::BadEui64);
    if (!eui || eui->plain() != *device) return wrong(place + ": expected a device, 16 digits");
    if (!out.scope.empty() && *eui <= out.scope.back()) return wrong(place + ": devices ascend, none twice");
    if (out.scope.size() == kMostInScope) return wrong(place + ": too many devices");
    out.scope.push_back(*eui);
  }
  if (out.scope.empty()) return wrong("line 7: expected a device");
  return out;
}

std::string write_direction_text(const DirectionText& direction) {
  std::string out = std::string(kFirstLine) + "\nauthority: " + direction.authority + "\nnumber: " + direction.number +
                    "\naction: " + direction.action + "\nfrom: " + to_iso8601(direction.from, 0) +
                    "\nuntil: " + to_iso8601(direction.until, 0) + "\n";
  for (const Eui64 device : direction.scope) out += "device: " + device.plain() + "\n";
  return out;
}

Result<Reasons> device_can_be_blocked(ledger::Change& change, const Record&, const Record& after) {
  Reasons out;
  const auto eui = Eui64::parse(after.text("device"));
  if (!eui || eui->plain() != after.text("device")) {
    out.push_back("device: expected an EUI-64 of 16 lower-case digits");
    return out;
  }
  METERWAY_TRY(const auto already, blocked(change, after.text("device")));
  if (already) out.push_back(already->reference + " holds it already");
  return out;
}

Status block_device(ledger::Change& change, const Record&, Record& after) {
  after.set("since", to_iso8601(change.now(), 0));
  METERWAY_TRY(const auto eui, Eui64::parse(after.text("device")));
  METERWAY_CHECK(registry::block(change.registry(), eui, after.reference));
  METERWAY_TRY(auto device, registry::find_device(change.registry(), eui));
  if (!device) return {};  // when it comes it is blocked
  after.set("was", std::string(registry::to_string(device->state)));
  METERWAY_TRY(const bool changed,
               registry::apply_listing(change.registry(), *device, change.now(), change.actor().id));
  (void)changed;
  return {};
}

Result<Reasons> release_is_directed(ledger::Change& change, const Record& before, const Record& after) {
  METERWAY_TRY(const auto direction, find_direction(change, after.text("direction")));
  if (!direction) return Reasons{"direction: there is no " + after.text("direction")};
  return against(*direction, {before.text("device")}, change.now());
}

Status release_device(ledger::Change& change, const Record& before, Record& after) {
  after.set("released_at", to_iso8601(change.now(), 0));
  METERWAY_TRY(const auto eui, Eui64::parse(before.text("device")));
  METERWAY_CHECK(registry::unblock(change.registry(), eui));
  METERWAY_TRY(auto device, registry::find_device(change.registry(), eui));
  if (!device) return {};
  // Back to what it was, unless the list stands against it or it has left use.
  METERWAY_TRY(const bool changed,
               registry::apply_listing(change.registry(), *device, change.now(), change.actor().id));
  (void)changed;
  return {};
}

Result<Reasons> authority_key_can_be(ledger::Change&, const Record&, const Record& after) {
  Reasons out;
  const auto spki = from_base64(after.text("key"));
  if (!spki || !crypto::PublicKey::from_spki(*spki)) out.push_back("key: expected a public key on P-256, base64");
  const auto until = after.instant("until");
  if (until && *until <= *after.instant("from")) out.push_back("until: before it begins");
  return out;
}

Result<Reasons> direction_is_signed(ledger::Change& change, const Record&, const Record& after) {
  const auto& document = after.text("document");
  const auto text = read_direction_text(document);
  if (!text) return Reasons{"document: " + text.error()};
  METERWAY_TRY(const auto key, key_that_fits(change, text->authority, document, after.text("signature")));
  if (!key) return Reasons{"signature: fits no key that is trusted for " + text->authority};
  if (change.now() >= text->until) return Reasons{"document: expired at " + to_iso8601(text->until, 0)};
  METERWAY_TRY(const auto there,
               change.select({"signed_direction", {{"authority", text->authority}, {"number", text->number}}}));
  if (!there.empty()) return Reasons{"document: " + text->number + " was taken before, as " + there.front().reference};
  return Reasons{};
}

Status read_direction(ledger::Change& change, const Record&, Record& after) {
  const auto& document = after.text("document");
  const auto text = read_direction_text(document);
  if (!text) return change.refuse(ErrorCode::BadValue, "document: " + text.error());
  METERWAY_TRY(const auto key, key_that_fits(change, text->authority, document, after.text("signature")));
  if (!key) return change.refuse(ErrorCode::BadValue, "signature: fits no trusted key");
  after.set("authority", text->authority);
  after.set("number", text->number);
  after.set("action", text->action);
  after.set("from", to_iso8601(text->from, 0));
  after.set("until", to_iso8601(text->until, 0));
  after.set("scope", std::to_string(text->scope.size()));
  after.set("signed_with", *key);
  after.set("digest", to_hex(crypto::sha256(bytes_of(document))));
  return {};
}

Result<Reasons> direction_can_be_executed(ledger::Change& change, const Record& before, const Record& after) {
  auto out = against(before, after.list("devices"), change.now());
  for (const auto& device : after.list("devices")) {
    METERWAY_TRY(const auto one, blocked(change, device));
    if (!one) out.push_back(device + " is not blocked");
  }
  return out;
}

Status execute_direction(ledger::Change& change, const Record& before, Record& after) {
  for (const auto& device : after.list("devices")) {
    METERWAY_TRY(const auto one, blocked(change, device));
    if (!one) return change.refuse(ErrorCode::BadValue, device + " is not blocked");
    ledger::Draft draft;
    draft.fields = {{"direction", {before.reference}}};
    METERWAY_TRY(const auto released, change.act("blocked_device", one->reference, std::nullopt, "release", draft));
    (void)released;
  }
  after.set("devices", ledger::Value{});  // each device's own record says so
  return {};
}

}  // namespace meterway::devices
