#include "base/metrics/exposition.h"

#include <array>
#include <charconv>
#include <cmath>

namespace meterway::metrics {
namespace {

constexpr std::string_view kTotal = "_total";

std::string number(double value) {
  std::array<char, 40> digits;
  const bool whole = std::floor(value) == value && std::fabs(value) < 1e15;
  const auto end = whole ? std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<long long>(value))
                         : std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return {digits.data(), end.ptr};
}

/// A bound as a label: OpenMetrics wants a decimal point in it.
std::string bound_text(double value, Format format) {
  auto out = number(value);
  if (format == Format::OpenMetrics && out.find_first_of(".e") == std::string::npos) out += ".0";
  return out;
}

void escape_into(std::string& out, std::string_view text, bool quoted) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quoted) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

std::string labels_text(const std::vector<std::string_view>& names, const std::vector<std::string>& values,
                        const std::string& bound = {}) {
  if (names.empty() && bound.empty()) return {};
  std::string out = "{";
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.append(out.size() > 1 ? "," : "").append(names[i]).append("=\"");
    escape_into(out, values[i], true);
    out += '"';
  }
  if (!bound.empty()) out.append(out.size() > 1 ? "," : "").append("le=\"").append(bound).append("\"");
  return out + "}";
}

void write_histogram(std::string& out, const Family& family, const Family::Sample& sample, Format format) {
  const auto names = family.label_names();
  const std::string name(family.row().name);
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < sample.buckets.size(); ++i) {
    below += sample.buckets[i];
    const auto bound = i < family.bounds().size() ? bound_text(family.bounds()[i], format) : std::string("+Inf");
    out += name + "_bucket" + labels_text(names, sample.labels, bound) + " " + std::to_string(below) + "\n";
  }
  out += name + "_sum" + labels_text(names, sample.labels) + " " + number(sample.sum) + "\n";
  out += name + "_count" + labels_text(names, sample.labels) + " " + std::to_string(below) + "\n";
}

}  // namespace

Format format_for(std::string_view accept) {
  return accept.find("application/openmetrics-text") == std::string_view::npos ? Format::Text : Format::OpenMetrics;
}

std::string_view content_type_of(Format format) {
  return format == Format::OpenMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                       : "text/plain; version=0.0.4; charset=utf-8";
}

std::string write_text(const Registry& registry, Format format) {
  std::string out;
  for (const auto& family : registry.families()) {
    const auto& row = family->row();
    auto name = row.name;
    if (format == Format::OpenMetrics && row.type == Type::Counter) name.remove_suffix(kTotal.size());
    out.append("# HELP ").append(name).append(" ");
    escape_into(out, row.help, format == Format::OpenMetrics);
    out.append("\n# TYPE ").append(name).append(" ").append(to_string(row.type)).append("\n");
    for (const auto& sample : family->samples()) {
      if (row.type == Type::Histogram) {
        write_histogram(out, *family, sample, format);
      } else {
        out.append(row.name).append(labels_text(family->label_names(), sample.labels));
        out.append(" ").append(number(sample.value)).append("\n");
      }
    }
  }
  if (format == Format::OpenMetrics) out += "# EOF\n";
  return out;
}

}  // namespace meterway::metrics
