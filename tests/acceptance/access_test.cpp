// Decisions explained: a running platform, its homes, and two suppliers of whom one is refused.
#include "standard/ids/ids.h"
#include "tests/end_to_end/node.h"

namespace meterway::acceptance {
namespace {

using nlohmann::json;
using namespace end_to_end;

json get(Node& node, const std::string& path, int status = 200) {
  const auto answer =
      net::http_request("GET", node.http() + "/api/v1/" + path, node.as_operator(), "", std::chrono::seconds(20));
  EXPECT_TRUE(answer && answer->status == status) << path << (answer ? answer->body : "");
  return answer ? json::parse(answer->body, nullptr, false) : json();
}

std::string request_id(const std::string& document) {
  const auto at = document.find("RequestID>") + 10;
  return document.substr(at, document.find('<', at) - at);
}

TEST(acceptance, AccessExplained) {  // rule, clause, data and how sure; and a decision of then made again
  Node node;
  node.start_platform();
  const auto allowed = node.signed_request({"4.1.1", "--to", kEsme, "--from", kSupplier});
  const auto refused = node.signed_request({"4.1.1", "--to", kEsme, "--from", kSecondSupplier});
  EXPECT_EQ(code_of(node.post('S', allowed)), "I99");
  EXPECT_EQ(code_of(node.post('S', refused)), "E4");

  const auto ask = [&](const char* user, const std::string& more = "") {
    return get(node, std::string("explain/access?service=4.1.1&user=") + user + "&device=" + kEsme + more);
  };
  const auto yes = ask(kSupplier, "&cv=1"), no = ask(kSecondSupplier);
  EXPECT_EQ(yes["allowed"], true);
  EXPECT_EQ(yes["as"], "IS");
  EXPECT_EQ(yes["rule"]["rule"], "responsible.IS");
  EXPECT_EQ(no["answer"], "not_responsible");
  EXPECT_EQ(no["code"], "E4");
  ASSERT_EQ(no["lines"].size(), 7u);
  for (const auto& line : no["lines"])
    for (const auto* member : {"rule", "clause", "how_sure", "source", "data"})
      EXPECT_FALSE(line.value(member, "").empty()) << line.dump();
  EXPECT_EQ(ask(kSupplier, "&cv=4")["answer"], "command_variant");
  EXPECT_EQ(get(node, std::string("explain/access?service=8.2&user=") + kSupplier)["allowed"], true);
  for (const auto* bad : {"user=1", "service=9.9.9&user=90b3d51f30010000", "service=4.1.1&user=90b3d51f30010000"})
    get(node, std::string("explain/access?") + bad, 400);
  EXPECT_EQ(net::http_request("GET", node.http() + "/api/v1/explain/access", {}, "", std::chrono::seconds(20))->status,
            401);

  const auto replay = [&](const std::string& document) {
    const auto answer = get(node, "explain/request/" + request_id(document));
    EXPECT_EQ(answer["decisions"].size(), 1u) << answer.dump();
    return answer["decisions"][0];
  };
  EXPECT_EQ(replay(allowed)["same"], true);
  EXPECT_EQ(replay(allowed)["changed"], json::array());
  EXPECT_EQ(replay(refused)["then"]["answer"], "not_responsible");
  EXPECT_EQ(replay(refused)["same"], true);

  auto meter = get(node, std::string("devices/") + kEsme);
  meter["state"] = "Suspended";
  const auto put = net::http_request("PUT", node.http() + "/api/v1/devices/" + kEsme, node.as_operator(), meter.dump(),
                                     std::chrono::seconds(20));
  EXPECT_EQ(put->status, 200);
  EXPECT_EQ(ask(kSupplier)["answer"], "device_state");
  const auto then = replay(allowed);
  EXPECT_EQ(then["same"], true) << "decided from the facts of then";
  EXPECT_EQ(then["changed"], json::array()) << "of that moment it is known as it was";
  const auto before = ask(kSupplier, "&at=" + then.value("at", ""));
  EXPECT_EQ(before["allowed"], true) << before.dump();
  EXPECT_EQ(before["as_now"], json::array({"state and roles of the User"}));
  EXPECT_TRUE(has(before["not_known_then"].dump(), "type and state of the device before ")) << before.dump();
  const auto past = get(node, std::string("devices/") + kEsme);
  EXPECT_EQ(past["history"].size(), 1u) << past.dump();
  EXPECT_EQ(past["since"], past["history"][0]["at"]);
  const auto since = ask(kSupplier, "&at=" + past.value("since", ""));
  EXPECT_EQ(since["answer"], "device_state");
  EXPECT_FALSE(since.contains("not_known_then"));
  EXPECT_EQ(ask(kSupplier, "&at=2012-01-01T00:00:00Z")["allowed"], false) << "before every row of the tables";
  const auto lines = get(node, "audit/entries?function=service.4.1.1").value("entries", json::array());
  ASSERT_EQ(lines.size(), 1u) << lines.dump();
  EXPECT_EQ(lines[0].value("rule", ""), "responsible.IS");
  EXPECT_EQ(lines[0].value("outcome", ""), "refused");

  const auto said = node.run(
      {"explain", "access", "--data", node.data(), "--user", kSupplier, "--service", "4.1.1", "--device", kEsme});
  EXPECT_EQ(said.status, 0);
  EXPECT_TRUE(has(said.out, "refused with E5")) << said.out;
  EXPECT_TRUE(has(said.out, "no   device state: Suspended (state.4.1.1, DUIS E5, unconfirmed")) << said.out;
  const auto again = node.run({"explain", "request", "--data", node.data(), request_id(refused)});
  EXPECT_EQ(again.status, 0);
  EXPECT_TRUE(has(again.out, "then not_responsible by responsible.IS")) << again.out;
  const auto rule = node.run({"explain", "--data", node.data(), "maintenance.notice"});
  EXPECT_EQ(rule.status, 0) << rule.out;
}

TEST(acceptance, B24) {  // a house that matches neither of two exactly is answered as if there were none
  Node node;
  node.start_platform();
  const auto put = [&](const std::string& path, const json& body) {
    const auto answer = net::http_request("PUT", node.http() + "/api/v1/" + path, node.as_operator(), body.dump(),
                                          std::chrono::seconds(20));
    EXPECT_TRUE(answer && answer->status <= 201) << (answer ? answer->body : "");
  };
  // Suppliers alone: in the role of an Other User, too, it might name any device exactly.
  for (const auto* supplier : {kSupplier, kSecondSupplier}) {
    auto user = get(node, std::string("users/") + supplier);
    user["roles"] = {"IS"};
    put(std::string("users/") + supplier, user);
  }
  /// Two properties of one post code: the supplier's and another's.
  const auto home = [&](std::uint64_t eui, const char* mpxn, const char* house, const char* supplier) {
    const auto text = Eui64(eui).plain();
    put("devices/" + text, {{"type", "ESME"},
                            {"state", "Commissioned"},
                            {"details", {{"ImportMPxN", mpxn}, {"PostCode", "SW1A 1AA"}, {"AddressIdentifier", house}}},
                            {"responsible", json::array({{{"role", "IS"}, {"user", supplier}}})}});
  };
  const std::uint64_t ours = 0x00DB0000000000A0, theirs = 0x00DB0000000000B0;
  home(ours, "1200023305967", "Rose Cottage", kSupplier);
  std::size_t searches = 0;
  /// Status and headers, then the document.
  const auto search = [&](const std::string& by) {
    const auto body = node.root() / "body.xml";
    std::ofstream(body) << "<sr:ReadInventory>" << by << "</sr:ReadInventory>";
    ++searches;
    const auto answer =
        node.post('D', node.signed_request({"8.2", "--to", kEsme, "--body", body.string(), "--from", kSupplier}));
    std::string head = std::to_string(answer.status);
    for (const auto& [name, value] : answer.headers) head += " " + name + (name == "date" ? "" : "=" + value);
    return head + "\n" + answer.body;
  };
  const auto address = [&](const std::string& house, const std::string& post_code = "SW1A 1AA") {
    return search("<sr:PropertyFilter><sr:PostCode>" + post_code + "</sr:PostCode><sr:AddressIdentifier>" + house +
                  "</sr:AddressIdentifier></sr:PropertyFilter>");
  };
  const auto device = [&](std::uint64_t eui) {
    return search("<sr:DeviceID>" + Eui64(eui).dashed_upper() + "</sr:DeviceID>");
  };
  const auto point = [&](const std::string& mpxn) { return search("<sr:MPxN>" + mpxn + "</sr:MPxN>"); };
  /// Without what differs from answer to answer: identifiers, times, digest and signature.
  const auto shape = [](std::string document) {
    for (const auto* part : {"RequestID>", "ResponseID>", "DigestValue>", "SignatureValue>", "ResponseDateTime>"}) {
      for (auto at = document.find(part); at != std::string::npos; at = document.find(part, at)) {
        at += std::string(part).size();
        document.erase(at, document.find('<', at) - at);
        at = document.find('>', at);
      }
    }
    return document;
  };
  const auto found = address("Rose Cottage");
  EXPECT_TRUE(has(found, "1200023305967")) << found;
  EXPECT_TRUE(has(address("ROSE  cottage.", "sw1a1aa"), "1200023305967")) << "normalised";
  const auto nobody = address("The Elms"), near = address("Rose");
  EXPECT_FALSE(has(nobody, "DSPInventory")) << nobody;
  const auto unknown = device(theirs);
  EXPECT_TRUE(has(unknown, ">E19<")) << unknown;

  home(theirs, "1300000000008", "The Elms", kSecondSupplier);
  EXPECT_EQ(shape(address("The Elms")), shape(nobody)) << "another's house is there, or is not";
  EXPECT_EQ(shape(address("Rose")), shape(near));
  EXPECT_EQ(shape(near), shape(nobody));
  EXPECT_EQ(shape(device(theirs)), shape(unknown));
  EXPECT_EQ(shape(point("1300000000008")), shape(point("1399999999995")));
  EXPECT_TRUE(has(point("1200023305967"), "Rose Cottage"));
  EXPECT_EQ(shape(address("Rose Cottage")), shape(found));
  home(0x00DB0000000000C0, "1400000000003", "rose cottage", kSecondSupplier);
  EXPECT_EQ(shape(address("Rose Cottage")), shape(found)) << "another's of the same name takes nothing away";
  home(0x00DB0000000000D0, "1500000000008", "rose cottage", kSupplier);
  EXPECT_EQ(shape(address("Rose Cottage")), shape(nobody)) << "two of its own are not one";

  const auto log = get(node, std::string("trace/search:") + kSupplier);
  std::size_t searched = 0;
  for (const auto& event : log.value("events", json::array())) {
    searched += event.at("outcome") == "searched" ? 1 : 0;
    EXPECT_FALSE(has(event.dump(), "Rose") || has(event.dump(), "SW1A")) << event.dump();
    EXPECT_TRUE(has(event.value("detail", ""), "; request 90-B3-")) << event.dump();
  }
  EXPECT_EQ(searches, 14u);
  EXPECT_EQ(searched, searches) << "every search, once";
}

}  // namespace
}  // namespace meterway::acceptance
