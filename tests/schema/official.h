#pragma once
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>
#include <sstream>
#include <string>

#include "base/util/file.h"
#include "tests/support/reference.h"

namespace meterway::tests {

/// A folder that goes when it goes out of scope.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "meterway-schema-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The official schema under names without blanks, which libxml2 needs; returns the main file.
inline std::filesystem::path copy_official_schema(const std::filesystem::path& folder) {
  const auto from = reference_path() / "xsd";
  for (const auto& entry : std::filesystem::directory_iterator(from)) {
    if (entry.path().extension() != ".xsd") continue;
    std::string text = *read_text_file(entry.path());
    const std::string blank = "schemaLocation=\"MMC Schema V5.4.xsd\"";
    if (const auto at = text.find(blank); at != std::string::npos)
      text.replace(at, blank.size(), "schemaLocation=\"MMC.xsd\"");
    const std::string name = entry.path().filename().string();
    const bool signature = name.find("xmldsig") == 0;
    std::ofstream(folder / (signature ? name : name.substr(0, name.find(' ')) + ".xsd")) << text;
  }
  return folder / "DUIS.xsd";
}

inline void keep_quiet(void*, const char*, ...) {}

/// libxml2's validator over the official schema: the second opinion.
class OfficialSchema {
 public:
  OfficialSchema() {
    xmlSetGenericErrorFunc(nullptr, keep_quiet);
    const auto file = copy_official_schema(folder_.path());
    xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(file.c_str());
    xmlSchemaSetParserErrors(parser, keep_quiet, keep_quiet, nullptr);
    schema_ = xmlSchemaParse(parser);
    xmlSchemaFreeParserCtxt(parser);
  }
  ~OfficialSchema() { xmlSchemaFree(schema_); }
  OfficialSchema(const OfficialSchema&) = delete;
  OfficialSchema& operator=(const OfficialSchema&) = delete;

  bool loaded() const { return schema_ != nullptr; }

  bool accepts(const std::string& xml, std::string* why = nullptr) const {
    constexpr int kOptions = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> doc(
        xmlReadMemory(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr, kOptions), xmlFreeDoc);
    if (!doc) return false;
    const std::unique_ptr<xmlSchemaValidCtxt, decltype(&xmlSchemaFreeValidCtxt)> context(xmlSchemaNewValidCtxt(schema_),
                                                                                         xmlSchemaFreeValidCtxt);
    xmlSchemaSetValidStructuredErrors(
        context.get(),
        [](void* user, xmlErrorPtr error) {
          if (user != nullptr && error->message != nullptr) *static_cast<std::string*>(user) += error->message;
        },
        why);
    return xmlSchemaValidateDoc(context.get(), doc.get()) == 0;
  }

 private:
  TemporaryFolder folder_;
  xmlSchemaPtr schema_ = nullptr;
};

}  // namespace meterway::tests
