#include "oversight/registration/generator.h"

#include <algorithm>
#include <array>

#include "base/util/random.h"
#include "standard/calendar/civil_time.h"

namespace meterway::registration {
namespace {

using calendar::Date;

struct Area {
  const char* distributor;  ///< first two digits of its MPANs
  const char* operator_id;  ///< invented, as all names here
  unsigned weight;
  std::array<const char*, 3> post_areas;
  const char* town;
};
constexpr Area kAreas[] = {
    {"10", "NAEA", 12, {"CB", "NR", "IP"}, "EASTBRIDGE"}, {"11", "NAEM", 9, {"NG", "LE", "DE"}, "MIDFORD"},
    {"12", "NALO", 8, {"SE", "SW", "NW"}, "LONDON"},      {"13", "NAMA", 5, {"CH", "LL", "SY"}, "MERSEYHAM"},
    {"14", "NAMI", 9, {"CV", "WR", "WS"}, "WESTFIELD"},   {"15", "NANE", 5, {"NE", "SR", "DH"}, "TYNEBY"},
    {"16", "NANW", 8, {"BL", "OL", "PR"}, "NORTHWICK"},   {"17", "NANS", 3, {"AB", "IV", "DD"}, "GLENMORE"},
    {"18", "NASS", 7, {"EH", "ML", "KY"}, "FORTHSIDE"},   {"19", "NASE", 8, {"TN", "CT", "ME"}, "SOUTHDOWN"},
    {"20", "NASO", 10, {"SO", "PO", "RG"}, "HAMPSTOKE"},  {"21", "NASW", 4, {"CF", "SA", "NP"}, "PONTWEN"},
    {"22", "NAWE", 5, {"EX", "PL", "TQ"}, "DEVONLEY"},    {"23", "NAYO", 7, {"LS", "BD", "YO"}, "YORKFIELD"}};
struct Share {
  const char* id;
  unsigned weight;
};
constexpr Share kSuppliers[] = {{"SUNA", 25}, {"WAVE", 20}, {"HILL", 15}, {"OAKE", 12}, {"RIVR", 9},
                                {"TIDE", 7},  {"MOSS", 5},  {"FERN", 4},  {"GULL", 2},  {"WREN", 1}};
constexpr const char* kTransporters[] = {"GTAA", "GTBB", "GTCC", "GTDD"};
constexpr const char* kStreets[] = {"HIGH STREET", "STATION ROAD", "MAIN STREET",    "PARK ROAD",
                                    "CHURCH LANE", "MILL LANE",    "THE GREEN",      "QUEEN STREET",
                                    "KINGSWAY",    "SCHOOL LANE",  "VICTORIA AVENUE"};
constexpr const char* kNames[] = {"ROSE COTTAGE",    "THE OLD FORGE", "HILL VIEW", "ORCHARD HOUSE",
                                  "ST JOHN'S LODGE", "WOODSIDE",      "THE BARN",  "LAUREL BANK"};
constexpr const char* kGasSender = "1000000007";
constexpr std::size_t kFlush = 64u << 10, kHomesAtPostCode = 15;

class Country {
 public:
  Country(const Plan& plan, const std::function<Status(const std::string&, std::string_view)>& write)
      : plan_(plan), write_(write), random_(plan.seed), today_(calendar::civil_day(plan.at)) {}

  Result<Made> make() {
    for (const auto& area : kAreas) {
      const auto id = "RDP" + std::string(area.distributor);
      add_file({id, "Registration data provider " + id, 0, {area.distributor}, 1, 1, Route::File, "", false},
               id + "-1.usr", Format::Electricity);
    }
    add_file({kGasSender, "Gas registration data provider", 1, {}, 1, 1, Route::File, "", false},
             std::string(kGasSender) + "-1.dat", Format::Gas);
    unsigned all = 0;
    for (const auto& area : kAreas) all += area.weight;
    std::size_t until = 0, share = 0;
    for (std::size_t i = 0; i < std::size(kAreas); ++i) {
      share += kAreas[i].weight;
      until = plan_.points * share / all;
      while (made_.points < until) METERWAY_CHECK(home(i, until - made_.points));
    }
    for (std::size_t i = 0; i < files_.size(); ++i) METERWAY_CHECK(write_(made_.files[i], files_[i].finish()));
    for (const auto& supplier : kSuppliers) made_.participants.emplace_back(supplier.id);
    return std::move(made_);
  }

 private:
  struct Home {
    std::string post_code, identifier, lines, uprn;
  };

  void add_file(Sender sender, std::string name, Format format) {
    files_.emplace_back(Head{format, "refresh", sender.id, 1, false}, plan_.at);
    written_.push_back(0);
    made_.senders.push_back(std::move(sender));
    made_.files.push_back(std::move(name));
  }
  std::uint64_t below(std::uint64_t count) { return random_.next_u64() % count; }
  bool chance(unsigned percent) { return below(100) < percent; }
  const char* supplier() {
    auto left = below(100);
    for (const auto& one : kSuppliers) {
      if (left < one.weight) return one.id;
      left -= one.weight;
    }
    return kSuppliers[0].id;
  }
  std::string day(std::int64_t days_from_now) {
    return calendar::to_compact(today_ + std::chrono::days(days_from_now));
  }
  Status line(std::size_t file, std::string_view code, const std::vector<std::string>& fields) {
    files_[file].line(code, fields);
    if (++written_[file] % (kFlush / 64) != 0) return {};
    return write_(made_.files[file], files_[file].take());
  }

