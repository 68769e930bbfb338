#pragma once
#include <string>
#include <string_view>

namespace meterway::ledger {

/// What is wrong with bytes that are said to be of this media type; empty: nothing. Types that are taken: PDF, PNG,
/// JPEG, GIF, plain text, Markdown, CSV, JSON, XML, ZIP, and the Office documents that are ZIP files. What a browser
/// would run is none of them.
std::string wrong_media(std::string_view media_type, std::string_view bytes);

}  // namespace meterway::ledger
