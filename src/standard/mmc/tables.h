#pragma once
#include <span>
#include <string_view>

#include "standard/ids/ids.h"

namespace meterway::mmc {

/// One row of spec/mmc.tsv: what an element or attribute says. The file's heading explains the columns.
struct Row {
  std::string_view owner;    ///< message code, "a:" and code for an alert, or "@shape"
  std::string_view element;  ///< path from the owner's element; the last step may be "@attribute"
  std::string_view source;   ///< see source.h
  std::string_view form;     ///< see form.h, or "@shape"
  std::string_view with;     ///< a second source, for forms that need one; may be empty
  std::string_view when;     ///< "source=number", "source!=number"; may be empty
};
std::span<const Row> rows_of(std::string_view owner);

/// The word for a number (spec/mmc_words.tsv); that of "*" where there is one and no other fits, else empty.
std::string_view word_of(std::string_view list, std::int64_t number);

/// One row of spec/mmc_services.tsv.
struct ServiceRow {
  std::string_view service;  ///< service reference variant
  std::string_view element;  ///< of SMETSData; empty when the schema has none
  std::string_view success;  ///< ASN.1: numbers that must all be 0; empty for the other encodings
};
const ServiceRow* find_service(std::string_view service);

/// One row of spec/mmc_messages.tsv: which service a message code that serves several belongs to.
struct MessageRow {
  MessageCode code;
  std::string_view when;  ///< "", "supplementary", "to-broker"
  std::string_view service;
};
std::span<const MessageRow> message_rows();

}  // namespace meterway::mmc