  Home place(const Area& area) {
    if (here_ == 0) {
      here_ = 1 + below(2 * kHomesAtPostCode);
      post_code_ =
          std::string(area.post_areas[below(3)]) + std::to_string(1 + below(20)) + " " + std::to_string(below(10));
      constexpr std::string_view kLetters = "ABDEFGHJLNPQRSTUWXYZ";
      for (int i = 0; i < 2; ++i) post_code_ += kLetters[below(kLetters.size())];
      street_ = kStreets[below(std::size(kStreets))];
      number_ = 1 + below(60);
      flat_ = 0;
    }
    --here_;
    Home out;
    out.post_code = post_code_;
    out.lines = street_ + ", " + area.town;
    if (flat_ == 0 && chance(15)) flat_ = 1 + below(8);  // a house of flats begins
    if (flat_ > 0) {
      out.identifier = "FLAT " + std::to_string(flat_) + ", " + std::to_string(number_);
      if (--flat_ == 0) number_ += 2;
    } else if (chance(4)) {
      out.identifier = kNames[below(std::size(kNames))];
    } else {
      out.identifier = std::to_string(number_);
      number_ += 2;
    }
    if (chance(97)) out.uprn = std::to_string(100'000'000'000ull + uprn_);
    ++uprn_;
    return out;
  }

  /// Who has had it since when: most have switched, a few will.
  Status registrations(std::size_t file, const std::string& point, const char* role, int switches) {
    auto since = -static_cast<std::int64_t>(400 + below(6000));
    for (int i = 0; i <= switches; ++i) {
      METERWAY_CHECK(line(file, "REG", {point, role, supplier(), day(since), ""}));
      since += 30 + static_cast<std::int64_t>(below(1500));
      if (since > 28) break;
    }
    return {};
  }

  Status address(std::size_t file, const std::string& point, const Home& home) {
    auto identifier = home.identifier;
    const auto comma = identifier.find(", ");
    if (chance(3) && comma != std::string::npos)  // the other way about
      identifier = identifier.substr(comma + 2) + ", " + identifier.substr(0, comma);
    return line(file, "ADR",
                {point, chance(90) ? "A" : "B", chance(95) ? home.uprn : "", home.post_code, identifier, home.lines});
  }

  /// One home with one metering point, two or three; no more than are left.
  Status home(std::size_t area_index, std::size_t left) {
    const auto& area = kAreas[area_index];
    const auto where = place(area);
    const auto base = static_cast<std::uint64_t>(std::stoul(area.distributor)) * 10'000'000'000ull;
    const auto import = Mpxn::mpan(base + ++electricity_[area_index]).text();
    ++made_.homes;
    ++made_.points;
    METERWAY_CHECK(registrations(area_index, import, "IS", static_cast<int>(below(4))));
    METERWAY_CHECK(line(area_index, "REG", {import, "ED", area.operator_id, "20050401", ""}));
    METERWAY_CHECK(address(area_index, import, where));
    METERWAY_CHECK(line(area_index, "DET", {import, "profile-class", chance(85) ? "1" : "2"}));
    if (left > 1 && chance(80)) {
      const auto point = std::to_string(2'000'000'000ull + ++gas_);
      const auto file = files_.size() - 1;
      ++made_.points;
      METERWAY_CHECK(registrations(file, point, "GS", static_cast<int>(below(3))));
      METERWAY_CHECK(
          line(file, "REG", {point, "GT", kTransporters[area_index % std::size(kTransporters)], "20050501", ""}));
      if (chance(99)) METERWAY_CHECK(address(file, point, where));
    }
    if (left > 2 && chance(5)) {
      const auto point = Mpxn::mpan(base + ++electricity_[area_index]).text();
      ++made_.points;
      METERWAY_CHECK(registrations(area_index, point, "ES", 0));
      METERWAY_CHECK(line(area_index, "REG", {point, "ED", area.operator_id, "20050401", ""}));
      METERWAY_CHECK(address(area_index, point, where));
    }
    return {};
  }

  const Plan& plan_;
  const std::function<Status(const std::string&, std::string_view)>& write_;
  SeededRandom random_;
  const Date today_;
  Made made_;
  std::vector<FileWriter> files_;
  std::vector<std::size_t> written_;
  std::array<std::uint64_t, std::size(kAreas)> electricity_{};
  std::uint64_t gas_ = 0, uprn_ = 0, here_ = 0, number_ = 0, flat_ = 0;
  std::string post_code_, street_;
};

}  // namespace

Result<Made> generate(const Plan& plan, const std::function<Status(const std::string&, std::string_view)>& write) {
  return Country(plan, write).make();
}

}  // namespace meterway::registration
