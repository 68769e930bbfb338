#include "apps/command_line.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include <CLI/CLI.hpp>

namespace meterway::apps {

Option* Option::required() {
  option_->required();
  return this;
}

Option* Option::capture_default_str() {
  option_->capture_default_str();
  return this;
}

template <class T>
Option* Option::between(T least, T most) {
  option_->check(CLI::Range(least, most));
  return this;
}

Option* Option::not_negative() {
  option_->check(CLI::NonNegativeNumber);
  return this;
}

Option* Option::hidden() {
  option_->group("");
  return this;
}

Option* Option::positive() {
  option_->check(CLI::PositiveNumber);
  return this;
}

Option* Option::one_of(std::initializer_list<const char*> words) {
  option_->check(CLI::IsMember(std::vector<std::string>(words.begin(), words.end())));
  return this;
}

Option* Option::existing_file() {
  option_->check(CLI::ExistingFile);
  return this;
}

Option* Option::existing_folder() {
  option_->check(CLI::ExistingDirectory);
  return this;
}

Option* Option::check(std::function<std::string(const std::string& text)> wrong) {
  option_->check(std::move(wrong));
  return this;
}

Option* Option::needs(Option* other) {
  option_->needs(other->option_);
  return this;
}

Option* Option::excludes(Option* other) {
  option_->excludes(other->option_);
  return this;
}

Subcommand* Subcommand::add_subcommand(const std::string& name, const std::string& about) {
  return &subcommands_
              .emplace_back(std::piecewise_construct, std::forward_as_tuple(name),
                            std::forward_as_tuple(*app_->add_subcommand(name, about)))
              .second;
}

Subcommand* Subcommand::get_subcommand(const std::string& name) {
  for (auto& [known, command] : subcommands_)
    if (known == name) return &command;
  return nullptr;
}

void Subcommand::require_subcommand(int least, int most) {
  app_->require_subcommand(static_cast<std::size_t>(least), static_cast<std::size_t>(most));
}

void Subcommand::alias(const std::string& name) { app_->alias(name); }

void Subcommand::footer(const std::string& text) { app_->footer(text); }

std::string Subcommand::name() const { return app_->get_name(); }

bool Subcommand::parsed() const { return app_->parsed(); }

template <class T>
Option* Subcommand::add_option(const std::string& names, T& value, const std::string& about) {
  return &options_.emplace_back(*app_->add_option(names, value, about));
}

Option* Subcommand::add_flag(const std::string& names, bool& value, const std::string& about) {
  return &options_.emplace_back(*app_->add_flag(names, value, about));
}

void Subcommand::callback(std::function<void()> work) { app_->callback(std::move(work)); }

template Option* Subcommand::add_option(const std::string&, bool&, const std::string&);
template Option* Subcommand::add_option(const std::string&, int&, const std::string&);
template Option* Subcommand::add_option(const std::string&, unsigned&, const std::string&);
template Option* Subcommand::add_option(const std::string&, std::uint16_t&, const std::string&);
template Option* Subcommand::add_option(const std::string&, std::uint64_t&, const std::string&);
template Option* Subcommand::add_option(const std::string&, double&, const std::string&);
template Option* Subcommand::add_option(const std::string&, std::string&, const std::string&);
template Option* Subcommand::add_option(const std::string&, std::filesystem::path&, const std::string&);
template Option* Subcommand::add_option(const std::string&, std::vector<std::string>&, const std::string&);
template Option* Subcommand::add_option(const std::string&, std::optional<bool>&, const std::string&);
template Option* Subcommand::add_option(const std::string&, std::optional<unsigned>&, const std::string&);
template Option* Subcommand::add_option(const std::string&, std::optional<std::uint16_t>&, const std::string&);
template Option* Subcommand::add_option(const std::string&, std::optional<std::uint64_t>&, const std::string&);
template Option* Subcommand::add_option(const std::string&, std::optional<std::string>&, const std::string&);
template Option* Option::between(int, int);
template Option* Option::between(unsigned, unsigned);
template Option* Option::between(std::uint64_t, std::uint64_t);
template Option* Option::between(double, double);

}  // namespace meterway::apps
