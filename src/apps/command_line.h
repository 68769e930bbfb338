#pragma once
#include <deque>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>

namespace CLI {
class App;
class Option;
}  // namespace CLI

/// What the subcommands need of CLI11, so that one source compiles it and not each of them.
namespace meterway::apps {

/// One option, flag or place of a subcommand; what it says of itself can be chained.
class Option {
 public:
  explicit Option(CLI::Option& option) : option_(&option) {}

  Option* required();
  /// Help shows the value that the variable had.
  Option* capture_default_str();
  /// From `least` to `most`, both allowed; T as in add_option.
  template <class T>
  Option* between(T least, T most);
  Option* not_negative();
  Option* one_of(std::initializer_list<const char*> words);
  /// Not shown by help.
  Option* hidden();
  Option* positive();
  Option* existing_file();
  Option* existing_folder();
  /// `wrong` gives the reason why a text is not taken, or nothing.
  Option* check(std::function<std::string(const std::string& text)> wrong);
  Option* needs(Option* other);
  Option* excludes(Option* other);

 private:
  CLI::Option* option_;
};

/// The program's own line, or one of its subcommands. What is handed out lives as long as this does, and what values
/// are read into must live until the line has been read.
class Subcommand {
 public:
  explicit Subcommand(CLI::App& app) : app_(&app) {}
  Subcommand(const Subcommand&) = delete;
  Subcommand& operator=(const Subcommand&) = delete;

  Subcommand* add_subcommand(const std::string& name, const std::string& about);
  /// One that add_subcommand has made here.
  Subcommand* get_subcommand(const std::string& name);
  /// The user must name so many of the subcommands.
  void require_subcommand(int many) { require_subcommand(many, many); }
  void require_subcommand(int least, int most);
  void alias(const std::string& name);
  /// Below the options in its help.
  void footer(const std::string& text);

  std::string name() const;
  /// Whether the line that was read names it.
  bool parsed() const;

  /// `names`: "-o,--out", or "file" for a place. T: a text, a number, a bool, an optional of these, or a vector of
  /// texts.
  template <class T>
  Option* add_option(const std::string& names, T& value, const std::string& about);
  /// "!--no-x" clears it.
  Option* add_flag(const std::string& names, bool& value, const std::string& about);
  void callback(std::function<void()> work);

 private:
  CLI::App* app_;
  std::deque<std::pair<std::string, Subcommand>> subcommands_;
  std::deque<Option> options_;
};

}  // namespace meterway::apps
