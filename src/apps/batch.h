#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/util/bytes.h"
#include "base/util/result.h"
#include "standard/pki/key_store.h"

namespace meterway::apps {

class Subcommand;

/// The tools that others script against (transform, addmac, check, decode, encode): one file to standard output, or
/// many with `--out DIR`, each to DIR/<stem><extension>. A file that fails is reported in one line on standard error
/// (file, reason, field, byte) and the rest is still done.
struct Batch {
  std::vector<std::string> files;
  std::string out;                          ///< folder, created when missing; empty for standard output
  std::string keystore;                     ///< folder of keys; may stay empty where it is optional
  std::string broker = "90b3d51f30000002";  ///< access control broker: a command's header does not name it
};

/// Adds the file arguments and `--out`; `--keystore` too, required or not.
enum class Keystore : std::uint8_t { None, Optional, Required };
void add_batch_options(Subcommand& command, Batch& batch, Keystore keystore);

/// Makes the output text of one input. An error's offset counts bytes of the input: of the text, or of the message
/// that its hexadecimal digits stand for.
using Convert = std::function<Result<std::string>(const std::string& text)>;

/// Converts every file; the exit status is 0 when all went well and 1 otherwise. A missing end of line is added.
int run_batch(const Batch& batch, const std::string& extension, const Convert& convert);

/// Opens the key store once and names the broker: the form of the tools that check or make MACs.
using KeyedConvert =
    std::function<Result<std::string>(const std::string& text, const pki::KeyStore& keys, Eui64 broker)>;
void add_broker_option(Subcommand& command, Batch& batch);
int run_keyed_batch(const Batch& batch, const std::string& extension, const KeyedConvert& convert);

/// One line for `error` in `file`, as run_batch prints it.
std::string batch_error_line(const std::string& file, const Error& error);

}  // namespace meterway::apps
