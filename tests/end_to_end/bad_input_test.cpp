#include <regex>

#include "tests/end_to_end/region.h"

// bad_input.tsv row by row: what is wrong with a document before anybody may believe who sent it. Each document is made
// of the parts of a request that is right, and after it that request itself is taken: nothing of it was used up.
namespace meterway::end_to_end {
namespace {

using nlohmann::json;

struct Row {
  std::string name, document, change, http, code, refusal, words;
};

std::vector<Row> rows() {
  std::ifstream in(std::string(METERWAY_SOURCE_DIR) + "/tests/end_to_end/bad_input.tsv");
  std::vector<Row> out;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::vector<std::string> cells(7);
    std::size_t begin = 0;
    for (auto& cell : cells) {
      const auto end = std::min(line.find('\t', begin), line.size());
      cell = line.substr(begin, end - begin);
      begin = std::min(end + 1, line.size());
    }
    out.push_back({cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6]});
  }
  return out;
}

std::string cut(const std::string& text, const std::string& from, const std::string& to) {
  const auto begin = text.find(from);
  const auto end = text.find(to, begin);
  return begin == std::string::npos || end == std::string::npos ? std::string()
                                                                : text.substr(begin, end + to.size() - begin);
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " in " << text;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}
std::string with_all(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

constexpr std::size_t kLimit = 60000;

/// The name of each part of a document, and the part.
std::vector<std::pair<std::string, std::string>> parts_of(const std::string& right, const std::string& other,
                                                          const std::string& of_another_user) {
  const auto open = cut(right, "<sr:Request ", ">"), header = cut(right, "<sr:Header>", "</sr:Header>");
  const auto body = cut(right, "<sr:Body>", "</sr:Body>"), signature = cut(right, "<ds:Signature ", "</ds:Signature>");
  auto broken = signature;
  auto& digit = broken[broken.find("SignatureValue>") + 20];
  digit = digit == 'A' ? 'B' : 'A';
  std::string laughs = "<!DOCTYPE l [<!ENTITY a0 \"ha\">", deep, last;
  for (int i = 1; i < 30; ++i) {
    const auto before = "&a" + std::to_string(i - 1) + ";";
    laughs += "<!ENTITY a" + std::to_string(i) + " \"" + before + before + "\">";
  }
  for (int i = 0; i < 10000; ++i) deep += "<a>";
  return {
      {"{ALL}", right},
      {"{PROLOG}", cut(right, "<?xml", "?>")},
      {"{OPEN}", open},
      {"{HEADER}", header},
      {"{BODY}", body},
      {"{SIG}", signature},
      {"{CLOSE}", "</sr:Request>"},
      {"{OTHER_OPEN}", cut(other, "<sr:Request ", ">")},
      {"{OTHER_HEADER}", cut(other, "<sr:Header>", "</sr:Header>")},
      {"{OTHER_SIG}", cut(other, "<ds:Signature ", "</ds:Signature>")},
      {"{BROKEN_SIG}", broken},
      {"{SIG_IN_HEADER}", with(header, "</sr:Header>", signature + "</sr:Header>")},
      {"{SIG_IN_BODY}", with(body, "</sr:Body>", signature + "</sr:Body>")},
      {"{SIG_WITH_OBJECT}", with(signature, "</ds:Signature>",
                                 "<ds:Object>" + open + header + body + "</sr:Request></ds:Object></ds:Signature>")},
      {"{OTHER_PREFIX}", with_all(with_all(right, "sr:", "q:"), "xmlns:sr", "xmlns:q")},
      {"{OTHERS_CERTIFICATE}", with(right, cut(right, "<ds:X509SerialNumber>", "</ds:X509SerialNumber>"),
                                    cut(of_another_user, "<ds:X509SerialNumber>", "</ds:X509SerialNumber>"))},
      {"{NO_KEY_INFO}", with(right, cut(right, "<ds:KeyInfo>", "</ds:KeyInfo>"), "")},
      {"{LAUGHS}", laughs + "]><l>&a29;</l>"},
      {"{DEEP}", deep},
      {"{BIG}", std::string(kLimit + 1, ' ')}};
}

std::string document_of(const Row& row, const std::vector<std::pair<std::string, std::string>>& parts) {
  std::string out = row.document;
  for (const auto& [name, part] : parts) out = with_all(out, name, part);
  static const std::regex kByte("\\\\x([0-9a-f]{2})");
  for (std::smatch match; std::regex_search(out, match, kByte);)
    out = match.prefix().str() + static_cast<char>(std::stoi(match[1], nullptr, 16)) + match.suffix().str();
  if (row.change.empty()) return out;
  const auto arrow = row.change.find(" => ");
  EXPECT_NE(arrow, std::string::npos) << row.change;
  return with(out, row.change.substr(0, arrow), row.change.substr(arrow + 4));
}

/// The RequestID that a document names first, if it is one.
std::string named_in(const std::string& document) {
  static const std::regex kId("RequestID>((([0-9A-F]{2}-){7}[0-9A-F]{2}:){2}[0-9]+)<");
  std::smatch match;
  return std::regex_search(document, match, kId) ? match[1].str() : "";
}

class BadInput : public ::testing::Test {
 protected:
  explicit BadInput(json config = {{"most_body_bytes", kLimit},
                                   {"device_timeout_ms", 60000},
                                   {"refusal_events_per_minute", 100000}})
      : node(std::move(config)) {}
  void SetUp() override {
    node.start_platform();
    region = std::make_unique<Region>(node);
  }
  std::string read_supply(const char* user = kSupplier) const {
    return node.signed_request({"7.4", "--to", kEsme, "--from", user});
  }
  /// What the log has under a key; waits until it is there.
  json events(const std::string& key) const {
    (void)Node::eventually([&] { return !node.trace(key).empty(); }, 3);
    return node.trace(key);
  }
  Node node;
  std::unique_ptr<Region> region;
};

TEST_F(BadInput, GetsItsAnswerLeavesOneEventAndDoesNothingElse) {
  const auto other = node.signed_request({"4.18", "--to", kEsme, "--from", kSupplier});
  const auto of_another_user = read_supply(kSecondSupplier);
  std::size_t taken = 0;
  for (const auto& row : rows()) {
    SCOPED_TRACE(row.name);
    const auto right = read_supply();
    const auto document = document_of(row, parts_of(right, other, of_another_user));
    const auto answer = node.post('S', document);
    EXPECT_EQ(std::to_string(answer.status), row.http) << answer.body;
    if (answer.status == 200) {
      EXPECT_EQ(code_of(answer), row.code) << answer.body;
    } else if (row.refusal != "too_large") {
      const auto problem = json::parse(answer.body, nullptr, false);
      ASSERT_TRUE(problem.is_object()) << answer.body;
      EXPECT_EQ(problem.value("type", ""), "urn:meterway:refusal:" + row.refusal) << answer.body;
      EXPECT_TRUE(has(problem.value("detail", ""), row.words)) << answer.body;
    }
    const auto named = named_in(document);
    const auto key = answer.headers.count("x-event") != 0 ? answer.headers.at("x-event") : named;
    EXPECT_TRUE(named.empty() ? key.starts_with("refused:") : key == named) << key;
    const auto log = events(key);
    // The other request is named by several rows.
    EXPECT_EQ(log.size(), named == named_in(other) ? log.size() : 1u) << log.dump(1);
    ASSERT_FALSE(log.empty());
    EXPECT_EQ(log.back().at("outcome"), "refused");
    EXPECT_TRUE(has(log.back().at("detail").get<std::string>(), row.refusal + ": ")) << log.dump(1);
    EXPECT_TRUE(has(log.back().at("detail").get<std::string>(), row.words)) << log.dump(1);
    EXPECT_EQ(code_of(node.post('S', right)), "I99") << "the right one is taken after it";
    ++taken;
  }
  EXPECT_TRUE(Node::eventually([&] { return region->commands() == taken; }, 10));
  EXPECT_EQ(region->commands(), taken) << "a command for each right request, and for nothing else";
}

/// A request that its User has signed, and that is refused for what it asks: one thing is wrong with it.
struct Asked {
  std::string name;
  std::vector<std::string> arguments;
  std::string user;
  char service;
  std::string from, to;  ///< a change before it is signed
  std::string code, refusal;
};

class SignedBadInput : public BadInput {
 protected:
  SignedBadInput()
      : BadInput({{"most_body_bytes", kLimit},
                  {"users",
                   {{{"eui", kSupplier}, {"name", "supplier"}, {"roles", {"IS", "ES", "GS", "OU"}}},
                    {{"eui", kNetwork}, {"name", "in no role"}, {"roles", json::array()}},
                    {{"eui", kSecondSupplier}, {"name", "another"}, {"roles", {"IS", "GS"}}}}}}) {}
};

TEST_F(SignedBadInput, LeavesOneEventAndUsesNothingUp) {
  const auto earliest = read_supply();
  const auto& cv = "CommandVariant>1<";
  const std::vector<Asked> all{
      {"in no role", {"7.4", "--to", kEsme}, kNetwork, 'S', "", "", "E1", "no_user"},
      {"not responsible", {"7.4", "--to", kEsme}, kSecondSupplier, 'S', "", "", "E4", "not_responsible"},
      {"state of the device", {"8.9", "--to", kSpare}, kSupplier, 'S', "", "", "E5", "device_state"},
      {"type of the device", {"7.4", "--to", kPpmid}, kSupplier, 'S', "", "", "E11", "device_type"},
      {"variant of the command",
       {"7.4", "--to", kEsme},
       kSupplier,
       'T',
       cv,
       "CommandVariant>4<",
       "E12",
       "command_variant"},
      {"service for pre-commands", {"7.4", "--to", kEsme}, kSupplier, 'T', "", "", "E13", "wrong_service"},
      {"service of the DCC", {"7.4", "--to", kEsme}, kSupplier, 'D', "", "", "E13", "wrong_service"},
      {"no such device", {"7.4", "--to", "00db1234567890ff"}, kSupplier, 'S', "", "", "E19", "no_device"},
  };
  for (const auto& asked : all) {
    SCOPED_TRACE(asked.name);
    auto arguments = asked.arguments;
    arguments.insert(arguments.end(), {"--from", asked.user});
    auto request = node.signed_request(arguments);
    if (!asked.from.empty()) request = node.sign_again(with(request, asked.from, asked.to), asked.user);
    const auto answer = node.post(asked.service, request);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(code_of(answer), asked.code) << answer.body;
    const auto log = events(element(request, "RequestID"));
    ASSERT_EQ(log.size(), 1u) << log.dump(1);
    EXPECT_EQ(log[0].at("outcome"), "refused");
    EXPECT_TRUE(has(log[0].at("detail").get<std::string>(), asked.refusal + ": ")) << log.dump(1);
  }
  EXPECT_EQ(region->commands(), 0u);
  EXPECT_EQ(code_of(node.post('S', earliest)), "I99") << "its counter is lower than all that were refused";
  // Now that it has been used, neither the counter nor the identifier can be used again.
  const auto id = element(earliest, "RequestID");
  const auto before = events(id).size();
  const auto again = node.sign_again(with(earliest, "schemaVersion=\"5.4\"", "schemaVersion=\"5.3\""), kSupplier);
  EXPECT_EQ(code_of(node.post('S', again)), "E100");
  const auto number = id.substr(id.rfind(':') + 1);
  const auto stale = node.sign_again(with(earliest, number, std::to_string(std::stoull(number) - 1)), kSupplier);
  EXPECT_EQ(code_of(node.post('S', stale)), "E100");
  EXPECT_EQ(events(element(stale, "RequestID")).size(), 1u);
  EXPECT_TRUE(Node::eventually([&] { return region->commands() == 1; }, 5));
  std::size_t reused = 0;
  for (const auto& event : events(id)) reused += has(event.at("detail").get<std::string>(), "request_id_reused: ");
  EXPECT_EQ(reused, 1u);
  EXPECT_GT(events(id).size(), before);
}

TEST_F(BadInput, WhatChangesNothingOfWhatWasSignedIsTakenForWhatItIs) {
  const std::pair<const char*, const char*> harmless[] = {
      {"RequestID>90-", "RequestID>90<!-- a comment -->-"},
      {"RequestID>90-", "RequestID><![CDATA[90]]>-"},
      {"<sr:Request ", "<sr:Request xmlns:more=\"http://example.org/more\" "},
      {"<sr:Request ", "<sr:Request xmlns=\"http://example.org/more\" "},
  };
  for (const auto& [from, to] : harmless) {
    const auto right = read_supply();
    const auto answer = node.post('S', with(right, from, to));
    if (answer.status == 200) {
      EXPECT_EQ(code_of(answer), "I99") << to;
      EXPECT_EQ(element(answer.body, "RequestID"), element(right, "RequestID")) << to;
      EXPECT_EQ(code_of(node.post('S', right)), "I99") << "and is the same request";
    } else {
      EXPECT_EQ(answer.status / 100, 4) << to;
    }
  }
}

TEST_F(BadInput, AFloodOfItLeavesANumberInsteadOfEvents) {
  node.stop_platform();
  node.write_config({{"refusal_events_per_minute", 5}});
  node.start_platform();
  std::vector<std::string> keys;
  for (int i = 0; i < 40; ++i) keys.push_back(node.post('S', "not xml").headers.at("x-event"));
  std::size_t written = 0;
  for (const auto& key : keys) written += node.trace(key).size();
  EXPECT_GE(written, 5u);
  EXPECT_LE(written, 10u) << "the minute may have changed between";
}

}  // namespace
}  // namespace meterway::end_to_end
