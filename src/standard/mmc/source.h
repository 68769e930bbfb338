#pragma once
#include <deque>
#include <string_view>
#include <vector>

#include "standard/mmc/value.h"

namespace meterway::mmc {

/// Finds the values that a source of spec/mmc.tsv means.
///
///     "7/1-0:99.1.0.255/2 0.*"   children of the root of that name, from each the first element, of that all elements
///     "/ 1.t30"                  from the root: its second element, of that the elements with ASN.1 tag 30
///     ".2"  "."  "#"             from the value at hand; itself; its number among its like, from 1
///
/// Steps between dots: a place, a name, "*" (every element), "tHH" (ASN.1 tag), "bA-B" (bytes A up to B),
/// "sN" (bit N of a bit string, first bit 0), "set" (the places of the bits that are set, first bit 1),
/// "lowN" (the places of the bits that are set among the N lowest of the number, lowest 0), "hi", "lo" (halves of a
/// 16-bit number), "nN" (bit N of a number, lowest 0), "maskHH" (the number and that mask); "number", "bytes", "list"
/// (the value when it is one), "count" (of elements), "size" (of bytes), "endN" (Nth from the end), "uptoN", "fromN"
/// (the first N elements, the others), "chunksN" (a list of lists of N elements), "columnsN" (a list of N lists: the
/// first, the N+1st, ..), "spreadN" (the list once for every element of its Nth, with that in its place).
class Sources {
 public:
  explicit Sources(const Value& root) : root_(root) {}
  /// `ordinal` is the number of `here` among its like. What a step makes is kept as long as this object stands.
  std::vector<const Value*> find(std::string_view source, const Value& here, std::size_t ordinal);

 private:
  void step(std::string_view name, const Value& from, std::vector<const Value*>& out);
  bool regroup(std::string_view name, const Value& from, std::vector<const Value*>& out);
  bool cut(std::string_view name, const Value& from, std::vector<const Value*>& out);
  const Value* keep(Value value) { return &made_.emplace_back(std::move(value)); }

  const Value& root_;
  std::deque<Value> made_;
};

}  // namespace meterway::mmc
