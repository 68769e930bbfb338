#pragma once
#include "records/registry/person.h"

/// Whether two entries are one human being, where two different people are asked for. Several entries of one person
/// are found by what people write: the identifier in capitals or not, the name in any spelling. That no two entries
/// have a key in common is seen to where certificates are bound (person_certificate.h).
namespace meterway::registry {

/// Words of letters and digits, without capitals, accents, apostrophes and marks that are not seen, in the order of the
/// alphabet: "LEE, Anna", "Anna\u00A0Lee" and "anna l\u00E9e" are the same. Letters of other alphabets that look alike
/// are not told apart from those that do not: they are others.
std::string folded_name(std::string_view name);

/// The same identifier, or the same name within one party. Without a name only the identifier says who it is.
bool are_one_person(const Person& one, const Person& other);

}  // namespace meterway::registry
