#pragma once
#include "oversight/registration/file.h"

namespace meterway::registration {

struct Plan {
  std::size_t points = 1000;
  std::uint64_t seed = 1;
  UtcTime at{};  ///< when the files say that they were made; nothing in them is later than a few weeks after it
};
struct Made {
  std::vector<Sender> senders;            ///< who the files are of
  std::vector<std::string> files;         ///< their names, in the order of the senders
  std::vector<std::string> participants;  ///< suppliers, by share of the market
  std::size_t points = 0, homes = 0;
};

/// Full files of an invented country, a file a registration data provider: homes with electricity, gas and export, in
/// 14 network areas of different size, houses by number and by name, flats, several homes a post code, suppliers with
/// shares of the market, homes that have switched and some that will. Sources do not always write an address alike. The
/// same plan gives the same bytes. `write` gets pieces of files, several at a time in turn. Errors: those of `write`.
Result<Made> generate(const Plan& plan,
                      const std::function<Status(const std::string& file, std::string_view piece)>& write);

}  // namespace meterway::registration
