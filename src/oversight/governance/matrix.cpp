#include "oversight/governance/matrix.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "oversight/governance/view.h"
#include "standard/duis/services.h"

namespace meterway::governance {
namespace {

using document::plain;
using nlohmann::json;

constexpr std::string_view kKey = "variant", kMissing = "missing", kYes = "x";

std::vector<UserRole> roles_of_matrix() {
  std::vector<UserRole> out;
  for (unsigned bit = 0; bit <= static_cast<unsigned>(UserRole::LC); ++bit) {
    const auto role = static_cast<UserRole>(bit);
    const auto& services = duis::all_services();
    if (std::any_of(services.begin(), services.end(), [&](const auto& one) { return one.eligible(role); }))
      out.push_back(role);
  }
  return out;
}

Matrix make_matrix() {
  const auto roles = roles_of_matrix();
  Matrix out(1);
  out[0] = {std::string(kKey), "name", "critical"};
  for (const auto role : roles) out[0].emplace_back(to_string(role));
  for (const auto& service : duis::all_services()) {
    std::vector<std::string> row{std::string(service.variant), std::string(service.name),
                                 service.critical ? std::string(kYes) : ""};
    for (const auto role : roles) row.push_back(service.eligible(role) ? std::string(kYes) : "");
    out.push_back(std::move(row));
  }
  return out;
}

std::string cell_of(const std::string& text) {
  for (const auto* yes : {"x", "X", "yes", "Yes", "Y", "true"}) {
    if (text == yes) return std::string(kYes);
  }
  for (const auto* no : {"no", "No", "N", "-", "false"}) {
    if (text == no) return {};
  }
  return text;
}

using Rows = std::map<std::string, std::map<std::string, std::string>>;  // variant, column, cell

Result<Rows, std::string> read_rows(const Matrix& matrix) {
  using Wrong = Unexpected<std::string>;
  if (matrix.empty()) return Wrong{"the matrix has no columns"};
  const auto& head = matrix.front();
  const auto key = std::find(head.begin(), head.end(), kKey);
  if (key == head.end()) return Wrong{"row 1: there is no column variant"};
  if (std::set<std::string>(head.begin(), head.end()).size() != head.size())
    return Wrong{"row 1: a column stands there twice"};
  Rows out;
  for (std::size_t i = 1; i < matrix.size(); ++i) {
    const auto& row = matrix[i];
    if (row.size() != head.size()) return Wrong{"row " + std::to_string(i + 1) + ": has other columns than row 1"};
    const auto& variant = row[static_cast<std::size_t>(key - head.begin())];
    if (out.contains(variant)) return Wrong{"row " + std::to_string(i + 1) + ": " + variant + " stands there twice"};
    auto& cells = out[variant];
    for (std::size_t k = 0; k < row.size(); ++k) cells[head[k]] = cell_of(row[k]);
  }
  return out;
}

}  // namespace

const Matrix& service_matrix() {
  static const Matrix kMatrix = make_matrix();
  return kMatrix;
}

Result<std::vector<MatrixDifference>, std::string> compare_with_system(const Matrix& text) {
  using Wrong = Unexpected<std::string>;
  const auto theirs = read_rows(text);
  if (!theirs) return Wrong{theirs.error()};
  const auto ours = read_rows(service_matrix());
  if (!ours) return Wrong{ours.error()};
  std::vector<MatrixDifference> out;
  const std::string there = "there", missing(kMissing);
  for (const auto& column : service_matrix().front()) {
    const auto& head = text.front();
    if (std::find(head.begin(), head.end(), column) == head.end()) out.push_back({"", column, missing, there});
  }
  for (const auto& [variant, cells] : *theirs) {
    const auto row = ours->find(variant);
    if (row == ours->end()) {
      out.push_back({variant, "", there, missing});
      continue;
    }
    for (const auto& [column, cell] : cells) {
      const auto own = row->second.find(column);
      if (own == row->second.end()) {
        if (!cell.empty()) out.push_back({variant, column, cell, missing});
      } else if (own->second != cell) {
        out.push_back({variant, column, cell, own->second});
      }
    }
  }
  for (const auto& [variant, cells] : *ours) {
    if (!theirs->contains(variant)) out.push_back({variant, "", missing, there});
  }
  return out;
}

Result<View> matrix(const ledger::Reader&, const rules::Rules&, const Asked&) {
  document::Document out;
  out.title = "Service request matrix";
  out.reference = std::to_string(service_matrix().size() - 1) + " service request variants";
  document::Table table{"Service requests and User roles", service_matrix().front(), {}};
  for (std::size_t i = 1; i < service_matrix().size(); ++i) {
    std::vector<document::Inline> row;
    for (const auto& cell : service_matrix()[i]) row.push_back({plain(cell)});
    table.rows.push_back(std::move(row));
  }
  out.table(std::move(table));
  return View{std::move(out), json{{"rows", service_matrix()}}.dump()};
}

}  // namespace meterway::governance
