#include "flow/answer/inventory_search.h"

#include <algorithm>
#include <map>
#include <set>

#include "flow/answer/steady_view.h"
#include "records/access/sees.h"
#include "records/registration/registration.h"
#include "records/registry/device_record.h"
#include "standard/duis/response_body.h"

namespace meterway::flow::answer {
namespace {

using registry::Device;
using Home = std::vector<Device>;

/// As large as they commonly are.
void take_device_apart() {
  static const std::string row = [] {
    Device device;
    device.type = DeviceType::ESME;
    device.hub = Eui64(1);
    for (const auto name : registry::detail_names()) device.details.emplace(name, "of some length");
    device.responsible = {{UserRole::IS, Eui64(2), {}, {}}, {UserRole::ED, Eui64(3), {}, {}}};
    return registry::write_device_record(device);
  }();
  (void)registry::read_device_record(Eui64(4), row);
}
void take_point_apart() {
  static const auto mpxn = Mpxn::mpan(130000000001);
  static const std::string row = [] {
    registration::Point point{mpxn, {}, {}};
    registration::Operation start;
    start.kind = registration::Operation::Kind::Start;
    start.entry.role = UserRole::IS;
    registration::apply(point, {start}, 1, nullptr);
    return registration::write_point(point);
  }();
  (void)registration::read_point(mpxn, row);
}
void take_address_apart() {
  static const std::string row =
      registration::write_address({1, 0, 'A', 100023336956, "SW1A 2AA", "10 Downing Street", "Westminster, London"});
  const auto address = registration::read_address(row);
  if (address) (void)registration::plain_address(address->identifier);
}

/// Reads of a search by identifier: a home of 17 with all its points.
constexpr SteadyView::Step kByIdentifier[] = {{false, "device", 48, 48, take_device_apart},
                                              {false, "device-by", 16},
                                              {false, "registration", 48, 48, take_point_apart},
                                              {false, "registration-live", 48},
                                              {false, "registration-staged", 48}};
/// Of a search by address: a post code of two hundred properties, each with some addresses and five devices.
constexpr SteadyView::Step kByAddress[] = {{false, "device", 1280, 1280, take_device_apart},
                                           {false, "device-by", 64},
                                           {false, "registration", 64, 64, take_point_apart},
                                           {false, "registration-live", 256},
                                           {false, "registration-staged", 1024},
                                           {false, "registration-address", 1024, 1024, take_address_apart},
                                           {true, "registration-address", 128, 256, take_address_apart},
                                           {true, "registration-postcode", 4},
                                           {true, "registration-staged-postcode", 4}};

std::string without_zeros(std::string text) {
  const auto first = text.find_first_not_of('0');
  return first == std::string::npos ? text : text.substr(first);
}

Status add_devices(const store::ReadView& view, registry::DeviceProperty property, const std::set<std::string>& texts,
                   std::vector<Device>& out) {
  for (const auto& text : texts) {
    METERWAY_TRY(auto found, registry::devices_with(view, property, text));
    for (auto& one : found) out.push_back(std::move(one));
  }
  return {};
}

std::set<Mpxn> points_of(const Home& home) {
  std::set<Mpxn> out;
  for (const auto& device : home) {
    for (const auto& [role, mpxn] : registration::roles_of(device)) out.insert(mpxn);
  }
  return out;
}

/// Devices by the hub in whose log they are, each with all of that log; those in none by themselves.
Result<std::map<Eui64, Home>> homes_of(const store::ReadView& view, const std::vector<Device>& named) {
  std::map<Eui64, Home> out;
  for (const auto& device : named) {
    const auto key = device.hub.value_or(device.eui);
    if (out.count(key) != 0) continue;
    if (device.hub) {
      METERWAY_TRY(out[key], registry::devices_of_hub(view, *device.hub));
    } else {
      out[key] = {device};
    }
  }
  return out;
}

/// Points whose address is this one: the one of the source with precedence, whole.
Result<std::set<Mpxn>> points_at(const store::ReadView& view, const std::string& post_code, const std::string& house,
                                 calendar::Date on) {
  METERWAY_TRY(const auto matches, registration::match_address(view, post_code, house, {}, on));
  std::set<Mpxn> near, out;
  for (const auto& match : matches) near.insert(match.points.begin(), match.points.end());
  for (const auto& point : near) {
    METERWAY_TRY(const auto addresses, registration::addresses_of(view, point, on));
    if (addresses.empty()) continue;
    const auto plain = registration::plain_post_code(addresses.front().post_code);
    const bool is_it =
        plain && *plain == post_code && registration::plain_address(addresses.front().identifier) == house;
    if (is_it) out.insert(point);
  }
  return out;
}

Result<bool> has_registered_address(const store::ReadView& view, const Home& home, calendar::Date on) {
  bool out = false;
  for (const auto& point : points_of(home)) {
    METERWAY_TRY(const auto addresses, registration::addresses_of(view, point, on));
    out = out || !addresses.empty();
  }
  return out;
}

Result<std::map<Eui64, Home>> homes_at(const store::ReadView& view, const duis::Element& filter, UtcTime at) {
  const auto post_code = registration::plain_post_code(filter.text_at("PostCode"));
  const auto house = registration::plain_address(filter.text_at("AddressIdentifier"));
  std::map<Eui64, Home> out;
  if (!post_code || house.empty()) return out;
  const auto today = calendar::date_of(at);
  const auto found = points_at(view, *post_code, house, today);
  if (!found && found.error().code == ErrorCode::Full) return out;  // more than one, and told alike
  METERWAY_TRY(const auto points, found);
  std::set<std::string> texts;
  for (const auto& point : points) texts.insert(point.text());
  std::vector<Device> registered, own;
  METERWAY_CHECK(add_devices(view, registry::DeviceProperty::MeteringPoint, texts, registered));
  METERWAY_TRY(out, homes_of(view, registered));
  const auto spaced = post_code->substr(0, post_code->size() - 3) + " " + post_code->substr(post_code->size() - 3);
  METERWAY_CHECK(add_devices(view, registry::DeviceProperty::PostCode,
                             {*post_code, spaced, std::string(filter.text_at("PostCode"))}, own));
  std::erase_if(
      own, [&](const Device& one) { return registration::plain_address(one.detail("AddressIdentifier")) != house; });
  METERWAY_TRY(const auto by_record, homes_of(view, own));
  for (const auto& [key, home] : by_record) {
    METERWAY_TRY(const bool has_better, has_registered_address(view, home, today));
    if (!has_better) out.emplace(key, home);
  }
  return out;
}

Result<std::map<Eui64, Home>> homes_with(const store::ReadView& view, const duis::Element& query,
                                         const SearchKey& key) {
  std::vector<Device> named;
  if (const auto* device = query.child("DeviceID")) {
    METERWAY_TRY(const auto eui, Eui64::parse(device->text));
    METERWAY_TRY(auto found, registry::find_device(view, eui));
    if (found) named.push_back(std::move(*found));
  } else if (const auto* mpxn = query.child("MPxN")) {
    METERWAY_CHECK(add_devices(view, registry::DeviceProperty::MeteringPoint, {mpxn->text, key.text}, named));
  } else if (const auto* uprn = query.child("UPRN")) {
    METERWAY_CHECK(add_devices(view, registry::DeviceProperty::Uprn, {uprn->text, key.text}, named));
  }
  return homes_of(view, named);
}

/// DUIS has no word for the others. Hub first.
SearchResult presentable(const std::vector<Home>& homes) {
  std::vector<Device> out;
  for (const auto& home : homes) {
    for (const auto& device : home) {
      if (device.type != DeviceType::Unknown && device.type != DeviceType::SAPC) out.push_back(device);
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return (a.type == DeviceType::CHF) > (b.type == DeviceType::CHF);
  });
  const auto kept = std::min(out.size(), duis::kMostInventoryDevices);
  const auto left_out = out.size() - kept;
  out.resize(kept);
  return {SearchClass::Found, std::move(out), left_out};
}

Result<SearchResult> look(const store::ReadView& view, const duis::Element& query, const SearchKey& key,
                          const Asker& asker, UtcTime at) {
  std::map<Eui64, Home> near;
  if (const auto* filter = query.child("PropertyFilter")) {
    METERWAY_TRY(near, homes_at(view, *filter, at));
  } else {
    METERWAY_TRY(near, homes_with(view, query, key));
  }
  std::vector<Home> theirs;
  for (auto& [hub, home] : near) {
    bool sees = asker.everything;
    for (const auto& user : asker.users) {  // each is asked, whatever the others may
      METERWAY_TRY(const bool one_sees, access::sees(view, user, home, key.by_address(), at));
      sees = sees || one_sees;
    }
    if (sees) theirs.push_back(std::move(home));
  }
  if (near.empty()) return SearchResult{};
  if (theirs.empty()) return SearchResult{SearchClass::NotTheirs, {}};
  if (key.by_address() && theirs.size() > 1) return SearchResult{SearchClass::Ambiguous, {}};
  return presentable(theirs);
}

}  // namespace

std::string_view to_string(SearchKey::Kind kind) {
  constexpr std::string_view kNames[] = {"DeviceID", "MPxN", "UPRN", "address"};
  return kNames[static_cast<std::size_t>(kind)];
}
std::string_view to_string(SearchClass value) {
  constexpr std::string_view kNames[] = {"found", "nothing there", "not the User's", "several"};
  return kNames[static_cast<std::size_t>(value)];
}

SearchKey key_of(const duis::Element& query) {
  if (const auto* device = query.child("DeviceID")) {
    const auto eui = Eui64::parse(device->text);
    return {SearchKey::Kind::DeviceId, eui ? eui->plain() : device->text};
  }
  if (const auto* mpxn = query.child("MPxN")) {
    const auto point = Mpxn::parse(mpxn->text);
    return {SearchKey::Kind::Mpxn, point ? point->text() : mpxn->text};
  }
  if (const auto* uprn = query.child("UPRN")) return {SearchKey::Kind::Uprn, without_zeros(uprn->text)};
  const auto plain = registration::plain_post_code(query.text_at("PropertyFilter/PostCode"));
  return {SearchKey::Kind::Address, (plain ? *plain : std::string(query.text_at("PropertyFilter/PostCode"))) + " " +
                                        registration::plain_address(query.text_at("PropertyFilter/AddressIdentifier"))};
}

Result<SearchResult> search(const store::ReadView& view, const duis::Element& query, const registry::User& user,
                            UtcTime at) {
  return search(view, query, Asker{{&user, 1}}, at);
}

Result<SearchResult> search(const store::ReadView& store_view, const duis::Element& query, const Asker& asker,
                            UtcTime at) {
  const auto key = key_of(query);
  const SteadyView view(store_view);
  METERWAY_TRY(auto out, look(view, query, key, asker, at));
  METERWAY_CHECK(view.even_out(key.by_address() ? std::span<const SteadyView::Step>(kByAddress)
                                                : std::span<const SteadyView::Step>(kByIdentifier)));
  return out;
}

}  // namespace meterway::flow::answer
