#include <nlohmann/json.hpp>

#include "flow/admin/ask.h"
#include "flow/admin/certificate_body.h"
#include "records/registry/device_json.h"
#include "records/registry/lifecycle.h"
#include "records/registry/products.h"
#include "records/registry/request_record.h"
#include "records/registry/slots.h"

namespace meterway::flow::admin {
namespace {

using nlohmann::json;
using registry::Device;

constexpr std::size_t kMostAtOnce = 1000;  // devices of one import; a body holds so many

std::string key_of(Eui64 device) { return "device:" + device.plain(); }

net::HttpResponse answer_list(const Result<std::vector<Device>>& devices, std::size_t limit) {
  if (!devices) return failed(devices.error());
  json out = {{"devices", json::array()}};
  for (const auto& device : *devices) out["devices"].push_back(json::parse(registry::to_json(device)));
  if (!devices->empty() && devices->size() == limit && devices->back().eui.value() != UINT64_MAX)
    out["next"] = Eui64(devices->back().eui.value() + 1).plain();
  return json_answer(200, out.dump());
}

/// By hub, or all of them page by page.
net::HttpResponse list(const Ask& ask, const Context& context) {
  const auto hub = ask.query.find("hub"), from = ask.query.find("from");
  const auto& chosen = hub != ask.query.end() ? hub : from;
  const auto eui = chosen == ask.query.end() ? Result<Eui64>(Eui64()) : Eui64::parse(chosen->second);
  if (!eui) return bad_body(chosen->first + ": expected an EUI-64");
  const auto limit = limit_of(ask);
  Result<std::vector<Device>> found = std::vector<Device>();
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    found = hub != ask.query.end() ? registry::devices_of_hub(view, *eui) : registry::devices_from(view, *eui, limit);
    return {};
  });
  return read ? answer_list(found, hub != ask.query.end() ? 0 : limit) : failed(read.error());
}

/// What an answer says besides the entry itself: its states, and the devices that it has joined, as it and they have
/// said. It may be sent back as it came.
constexpr const char* kOfPast[] = {"since", "history", "history_dropped", "joined"};

std::string with_past(const Device& device, const registry::Past& past, const std::vector<registry::Join>& joins) {
  auto out = json::parse(registry::to_json(device));
  const auto since = registry::since(past, device);
  out["since"] = since ? json(to_iso8601(*since, 6)) : json(nullptr);
  out["history"] = json::array();
  for (const auto& one : past.changes) {
    out["history"].push_back({{"at", to_iso8601(one.at, 6)},
                              {"type", to_string(one.type)},
                              {"state", one.state ? json(registry::to_string(*one.state)) : json(nullptr)},
                              {"cause", one.what},
                              {"by", one.who}});
  }
  if (past.dropped != 0) out["history_dropped"] = past.dropped;
  for (const auto& one : joins)
    out["joined"].push_back({{"device", one.other.plain()}, {"said", one.said}, {"other_said", one.other_said}});
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// An entry as it was sent, without what is no member of one.
std::string without_past(json object) {
  if (object.is_object()) {
    for (const auto* name : kOfPast) object.erase(name);
  }
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// The entry that a body names.
Result<std::string, std::string> entry_of(std::string_view body, Eui64 eui) {
  METERWAY_TRY(const auto text, with_eui(body, eui));
  return without_past(json::parse(text));
}

registry::Cause cause_of(const Ask& ask, const char* what, const Context& context) {
  return {context.clock.now(), what, person_of(ask)};
}

net::HttpResponse show(Eui64 eui, const Context& context) {
  std::optional<Device> device;
  registry::Past past;
  std::vector<registry::Join> joins;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(device, registry::find_device(view, eui));
    METERWAY_TRY(past, registry::past_of(view, eui));
    METERWAY_TRY(joins, registry::joins_of(view, eui));
    return {};
  });
  if (!read) return failed(read.error());
  return device ? json_answer(200, with_past(*device, past, joins)) : not_found(eui.plain());
}

net::HttpResponse put(const Ask& ask, Eui64 eui, const Context& context) {
  const auto body = entry_of(ask.body, eui);
  if (!body) return bad_body(body.error());
  const auto read = registry::read_device(*body);
  if (!read) return bad_body(read.error());
  bool added = false;
  std::string now;
  const auto done = context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto before, registry::find_device(view, eui));
    added = !before;
    auto device = *read;
    METERWAY_CHECK(registry::enter_device(view, device, context.clock.now(),
                                          cause_of(ask, added ? "entered by hand" : "changed by hand", context)));
    now = registry::to_json(device);
    METERWAY_CHECK(registry::look_at_slots(view, eui));  // registration may have changed with it
    return note(view, context, ask, key_of(eui), added ? "added" : "changed", now);
  });
  return done ? json_answer(added ? 201 : 200, now) : failed(done.error());
}

