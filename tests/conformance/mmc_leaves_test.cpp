#include <fnmatch.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "standard/duis/schema.h"
#include "standard/duis/schema_tables.h"
#include "standard/mmc/mmc.h"
#include "tests/conformance/reference_messages.h"

namespace meterway::mmc {
namespace {

using namespace duis::schema;

/// Leaves of the elements that a type holds: elements without elements in them, and attributes.
void leaves_of(std::int16_t reference, const std::string& path, std::set<std::string>& out) {
  if (reference < 0) {
    out.insert(path);
    return;
  }
  const auto& type = complex_types()[static_cast<std::size_t>(reference)];
  for (const auto& attribute : attributes_of(type)) out.insert(path + "/@" + std::string(attribute.name));
  bool has_elements = false;
  for (std::size_t place = type.particle; place < type.particle_end; ++place) {
    const auto& particle = particles()[place];
    if (particle.kind != ParticleKind::Element) continue;
    has_elements = true;
    leaves_of(particle.type, path + "/" + std::string(names()[particle.name].local), out);
  }
  if (!has_elements) out.insert(path);
}

std::set<std::string> leaves_below(std::string_view type_name) {
  std::set<std::string> out;
  for (const auto& type : complex_types()) {
    if (type.name != type_name) continue;
    for (std::size_t place = type.particle; place < type.particle_end; ++place) {
      const auto& particle = particles()[place];
      if (particle.kind == ParticleKind::Element)
        leaves_of(particle.type, std::string(names()[particle.name].local), out);
    }
  }
  return out;
}

void collect(const duis::Element& element, const std::string& path, std::set<std::string>& out) {
  out.insert(path);
  for (const auto& [name, value] : element.attributes) out.insert(path + "/@" + name);
  for (const auto& child : element.children) collect(child, path + "/" + child.name, out);
}

std::set<std::string> given() {
  const auto keys = pki::open_key_folder(tests::reference_path() / "keystore" / "rtds");
  std::set<std::string> out;
  for (const auto& message : tests::reference_messages()) {
    if (message.name.find("COMMAND") != std::string::npos) continue;
    const auto first = message.name.find('_') + 1;
    const auto service = message.name.substr(first, message.name.find('_', first) - first);
    const bool is_response = message.name.find("RESPONSE") != std::string::npos;
    const auto text =
        to_mmc(message.bytes, {.keys = keys->get(), .service = is_response && service != "NA" ? service : ""});
    if (!text) continue;
    const auto document = xml::Document::parse(*text);
    const auto root = duis::validate_mapped(*document);
    if (!root) continue;
    for (const auto* place : {"Body/ResponseMessage/SMETSData", "Body/DeviceAlertMessage/DeviceAlertContent"}) {
      const auto* element = root->find(place);
      if (element == nullptr) continue;
      for (const auto& child : element->children) collect(child, child.name.str(), out);
    }
  }
  return out;
}

/// The leaves of mmc_leaves.tsv, without their reasons.
std::vector<std::string> excused() {
  const auto text =
      read_text_file(std::filesystem::path(METERWAY_SOURCE_DIR) / "tests" / "conformance" / "mmc_leaves.tsv");
  std::vector<std::string> out;
  std::istringstream lines(text ? *text : "");
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line[0] != '#' && line.substr(0, 5) != "leaf\t")
      out.push_back(line.substr(0, line.find('\t')));
  }
  return out;
}

TEST(ReferenceMapping, EveryLeafOfTheSchemaIsGivenOrHasAReasonNotToBe) {
  METERWAY_NEEDS_REFERENCE();
  auto wanted = leaves_below("ra:ResponsePayload.SMETSData");
  wanted.merge(leaves_below("ra:DeviceAlertContentType"));
  ASSERT_GT(wanted.size(), 1000u);
  const auto found = given();
  const auto patterns = excused();
  std::set<std::string> used;
  for (const auto& leaf : wanted) {
    if (found.count(leaf) != 0) continue;
    bool is_excused = false;
    for (const auto& pattern : patterns) {
      if (fnmatch(pattern.c_str(), leaf.c_str(), 0) != 0) continue;
      is_excused = true;
      used.insert(pattern);
    }
    EXPECT_TRUE(is_excused) << leaf;
  }
  for (const auto& pattern : patterns) EXPECT_EQ(used.count(pattern), 1u) << pattern << " excuses nothing";
}

}  // namespace
}  // namespace meterway::mmc
