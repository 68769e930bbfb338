#include "flow/tracing/evidence.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/util/hex.h"
#include "flow/gateway/faces.h"
#include "flow/tracing/curl.h"
#include "flow/tracing/pcap.h"
#include "records/audit/checkpoint.h"
#include "records/registry/octets.h"

namespace meterway::flow::tracing {
namespace {

using nlohmann::json;
using registry::bytes_of;

constexpr std::size_t kMostLinesLookedAt = 100'000;
constexpr auto kBeside = std::chrono::minutes(5);  ///< a line of the audit may stand a little after its event

json told(const audit::Entry& entry) {
  return {
      {"sequence", entry.sequence}, {"at", to_iso8601(entry.at, 6)}, {"person", entry.person},   {"party", entry.party},
      {"function", entry.function}, {"about", entry.about},          {"outcome", entry.outcome}, {"rule", entry.rule},
      {"detail", entry.detail}};
}

/// "03-transform-command": the events in their order, by what happened.
std::string name_of(std::size_t number, const store::Event& event) {
  auto out = (number < 10 ? "0" : "") + std::to_string(number) + "-" + event.step + "-" + event.outcome;
  std::replace_if(
      out.begin(), out.end(), [](char c) { return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'); },
      '-');
  return out;
}

constexpr std::string_view kAbout =
    "request.xml, signed-pre-command.xml   documents as they came; answer-to-* what was answered at once\n"
    "messages/NN-STEP-OUTCOME.hex          a GBCS message, hexadecimal; .txt and .json what it says, as far as it is "
    "not\n"
    "                                      encrypted for somebody\n"
    "messages.pcap                         the same messages as UDP datagrams on port 4059 (link type raw IP) for\n"
    "                                      Wireshark. Addresses are made up: fd00:6762:6373:1: and the EUI-64\n"
    "trace.json                            steps, decisions with their rules, keys by owner and serial number, "
    "verdict\n"
    "audit.json                            lines of the audit that name the request with their digests (SHA-256 of\n"
    "                                      `bytes`), and the first signed checkpoint that covers them\n"
    "SHA256SUMS                            of every other file: sha256sum -c SHA256SUMS\n";

class Files {
 public:
  explicit Files(UtcTime at) : at_(at) {}
  void add(std::string name, std::string content, UtcTime at) {
    files_.push_back({std::move(name), std::move(content), at});
  }
  void add(std::string name, std::string content) { add(std::move(name), std::move(content), at_); }
  std::vector<ArchivedFile> with_sums() {
    std::string sums;
    for (const auto& file : files_) sums += to_hex(crypto::sha256(bytes_of(file.content))) + "  " + file.name + "\n";
    add("SHA256SUMS", std::move(sums));
    return std::move(files_);
  }

 private:
  UtcTime at_;
  std::vector<ArchivedFile> files_;
};

void add_messages(Files& files, const Story& story) {
  const gateway::TraceReader reader(story.events, story.service(), story.broker);
  std::vector<Packet> packets;
  std::size_t number = 0;
  for (const auto& event : story.events) {
    ++number;
    if (event.bytes.empty()) continue;
    const auto name = "messages/" + name_of(number, event);
    files.add(name + ".hex", to_hex(event.bytes) + "\n", event.time);
    if (const auto text = reader.read(event.bytes, gateway::Face::Text)) files.add(name + ".txt", *text, event.time);
    if (const auto object = reader.read(event.bytes, gateway::Face::Json))
      files.add(name + ".json", *object + "\n", event.time);
    if (const auto message = gbcs::read_message(event.bytes))
      packets.push_back({event.time, message->header.originator, message->header.target, event.bytes});
  }
  files.add("messages.pcap", write_pcap(packets));
}

}  // namespace

Result<AuditProof> audit_proof_of(const store::ReadView& view, const Story& story) {
  AuditProof out;
  if (story.is_empty()) return out;
  audit::Filter filter;
  filter.function = "service";
  filter.from = story.events.front().time - kBeside;
  filter.to = story.events.back().time + kBeside;
  METERWAY_TRY(const auto page, audit::list(view, filter, 0, 1000, kMostLinesLookedAt));
  std::uint64_t last = 0;
  for (auto entry = page.entries.rbegin(); entry != page.entries.rend(); ++entry) {
    if (entry->detail.find(story.key) == std::string::npos) continue;
    METERWAY_TRY(const auto raw, audit::raw(view, entry->sequence, 1));
    if (raw.empty()) continue;
    METERWAY_TRY(const auto stored, audit::read_row(raw.front().bytes));
    auto line = told(*entry);
    line["bytes"] = to_hex(audit::canonical(stored.entry));
    line["digest"] = to_hex(stored.digest);
    line["previous"] = to_hex(stored.entry.previous);
    out.lines.push_back(std::move(line));
    last = entry->sequence;
  }
  METERWAY_TRY(const auto checkpoints, audit::checkpoints(view, last, 1));
  if (last != 0 && !checkpoints.empty()) {
    const auto& one = checkpoints.front();
    out.checkpoint = {{"sequence", one.sequence},
                      {"at", to_iso8601(one.at, 6)},
                      {"digest", to_hex(one.digest)},
                      {"text", one.text()}};
  }
  return out;
}

std::vector<ArchivedFile> evidence_of(const Story& story, const json& trace, const AuditProof& proof) {
  Files files(story.events.back().time);
  files.add("README.txt", "Evidence of " + story.key + "\n\n" + std::string(kAbout));
  for (const auto& leg : story.legs) {
    const auto file = document_file(leg.leg);
    if (!leg.document.empty()) files.add(file, leg.document, leg.received_at);
    if (!leg.answer.empty()) files.add("answer-to-" + file, leg.answer, leg.received_at);
  }
  add_messages(files, story);
  const auto dumped = [](const json& value) {
    return value.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
  };
  auto steady = trace;
  steady.erase("as_of");  // the same evidence whenever it is taken
  files.add("trace.json", dumped(steady));
  files.add("audit.json", dumped({{"lines", proof.lines}, {"checkpoint", proof.checkpoint}}));
  return files.with_sums();
}

}  // namespace meterway::flow::tracing
