#pragma once
#include <memory>

#include "base/xml/tree.h"

namespace meterway::xml {

/// Reads a document of the usual form in one pass over its bytes, and notes on the way where they are not canonical.
/// Gives nothing for whatever is not well-formed, beyond a limit, or merely unusual: libxml2 then reads it, and has the
/// last word on what is wrong with it.
///
/// Usual is: UTF-8 without a mark; characters of XML 1.0 but no carriage return; no document type, processing
/// instruction or CDATA section; the five entities and numbered characters; names of ASCII; no attribute of the prefix
/// "xml"; no tab or line feed inside an attribute; namespaces with absolute names of ordinary characters, none taken
/// back or bound anew further in.
///
/// Law (fuzz/scan_fuzz.cpp): what is read here, libxml2 reads as well, to the same tree and the same canonical forms.
std::unique_ptr<Tree> scan(std::string_view text, const Limits& limits);

}  // namespace meterway::xml
