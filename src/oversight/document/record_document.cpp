#include "oversight/document/record_document.h"

namespace meterway::document {
namespace {

Inline value_of(const ledger::Field& field, const ledger::Value& value) {
  Inline out;
  for (const auto& item : value) {
    if (!out.empty()) out.push_back(plain(", "));
    if (field.type == ledger::Type::Date) {
      const auto day = calendar::parse_date(item);
      out.push_back(plain(day ? calendar::in_words(*day) : item));
    } else if (field.type == ledger::Type::Reference && field.of != "*") {
      out.push_back(figure(item, {std::string(field.of), item}));
    } else {
      for (auto& span : linked(item)) out.push_back(std::move(span));
    }
  }
  return out;
}

std::string said(std::string_view name) {
  std::string out(name);
  for (char& c : out) c = c == '_' ? ' ' : c;
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

}  // namespace

Result<Document> record_document(const ledger::Reader& reader, std::string_view kind_name, std::string_view reference) {
  METERWAY_TRY(const auto record, reader.find(kind_name, reference));
  const auto& kind = *ledger::find_kind(kind_name);
  METERWAY_TRY(const auto mentions, reader.mentioned_in(kind_name, record.reference));
  METERWAY_TRY(const auto history, reader.history(kind_name, record.reference));
  Document out;
  out.title = std::string(kind.title) + " " + record.reference;
  if (!record.text(kind.label).empty()) out.title += ": " + record.text(kind.label);
  out.reference = record.reference + ", revision " + std::to_string(record.revision);
  out.level = record.level;
  out.about = {{"State", record.state}, {"Class", std::string(to_string(record.level))}};
  Table fields{"", {"Field", "Value"}, {}};
  for (const auto& field : kind.fields) {
    if (!record.has(field.name) || field.type == ledger::Type::Long) continue;
    fields.rows.push_back({{plain(said(field.name))}, value_of(field, record.list(field.name))});
    raise(out, field.least_class);
  }
  out.table(std::move(fields));
  for (const auto& field : kind.fields) {
    if (!record.has(field.name) || field.type != ledger::Type::Long) continue;
    out.heading(2, said(field.name));
    for (const auto& item : record.list(field.name)) out.prose(item);
    raise(out, field.least_class);
  }
  if (!record.attachments.empty()) {
    out.heading(2, "Attachments");
    Table files{"", {"Title", "Class"}, {}};
    for (const auto& file : record.attachments)
      files.rows.push_back({{plain(file.title)}, {plain(std::string(to_string(file.level)))}});
    out.table(std::move(files));
  }
  if (!mentions.empty()) {
    out.heading(2, "Mentioned in");
    std::vector<Inline> items;
    for (const auto& one : mentions) {
      items.push_back({figure(one.target.reference, one.target), plain(one.label.empty() ? "" : " " + one.label)});
      raise(out, one.level);
    }
    out.bullets(std::move(items));
  }
  out.heading(2, "History");
  Table past{"", {"Revision", "When", "By", "What", "Why"}, {}};
  for (const auto& entry : history) {
    raise(out, entry.level);
    past.rows.push_back({{plain(std::to_string(entry.revision))},
                         {plain(to_iso8601(entry.at, 0))},
                         {plain(entry.by + (entry.party.empty() ? "" : ", " + entry.party))},
                         {plain(entry.action + (entry.from == entry.to ? "" : ": " + entry.to))},
                         linked(entry.why)});
  }
  return std::move(out.table(std::move(past)));
}

}  // namespace meterway::document
