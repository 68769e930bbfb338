#include <nlohmann/json.hpp>

#include "oversight/operations/report.h"

namespace meterway::operations {
namespace {

using document::Inline;
using nlohmann::json;

json to_json(const Inline& text) {
  json out = json::array();
  for (const auto& span : text) {
    json one = {{"text", span.text}};
    if (span.strong) one["strong"] = true;
    if (!span.target.kind.empty()) one["to"] = {span.target.kind, span.target.reference};
    out.push_back(std::move(one));
  }
  return out;
}

json to_json(const document::Block& block) {
  if (const auto* heading = std::get_if<document::Heading>(&block))
    return {{"heading", heading->text}, {"level", heading->level}};
  if (const auto* paragraph = std::get_if<document::Paragraph>(&block))
    return {{"paragraph", to_json(paragraph->text)}};
  if (const auto* bullets = std::get_if<document::Bullets>(&block)) {
    json items = json::array();
    for (const auto& item : bullets->items) items.push_back(to_json(item));
    return {{"bullets", std::move(items)}};
  }
  const auto& table = std::get<document::Table>(block);
  json rows = json::array();
  for (const auto& row : table.rows) {
    json cells = json::array();
    for (const auto& cell : row) cells.push_back(to_json(cell));
    rows.push_back(std::move(cells));
  }
  return {{"table", table.caption}, {"head", table.head}, {"rows", std::move(rows)}};
}

Inline inline_of(const json& list) {
  Inline out;
  for (const auto& one : list) {
    document::Span span;
    span.text = one.at("text").get<std::string>();
    span.strong = one.value("strong", false);
    if (one.contains("to")) span.target = {one["to"].at(0).get<std::string>(), one["to"].at(1).get<std::string>()};
    out.push_back(std::move(span));
  }
  return out;
}

document::Block block_of(const json& block) {
  if (block.contains("heading"))
    return document::Heading{block.at("level").get<unsigned>(), block["heading"].get<std::string>()};
  if (block.contains("paragraph")) return document::Paragraph{inline_of(block["paragraph"])};
  if (block.contains("bullets")) {
    document::Bullets out;
    for (const auto& item : block["bullets"]) out.items.push_back(inline_of(item));
    return out;
  }
  document::Table out;
  out.caption = block.at("table").get<std::string>();
  out.head = block.at("head").get<std::vector<std::string>>();
  for (const auto& row : block.at("rows")) {
    auto& cells = out.rows.emplace_back();
    for (const auto& cell : row) cells.push_back(inline_of(cell));
  }
  return out;
}

}  // namespace

std::string frozen(const document::Document& document) {
  json about = json::array(), blocks = json::array();
  for (const auto& [name, value] : document.about) about.push_back({name, value});
  for (const auto& block : document.blocks) blocks.push_back(to_json(block));
  return json{{"title", document.title},
              {"reference", document.reference},
              {"class", to_string(document.level)},
              {"about", std::move(about)},
              {"blocks", std::move(blocks)}}
      .dump();
}

Result<document::Document> thawed(std::string_view text) {
  try {
    const auto root = json::parse(text);
    document::Document out;
    out.title = root.at("title").get<std::string>();
    out.reference = root.at("reference").get<std::string>();
    METERWAY_TRY(out.level, registry::classification_of(root.at("class").get<std::string>()));
    for (const auto& pair : root.at("about"))
      out.about.emplace_back(pair.at(0).get<std::string>(), pair.at(1).get<std::string>());
    for (const auto& block : root.at("blocks")) out.blocks.push_back(block_of(block));
    return out;
  } catch (const json::exception&) {
    return fail(ErrorCode::BadJson, 0, "frozen document");
  }
}

}  // namespace meterway::operations
