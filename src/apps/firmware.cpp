#include <fmt/format.h>

#include <cstdio>

#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/world.h"
#include "base/util/file.h"
#include "base/util/hex.h"
#include "standard/gbcs/ota_image.h"
#include "standard/pki/key_store.h"

namespace meterway::apps {
namespace {

struct Options {
  std::string data, from, keystore, content, out, version = "00020000", text = "Meterway test image", file;
  bool plain = false;
};

int refuse(const std::string& where, const Error& error) {
  fmt::print(stderr, "{}: {}\n", where, describe(error));
  return 1;
}

Status sign(gbcs::OtaImage& image, const Options& options) {
  if (options.from.empty()) return fail(ErrorCode::BadRequest, 0, "--from EUI names whose signature it bears");
  METERWAY_TRY(const auto eui, Eui64::parse(options.from));
  const auto folder = options.keystore.empty() ? DataFolder{options.data}.user(eui).string() : options.keystore;
  METERWAY_TRY(const auto keys, pki::open_key_folder(folder));
  const auto* key = keys->private_key(eui, pki::KeyUse::DigitalSignature);
  if (key == nullptr) return fail(ErrorCode::UnknownKey, 0, "digital signing key");
  METERWAY_TRY(const auto signature, key->sign(image.manufacturer_image));
  std::copy(signature.begin(), signature.end(), image.signature.emplace().begin());
  return {};
}

int make(const Options& options) {
  gbcs::OtaImage image;
  const auto version = from_hex(options.version);
  if (!version || version->size() != image.version.size())
    return refuse("--version", {ErrorCode::BadHex, 0, "four octets, as 00020000"});
  std::copy(version->begin(), version->end(), image.version.begin());
  image.text = options.text.substr(0, 32);
  image.greatest_hardware = 0xFFFF;
  const auto content = read_text_file(options.content);
  if (!content) return refuse(options.content, content.error());
  if (content->empty()) return refuse(options.content, {ErrorCode::Truncated, 0, "manufacturer image"});
  image.manufacturer_image.assign(content->begin(), content->end());
  if (!options.plain) {
    if (const auto done = sign(image, options); !done) return refuse("signature", done.error());
  }
  const auto bytes = gbcs::write_ota_image(image);
  if (bytes.size() > gbcs::OtaImage::kMostBytes) return refuse(options.content, {ErrorCode::TooLarge, 0, "image"});
  if (const auto done = write_file(options.out, bytes); !done) return refuse(options.out, done.error());
  fmt::print("{}  {} bytes\nhash  {}\n", options.out, bytes.size(), to_hex(ByteView(image.hash())));
  return 0;
}

int show(const Options& options) {
  const auto text = read_text_file(options.file);
  if (!text) return refuse(options.file, text.error());
  const Bytes bytes(text->begin(), text->end());
  // A signed one reads as one without signature as well: what it ends in would then be of the manufacturer's.
  auto image = gbcs::read_ota_image(bytes, gbcs::ImageKind::Signed);
  if (!image) image = gbcs::read_ota_image(bytes, gbcs::ImageKind::Unsigned);
  if (!image) return refuse(options.file, image.error());
  fmt::print("version       {}\nmanufacturer  {:04x}\nimage type    {:04x}\nhardware      {:04x} to {:04x}\n",
             to_hex(ByteView(image->version)), image->manufacturer, image->image_type, image->least_hardware,
             image->greatest_hardware);
  fmt::print("text          {}\nimage         {} bytes\nhash          {}\nsignature     {}\n", image->text,
             image->manufacturer_image.size(), to_hex(ByteView(image->hash())),
             image->signature ? to_hex(ByteView(*image->signature)) : "none");
  return 0;
}

}  // namespace

void add_firmware(Subcommand& app, int& status) {
  auto* command = app.add_subcommand("firmware", "Firmware images as Update Firmware (11.1, 11.4) carries them");
  command->require_subcommand(1);
  auto options = std::make_shared<Options>();
  auto* making = command->add_subcommand("make", "Put a header around a file and a User's signature behind it");
  add_data_option(*making, options->data);
  making->add_option("--from", options->from, "EUI-64 of the User whose signature it bears");
  making->add_option("--keystore", options->keystore, "Folder with that User's keys, instead of the data folder's");
  making->add_option("--version", options->version, "File version, eight hexadecimal digits")->capture_default_str();
  making->add_option("--text", options->text, "Text in the header, at most 32 characters")->capture_default_str();
  making->add_flag("--unsigned", options->plain, "Without signature: for a PPMID or HCALCS (11.4)");
  making->add_option("--out", options->out, "File to write")->required();
  making->add_option("content", options->content, "The manufacturer's image, any file")->required();
  making->callback([options, &status] { status = make(*options); });
  auto* showing = command->add_subcommand("show", "Tell what an image says of itself, and its hash for 11.3");
  showing->add_option("file", options->file, "The image")->required();
  showing->callback([options, &status] { status = show(*options); });
}

}  // namespace meterway::apps
