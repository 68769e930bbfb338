#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/util/utf8.h"
#include "records/registration/loads.h"
#include "records/registration/tables.h"
#include "records/registry/names.h"

namespace meterway::registration {
namespace {

using nlohmann::json;
constexpr std::string_view kRoutes[] = {"file", "message"};
constexpr std::size_t kMostSenders = 1000, kMostNetworks = 90, kMostCertificate = 20000, kMostText = 200;
constexpr std::uint64_t kMostSequence = 999'999'999'999;

/// What is wrong with one member; empty when nothing is.
std::string read_member(const std::string& key, const json& value, Sender& out) {
  const auto text = value.is_string() ? value.get<std::string>() : std::string();
  const auto is_text = value.is_string() && !text.empty() && text.size() <= kMostText && is_one_line(text);
  if (key == "id") return text == out.id ? "" : "is not that of the path";
  if (key == "party") return is_text ? (out.party = text, "") : "expected the name of a party";
  if (key == "source") {
    const auto* row = find_source(text, Date());
    return row != nullptr ? (out.source = row->code, "") : "expected a source of spec/registration_sources.tsv";
  }
  if (key == "route") {
    const auto route = parse_route(text);
    return route ? (out.route = *route, "") : "expected file or message";
  }
  if (key == "networks") {
    if (!value.is_array() || value.size() > kMostNetworks) return "expected a list";
    for (const auto& one : value) {
      const auto digits = one.is_string() ? one.get<std::string>() : std::string();
      if (digits.size() != 2 || !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return "expected the first two digits of MPANs";
      out.networks.push_back(digits);
    }
    return {};
  }
  if (key == "next" || key == "next_out") {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() == 0 || value.get<std::uint64_t>() > kMostSequence)
      return "expected a number from 1";
    (key == "next" ? out.next : out.next_out) = value.get<std::uint64_t>();
    return {};
  }
  if (key == "certificate") {
    if (!value.is_string() || text.size() > kMostCertificate) return "expected PEM";
    out.certificate = text;
    return {};
  }
  if (key == "must_sign") {
    if (!value.is_boolean()) return "expected true or false";
    out.must_sign = value.get<bool>();
    return {};
  }
  return "unknown member";
}

}  // namespace

Result<Route> parse_route(std::string_view text) { return registry::parse_name<Route>(text, kRoutes, "route"); }
std::string_view to_string(Route route) { return kRoutes[static_cast<std::size_t>(route)]; }

bool is_sender_id(std::string_view id) {
  return !id.empty() && id.size() <= 10 &&
         std::all_of(id.begin(), id.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

std::string to_json(const Sender& sender) {
  return json{{"id", sender.id},
              {"party", sender.party},
              {"source", name_of_source(sender.source)},
              {"networks", sender.networks},
              {"next", sender.next},
              {"next_out", sender.next_out},
              {"route", to_string(sender.route)},
              {"certificate", sender.certificate},
              {"must_sign", sender.must_sign}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Sender, std::string> read_sender(std::string_view text, std::string_view id) {
  const auto object = json::parse(text, nullptr, false);
  if (!object.is_object()) return Unexpected<std::string>{"expected an object"};
  if (!is_sender_id(id)) return Unexpected<std::string>{"id: expected 1 to 10 capitals and digits"};
  Sender out;
  out.id = std::string(id);
  for (const auto& [key, value] : object.items()) {
    if (const auto wrong = read_member(key, value, out); !wrong.empty())
      return Unexpected<std::string>{key + ": " + wrong};
  }
  for (const auto* key : {"party", "source"}) {
    if (!object.contains(key)) return Unexpected<std::string>{std::string(key) + ": missing"};
  }
  if (out.must_sign && out.certificate.empty())
    return Unexpected<std::string>{"must_sign: needs the certificate that signatures are checked by"};
  return out;
}

Result<std::optional<Sender>> find_sender(const store::ReadView& view, std::string_view id) {
  METERWAY_TRY(const auto row, view.get(kSenders, id));
  if (!row) return std::optional<Sender>();
  auto sender = read_sender(*row, id);
  if (!sender) return fail(ErrorCode::BadJson, 0, "sender");
  return std::optional<Sender>(std::move(*sender));
}

Result<std::vector<Sender>> all_senders(const store::ReadView& view) {
  METERWAY_TRY(const auto rows, view.scan(kSenders, "", "", kMostSenders));
  std::vector<Sender> out;
  for (const auto& row : rows) {
    auto sender = read_sender(row.value, row.key);
    if (!sender) return fail(ErrorCode::BadJson, 0, "sender");
    out.push_back(std::move(*sender));
  }
  return out;
}

Status put_sender(store::WriteView& view, const Sender& sender) {
  return view.put(kSenders, sender.id, to_json(sender));
}

}  // namespace meterway::registration
