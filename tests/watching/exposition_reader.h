#pragma once
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

/// A second reader of the Prometheus text format 0.0.4, written from its grammar; it shares nothing with what writes.
namespace meterway::watching {

struct Exposition {
  std::map<std::string, std::string> types;             ///< by metric
  std::map<std::string, std::set<std::string>> labels;  ///< names met, by metric
  std::map<std::string, double> samples;                ///< "name{a="b",c="d"}", labels sorted by name
  std::vector<std::string> problems;                    ///< what the grammar does not allow

  double at(const std::string& sample) const {
    const auto found = samples.find(sample);
    return found == samples.end() ? 0 : found->second;
  }
  bool has(const std::string& sample) const { return samples.count(sample) != 0; }
  /// All series of a metric together.
  double sum(const std::string& metric) const {
    double out = 0;
    for (const auto& [name, value] : samples) {
      if (name == metric || name.rfind(metric + "{", 0) == 0) out += value;
    }
    return out;
  }
};

class ExpositionReader {
 public:
  static Exposition read(const std::string& text) {
    ExpositionReader reader;
    std::size_t begin = 0;
    while (begin < text.size()) {
      const auto end = text.find('\n', begin);
      if (end == std::string::npos) {
        reader.out_.problems.push_back("the last line has no end");
        break;
      }
      reader.line(text.substr(begin, end - begin));
      begin = end + 1;
    }
    reader.check_histograms();
    return std::move(reader.out_);
  }

 private:
  static bool is_name(const std::string& text) {
    if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
    for (const char c : text) {
      if (!(c == '_' || c == ':' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
        return false;
    }
    return true;
  }
  void wrong(const std::string& why, const std::string& line) { out_.problems.push_back(why + ": " + line); }

  void line(const std::string& text) {
    if (text.rfind("# HELP ", 0) == 0) {
      const auto name = text.substr(7, text.find(' ', 7) - 7);
      if (!is_name(name) || !helped_.insert(name).second) wrong("HELP", text);
      current_ = name;
    } else if (text.rfind("# TYPE ", 0) == 0) {
      const auto space = text.find(' ', 7);
      const auto name = text.substr(7, space - 7), type = text.substr(space + 1);
      if (name != current_ || out_.types.count(name) != 0) wrong("TYPE stands not behind its HELP, or twice", text);
      if (type != "counter" && type != "gauge" && type != "histogram") wrong("type", text);
      out_.types[name] = type;
    } else if (text.empty() || text[0] == '#') {
      wrong("a line that says nothing", text);
    } else {
      sample(text);
    }
  }

  void sample(const std::string& text) {
    std::size_t at = text.find_first_of("{ ");
    if (at == std::string::npos) return wrong("no value", text);
    const auto name = text.substr(0, at);
    if (!is_name(name)) wrong("name", text);
    std::map<std::string, std::string> labels;
    if (text[at] == '{' && !read_labels(text, ++at, labels)) return wrong("labels", text);
    if (at >= text.size() || text[at] != ' ') return wrong("no space before the value", text);
    const auto number = text.substr(at + 1);
    char* end = nullptr;
    const double value = std::strtod(number.c_str(), &end);
    if (number.empty() || end == nullptr || *end != '\0') return wrong("value", text);
    const auto metric = metric_of(name);
    if (metric != current_) wrong("a sample away from its TYPE", text);
    if (out_.types[metric] == "counter" && !(value >= 0)) wrong("a counter below nothing", text);
    std::string key = name;
    for (const auto& [label, said] : labels) {
      key += (key == name ? "{" : ",") + label + "=\"" + said + "\"";
      if (label != "le") out_.labels[metric].insert(label);
    }
    if (!labels.empty()) key += "}";
    if (!out_.samples.emplace(key, value).second) wrong("a series twice", text);
  }

  bool read_labels(const std::string& text, std::size_t& at, std::map<std::string, std::string>& labels) {
    while (at < text.size() && text[at] != '}') {
      const auto equals = text.find("=\"", at);
      if (equals == std::string::npos) return false;
      const auto name = text.substr(at, equals - at);
      if (!is_name(name) || name.find(':') != std::string::npos) return false;
      std::string value;
      for (at = equals + 2; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] != '\\') {
          value += text[at];
        } else if (++at < text.size() && (text[at] == '\\' || text[at] == '"' || text[at] == 'n')) {
          value += text[at] == 'n' ? '\n' : text[at];
        } else {
          return false;
        }
      }
      if (at >= text.size() || !labels.emplace(name, value).second) return false;
      ++at;
      if (at < text.size() && text[at] == ',') ++at;
    }
    return at < text.size() && text[at++] == '}';
  }

  /// A histogram's samples have endings.
  std::string metric_of(const std::string& name) const {
    for (const char* ending : {"_bucket", "_sum", "_count"}) {
      const std::string tail(ending);
      if (name.size() <= tail.size() || name.compare(name.size() - tail.size(), tail.size(), tail) != 0) continue;
      const auto stem = name.substr(0, name.size() - tail.size());
      const auto type = out_.types.find(stem);
      if (type != out_.types.end() && type->second == "histogram") return stem;
    }
    return name;
  }

  /// Buckets rise, the last is +Inf and the count.
  void check_histograms() {
    std::map<std::string, std::map<double, double>> buckets;
    for (const auto& [key, value] : out_.samples) {
      const auto le = key.find("le=\"");
      if (key.find("_bucket{") == std::string::npos || le == std::string::npos) continue;
      const auto end = key.find('"', le + 4);
      auto rest = key.substr(0, le) + key.substr(std::min(key.size(), end + 1));
      buckets[rest][std::strtod(key.c_str() + le + 4, nullptr)] = value;
    }
    for (const auto& [key, of] : buckets) {
      double before = 0;
      for (const auto& [bound, value] : of) {
        if (value < before) wrong("buckets fall", key);
        before = value;
      }
      if (of.empty() || !std::isinf(of.rbegin()->first)) wrong("no bucket without bound", key);
    }
  }

  Exposition out_;
  std::set<std::string> helped_;
  std::string current_;
};

}  // namespace meterway::watching
