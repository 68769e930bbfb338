#include "oversight/governance/live_figures.h"

#include <algorithm>

namespace meterway::governance {
namespace {

/// A value that holds brackets must not end the figure before its end.
std::string held(const std::string& value) {
  std::string out;
  for (const char c : value) {
    out += c;
    if (c == ']') out += ' ';
  }
  return out;
}

}  // namespace

FiguresOf figures_in(std::string_view text) {
  FiguresOf out;
  std::size_t next = 0;
  for (auto at = text.find("[["); at != std::string_view::npos; at = text.find("[[", next)) {
    const auto end = text.find("]]", at);
    if (end == std::string_view::npos) break;
    next = at + 2;
    const auto inner = text.substr(at + 2, end - at - 2);
    const auto equals = inner.find('=');
    const auto name = inner.substr(0, equals);
    const auto dot = name.rfind('.');
    const auto target = dot == std::string_view::npos ? std::nullopt : ledger::read_target(name.substr(0, dot));
    const auto* kind = target ? ledger::find_kind(target->kind) : nullptr;
    const auto field = dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
    if (kind == nullptr || kind->field(field) == nullptr) {
      out.wrong.push_back("[[" + std::string(inner) + "]] names no field of a record");
      continue;
    }
    out.figures.push_back({at, end + 2 - at, *target, std::string(field),
                           equals == std::string_view::npos ? "" : std::string(inner.substr(equals + 1))});
    next = end + 2;  // what its value says is no figure
  }
  return out;
}

std::vector<std::string> typed_figures(std::string_view text) {
  std::vector<std::string> out;
  const auto live = figures_in(text).figures;
  const auto is_digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
  for (std::size_t at = 0; at < text.size();) {
    const auto within = std::find_if(live.begin(), live.end(), [&](const LiveFigure& one) { return one.at == at; });
    if (within != live.end()) {
      at += within->size;
      continue;
    }
    if (!is_digit(at)) {
      ++at;
      continue;
    }
    const auto begin = at;
    bool grouped = false;
    while (is_digit(at) || (at < text.size() && (text[at] == ',' || text[at] == '.') && is_digit(at + 1))) {
      grouped = grouped || (text[at] == ',' && is_digit(at + 1) && is_digit(at + 2) && is_digit(at + 3));
      ++at;
    }
    auto end = at;
    while (end < text.size() && text[end] == ' ') ++end;
    const bool percent = text.substr(end).starts_with("%") || text.substr(end).starts_with("per cent");
    if (percent) end += text[end] == '%' ? 1 : 8;
    if (percent || grouped) out.emplace_back(text.substr(begin, (percent ? end : at) - begin));
  }
  return out;
}

std::string frozen_text(std::string_view text, const std::vector<std::string>& values) {
  const auto found = figures_in(text);
  std::string out;
  std::size_t from = 0;
  for (std::size_t i = 0; i < found.figures.size(); ++i) {
    const auto& one = found.figures[i];
    out += text.substr(from, one.at - from);
    out += "[[" + one.target.kind + ":" + one.target.reference + "." + one.field + "=" + held(values[i]) + "]]";
    from = one.at + one.size;
  }
  return out + std::string(text.substr(from));
}

}  // namespace meterway::governance
