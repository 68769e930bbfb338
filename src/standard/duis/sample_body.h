#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/util/clock.h"
#include "standard/duis/schema_tables.h"
#include "standard/duis/services.h"

namespace meterway::duis {

/// What a body is to say: elements by name or path below the body element ("AddDeviceToCHFWhitelist/InstallCode"), in
/// order; the same one again means its next repetition.
using BodyValues = std::vector<std::pair<std::string, std::string>>;

struct SampleOf {
  UtcTime now{};
  Eui64 device;      ///< whom the request is about
  bool gas = false;  ///< of two forms the one for gas
};

/// The shortest body of a service that the schema allows, with what is given in its place: an optional element or an
/// alternative of a choice is there when something given is it or stands in it. Everything else occurs as seldom as may
/// be, choices take their first alternative, and values are the smallest, or those of spec/sample_values.tsv. What the
/// schema has no place for comes last, so that whoever checks the document can name it.
std::string sample_body(const Service& service, BodyValues given, const SampleOf& about);

/// What sample_body writes at a path below the body element where nothing is given.
std::string sample_text(const Service& service, const schema::SimpleType& type, const std::string& path,
                        const SampleOf& about);

/// A body of this service may hold a value whose path, the body element's name first, is this or ends so.
bool may_hold(const Service& service, std::string_view path_end);

}  // namespace meterway::duis
