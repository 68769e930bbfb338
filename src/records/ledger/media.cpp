#include "records/ledger/media.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace meterway::ledger {
namespace {

bool is_text(std::string_view bytes) {
  const bool plain = std::none_of(bytes.begin(), bytes.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f';
  });
  if (!plain) return false;
  std::string quoted;  // nlohmann's serializer refuses what is no UTF-8
  try {
    quoted = nlohmann::json(std::string(bytes)).dump();
  } catch (const nlohmann::json::exception&) {
    return false;
  }
  return true;
}
bool is_json(std::string_view bytes) { return nlohmann::json::accept(bytes); }
bool is_xml(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const auto at = bytes.find_first_not_of(" \t\r\n");
  return at != std::string_view::npos && bytes[at] == '<' && is_text(bytes);
}
bool is_office(std::string_view bytes) {
  return bytes.starts_with("PK\x03\x04") && bytes.find("[Content_Types].xml") != std::string_view::npos;
}

struct Media {
  std::string_view name;
  std::string_view begins;
  bool (*holds)(std::string_view) = nullptr;
};
constexpr Media kMedia[] = {
    {"application/pdf", "%PDF-"},
    {"image/png", "\x89PNG\r\n\x1a\n"},
    {"image/jpeg", "\xFF\xD8\xFF"},
    {"image/gif", "GIF8"},
    {"application/zip", "PK\x03\x04"},
    {"text/plain", "", is_text},
    {"text/markdown", "", is_text},
    {"text/csv", "", is_text},
    {"application/json", "", is_json},
    {"application/xml", "", is_xml},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "", is_office},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "", is_office},
    {"application/vnd.openxmlformats-officedocument.presentationml.presentation", "", is_office},
};

}  // namespace

std::string wrong_media(std::string_view media_type, std::string_view bytes) {
  if (bytes.empty()) return "is empty";
  for (const auto& media : kMedia) {
    if (media.name != media_type) continue;
    const bool is_one = bytes.starts_with(media.begins) && (media.holds == nullptr || media.holds(bytes));
    return is_one ? "" : "is said to be " + std::string(media_type) + ", and is not";
  }
  std::string known;
  for (const auto& media : kMedia) known += (known.empty() ? "" : ", ") + std::string(media.name);
  return "is of a media type that is not taken; these are: " + known;
}

}  // namespace meterway::ledger
