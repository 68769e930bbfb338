#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "records/ledger/record.h"

/// References of records in the forms of the founding documents (the format column of spec/ledger_kinds.tsv): DP116,
/// INC000000294975, CSC 12/01, SECP_61_1210_19, and where a text mentions one.
///
///   format = { literal | "{n}" | "{n:" width "}" | "{" field "}" | "{" field ":ddmm}" | "{" field "." field "}" }
namespace meterway::ledger {

/// A record's name over all kinds.
struct Target {
  std::string kind;
  std::string reference;
  friend auto operator<=>(const Target&, const Target&) = default;
};

/// Reads a reference of this kind; gives it as we write it (an alias as the first format) and its number {n}, 0
/// without.
struct ReadReference {
  std::string reference;
  std::uint64_t number = 0;
};
std::optional<ReadReference> read_reference(const Kind& kind, std::string_view text);

/// The reference of a record with these fields and this number. `look_up` gives a field of the record that a reference
/// field names. Errors in words: which field is missing.
using LookUp =
    std::function<std::optional<std::string>(const Field& reference, const std::string& of, std::string_view field)>;
Result<std::string, std::string> make_reference(const Kind& kind, const Fields& fields, std::uint64_t number,
                                                const LookUp& look_up);
bool is_numbered(const Kind& kind);

/// "action:CSC 12/01", or a reference that says by its form of what kind it is.
std::optional<Target> read_target(std::string_view text);

/// What a text mentions, in order, each with where it stands. Only forms that cannot be other words count: those of a
/// kind whose references begin with a literal, or hold one between fields.
struct Mention {
  std::size_t at = 0, size = 0;
  Target target;
};
std::vector<Mention> mentions_in(std::string_view text);

/// Sorts references as people do: CSC 9/01 before CSC 10/01. Different references have different keys.
std::string natural_key(std::string_view reference);

}  // namespace meterway::ledger
