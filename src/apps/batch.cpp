#include "apps/batch.h"

#include <cstdio>
#include <filesystem>

#include "apps/command_line.h"
#include "base/util/file.h"

namespace meterway::apps {
namespace {

/// Errors about bytes always have a place, also when it is the first one.
bool has_offset(const Error& error) { return error.offset != 0 || error.code <= ErrorCode::BadHex; }

Status write_output(const Batch& batch, const std::string& file, const std::string& extension,
                    const std::string& text) {
  if (batch.out.empty()) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
      return fail(ErrorCode::Io, 0, "standard output");
    return {};
  }
  const auto stem = std::filesystem::path(file).stem().string();
  return write_text_file(std::filesystem::path(batch.out) / (stem + extension), text);
}

Status convert_file(const Batch& batch, const std::string& file, const std::string& extension, const Convert& convert) {
  METERWAY_TRY(const auto input, read_text_file(file));
  METERWAY_TRY(std::string output, convert(input));
  if (output.empty() || output.back() != '\n') output += '\n';
  return write_output(batch, file, extension, output);
}

}  // namespace

std::string batch_error_line(const std::string& file, const Error& error) {
  std::string line = file + ": " + std::string(sentence(error.code));
  if (error.field != nullptr && error.field[0] != '\0') line += std::string(" (") + error.field + ")";
  if (has_offset(error)) line += " at byte " + std::to_string(error.offset);
  return line;
}

void add_batch_options(Subcommand& command, Batch& batch, Keystore keystore) {
  command.add_option("files", batch.files, "Input files")->required();
  command.add_option("--out", batch.out, "Folder for the results, one <stem> file for each input");
  if (keystore != Keystore::None) {
    auto* option =
        command.add_option("--keystore", batch.keystore, "Folder of <eui>-ds, -ka, -pp-ka .pem and .key files");
    if (keystore == Keystore::Required) option->required();
  }
}

int run_batch(const Batch& batch, const std::string& extension, const Convert& convert) {
  if (!batch.out.empty()) {
    std::error_code error;
    std::filesystem::create_directories(batch.out, error);
    if (error) {
      std::fprintf(stderr, "%s\n", batch_error_line(batch.out, Error{ErrorCode::Io, 0, "output folder"}).c_str());
      return 1;
    }
  }
  int status = 0;
  for (const auto& file : batch.files) {
    if (const auto done = convert_file(batch, file, extension, convert); !done) {
      std::fflush(stdout);
      std::fprintf(stderr, "%s\n", batch_error_line(file, done.error()).c_str());
      status = 1;
    }
  }
  return status;
}

void add_broker_option(Subcommand& command, Batch& batch) {
  command.add_option("--acb", batch.broker, "Access control broker")->capture_default_str();
}

int run_keyed_batch(const Batch& batch, const std::string& extension, const KeyedConvert& convert) {
  const auto refuse = [](const std::string& what, const Error& error) {
    std::fprintf(stderr, "%s\n", batch_error_line(what, error).c_str());
    return 1;
  };
  const auto keys = pki::open_key_folder(batch.keystore);
  if (!keys) return refuse(batch.keystore, keys.error());
  const auto broker = Eui64::parse(batch.broker);
  if (!broker) return refuse("--acb " + batch.broker, broker.error());
  return run_batch(batch, extension, [&](const std::string& text) { return convert(text, **keys, *broker); });
}

}  // namespace meterway::apps
