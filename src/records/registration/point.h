#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/util/clock.h"
#include "records/registration/source.h"
#include "standard/ids/ids.h"

/// What is registered at a metering point, by dates: who is supplier, export supplier, network operator or gas
/// transporter from which moment on, and who said so. A moment decides, never the order in which it was learned.
namespace meterway::registration {

/// From `from` on `who` has `role` at the point, until the next entry of that role; nobody, when it is empty.
struct Entry {
  UserRole role = UserRole::IS;  ///< IS, ES, GS, ED or GT
  std::uint8_t source = 0;       ///< code of spec/registration_sources.tsv
  UtcTime from{};                ///< a whole second from 1970 to 2106
  MarketParticipant who;
  std::uint32_t load = 0;  ///< number of the load that brought it

  bool is_place_of(const Entry& other) const {
    return role == other.role && source == other.source && from == other.from;
  }
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// What else is known of a point, where a source says it. Texts of at most kMostDetailBytes.
enum class Detail : std::uint8_t {
  ProfileClass = 1,
  MeterOperator,
  TradingStatus,
  EnergyDirection,
  MarketSector,
  Energisation,
  ServiceFlag,  ///< as the registration data provider has it
};
Result<Detail> parse_detail(std::string_view name);
std::string_view to_string(Detail detail);
inline constexpr std::size_t kMostDetailBytes = 40;
/// What one source says of it: another does not write over it.
struct DetailOf {
  Detail detail = Detail::ProfileClass;
  std::uint8_t source = 0;
  friend auto operator<=>(const DetailOf&, const DetailOf&) = default;
};

/// The most entries of a point that are kept at hand, and of them those of one source. Of more, those of that source
/// move to the point's past (Was): first what began longest ago, then what is farthest ahead; never what decides now.
inline constexpr std::size_t kMostEntries = 200, kMostOfSource = 60;

struct Point {
  Mpxn mpxn;
  std::vector<Entry> entries;  ///< in no order
  std::map<DetailOf, std::string> details;

  /// Whether any source has said anything of this role.
  bool knows(UserRole role) const;
  /// The entry that decides who has the role at a moment: the last that began by then; of several that began together
  /// that of the source with precedence.
  const Entry* at(UserRole role, UtcTime moment) const;
  /// What the source with precedence on that day says of it; null when none does.
  const std::pair<const DetailOf, std::string>* detail(Detail detail, Date on) const;
  /// [from, until) of everybody who had or will have the role, as at() decides, in order.
  struct Span {
    UserRole role;
    MarketParticipant who;
    UtcTime from;
    std::optional<UtcTime> until;
    std::uint8_t source;
    std::uint32_t load;
  };
  std::vector<Span> spans(UserRole role) const;
  friend bool operator==(const Point&, const Point&) = default;
};

/// An entry that a later load has taken away or replaced.
struct Was {
  Entry entry;
  std::uint32_t by = 0;  ///< number of that load
};

/// One thing that a record of a load says of a point.
struct Operation {
  enum class Kind : std::uint8_t { Clear = 1, Start, Cancel, End, SetDetail, SetAddress };
  Kind kind = Kind::Start;
  Entry entry{};  ///< Clear, SetDetail: source alone. End: nobody from then on, unless somebody is from that moment
  Detail detail = Detail::ProfileClass;  ///< SetDetail
  std::string text{};                    ///< SetDetail: empty removes it. SetAddress: an address record (address.h)
};

//   record:  format:1 entries:1 and each: source and role:1 from:4 who:4 load:4, then details: source and detail:1
//   length:1 text
std::string write_point(const Point& point);
/// Errors: of wire::Reader; BadValue.
Result<Point> read_point(Mpxn mpxn, std::string_view record);

void append_operation(std::string& out, const Operation& operation);
Result<std::vector<Operation>> read_operations(std::string_view bytes);

/// The point after these operations of a load that was turned on `at`; what they took away goes to `was`. Addresses are
/// left alone.
void apply(Point& point, const std::vector<Operation>& operations, std::uint32_t load, std::vector<Was>* was,
           UtcTime at = UtcTime::max());

}  // namespace meterway::registration
