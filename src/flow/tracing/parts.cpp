#include "flow/tracing/parts.h"

#include <algorithm>

#include "base/util/hex.h"
#include "standard/gbcs/use_cases.h"

namespace meterway::flow::tracing {
namespace {

std::string_view word_of(gbcs::Kind kind) {
  return kind == gbcs::Kind::Command ? "command" : kind == gbcs::Kind::Response ? "response" : "alert";
}

class Parts {
 public:
  void add(std::size_t size, std::string name, std::string value = {}) {
    if (size == 0) return;
    parts_.push_back({at_, size, std::move(name), std::move(value)});
    at_ += size;
  }
  /// Up to a place that is known from the other side.
  void until(std::size_t offset, std::string name) {
    if (offset > at_) add(offset - at_, std::move(name));
  }
  std::vector<Part> take() { return std::move(parts_); }

 private:
  std::vector<Part> parts_;
  std::size_t at_ = 0;
};

std::size_t signature_bytes(const gbcs::Message& message) {
  switch (message.signature_field) {
    case gbcs::SignatureField::Absent:
      return 0;
    case gbcs::SignatureField::Empty:
      return 1;
    case gbcs::SignatureField::Present:
      break;
  }
  return 1 + message.signature.size();
}

}  // namespace

Result<std::vector<Part>> parts_of(ByteView bytes) {
  METERWAY_TRY(const auto message, gbcs::read_message(bytes));
  const auto signed_part = gbcs::write_signed_part(message);
  const auto begin = static_cast<std::size_t>(
      std::search(bytes.begin(), bytes.end(), signed_part.begin(), signed_part.end()) - bytes.begin());
  const auto end = std::min(begin + signed_part.size(), bytes.size());
  const auto& header = message.header;
  const auto* use_case = gbcs::find_use_case(header.code);
  Parts parts;
  parts.until(begin, "General-Ciphering header");
  parts.add(2, "General-Signing tag");
  parts.add(1, "CRA flag", std::string(word_of(header.kind)));
  parts.add(8, "counter", std::to_string(header.counter.value));
  parts.add(1, "length");
  parts.add(8, "originator", header.originator.dashed_upper());
  parts.add(1, "length");
  parts.add(8, "target", header.target.dashed_upper());
  parts.add(1 + (header.date_time ? header.date_time->size() : 0), "date-time",
            header.date_time ? to_hex(*header.date_time) : "none");
  parts.add(1, "length of other information");
  if (!header.supplementary_certificate.empty()) {  // its length is written in more than one byte
    const auto content = end - signature_bytes(message) - message.content.size();
    parts.until(content, "message code " + header.code.hex() + ", supplementary party and certificate");
  } else {
    parts.add(2, "message code", header.code.hex() + (use_case == nullptr ? "" : " " + std::string(use_case->name)));
    if (header.supplementary_party) parts.add(8, "supplementary party", header.supplementary_party->dashed_upper());
    if (header.supplementary_counter)
      parts.add(8, "supplementary counter", std::to_string(header.supplementary_counter->value));
    if (header.supplementary_originator_counter)
      parts.add(8, "supplementary originator counter", std::to_string(header.supplementary_originator_counter->value));
    parts.until(end - signature_bytes(message) - message.content.size(), "length of content");
  }
  parts.add(message.content.size(), "content");
  parts.add(signature_bytes(message),
            message.signature_field == gbcs::SignatureField::Present ? "signature" : "no signature");
  parts.until(bytes.size() - (message.mac ? message.mac->size() : 0), "rest");
  if (message.mac) parts.add(message.mac->size(), "MAC", to_hex(*message.mac));
  return parts.take();
}

}  // namespace meterway::flow::tracing