/// Not while a command for it is on its way: its answer would find nobody.
net::HttpResponse remove(const Ask& ask, Eui64 eui, const Context& context) {
  bool busy = false;
  const auto done = context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto open, registry::open_requests_of(view, eui, {}, 1));
    busy = !open.empty();
    if (busy) return fail(ErrorCode::Conflict, 0, "device");
    METERWAY_CHECK(registry::erase_device(view, eui, cause_of(ask, "removed by hand", context)));
    METERWAY_CHECK(registry::look_at_slots(view, eui));
    return note(view, context, ask, key_of(eui), "removed", "");
  });
  if (busy) return conflict("a command for this device is on its way");
  return done ? net::HttpResponse{204, {}, ""} : failed(done.error());
}

/// What one import brings, read whole before any of it is written.
struct Batch {
  std::vector<Device> devices;
  std::vector<CertificateBody> certificates;
};

Result<Batch, std::string> read_batch(std::string_view body) {
  using Wrong = Unexpected<std::string>;
  const auto root = json::parse(body, nullptr, false);
  if (!root.is_object()) return Wrong{root.is_discarded() ? "not JSON" : "expected an object"};
  Batch batch;
  for (const auto& [key, list] : root.items()) {
    if (key != "devices" && key != "certificates") return Wrong{key + ": unknown member"};
    if (!list.is_array()) return Wrong{key + ": expected a list"};
    if (list.size() > kMostAtOnce * (key == "devices" ? 1 : 4)) return Wrong{key + ": too many at once"};
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto place = key + "[" + std::to_string(i) + "].";
      const auto item = list[i].dump(-1, ' ', false, json::error_handler_t::replace);
      if (key == "devices") {
        auto device = registry::read_device(without_past(list[i]));
        if (!device) return Wrong{place + device.error()};
        batch.devices.push_back(std::move(*device));
      } else {
        auto certificate = read_certificate_body(item);
        if (!certificate) return Wrong{place + certificate.error()};
        batch.certificates.push_back(std::move(*certificate));
      }
    }
  }
  return batch;
}

/// Many at once, all or none, with one event for all: what an import of thousands is made of.
net::HttpResponse import(const Ask& ask, const Context& context) {
  const auto batch = read_batch(ask.body);
  if (!batch) return bad_body(batch.error());
  std::size_t added = 0, certificates = 0;
  const auto done = context.store.write([&](store::WriteView& view) -> Status {
    for (auto device : batch->devices) {
      METERWAY_TRY(const auto before, registry::find_device(view, device.eui));
      added += before ? 0 : 1;
      METERWAY_TRY(const auto past, registry::past_of(view, device.eui));
      const bool known = before || !past.changes.empty();  // of new ones nothing: they come by the million
      const auto cause = known ? std::optional(cause_of(ask, "import", context)) : std::nullopt;
      METERWAY_CHECK(registry::enter_device(view, device, context.clock.now(), cause));
    }
    for (const auto& one : batch->certificates) {
      METERWAY_TRY(const bool is_new, registry::add_certificate(view, one.certificate, one.use, one.name));
      certificates += is_new ? 1 : 0;
    }
    const auto range = batch->devices.empty()
                           ? std::string()
                           : ", " + batch->devices.front().eui.plain() + " to " + batch->devices.back().eui.plain();
    return note(view, context, ask, "import", "imported",
                std::to_string(batch->devices.size()) + " devices" + range + ", " + std::to_string(certificates) +
                    " certificates");
  });
  if (!done) return failed(done.error());
  if (certificates != 0) context.certificates.forget_all();
  return json_answer(
      200, json{{"added", added}, {"changed", batch->devices.size() - added}, {"certificates", certificates}}.dump());
}

}  // namespace

net::HttpResponse devices(const Ask& ask, const Context& context) {
  if (ask.path.size() == 1) {
    if (ask.method == "POST") return import(ask, context);
    return ask.method == "GET" ? list(ask, context) : wrong_method("GET, POST");
  }
  const auto eui = Eui64::parse(ask.path[1]);
  if (!eui || ask.path.size() > 2) return not_found(ask.path[1]);
  if (ask.method == "GET") return show(*eui, context);
  if (ask.method == "PUT") return put(ask, *eui, context);
  return ask.method == "DELETE" ? remove(ask, *eui, context) : wrong_method("GET, PUT, DELETE");
}

}  // namespace meterway::flow::admin
