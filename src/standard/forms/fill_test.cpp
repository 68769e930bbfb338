#include "standard/forms/fill.h"

#include <gtest/gtest.h>

#include "base/util/clock.h"
#include "standard/duis/request.h"
#include "standard/duis/sample_body.h"
#include "standard/forms/words.h"

namespace meterway::forms {
namespace {

const auto kNow = *from_iso8601("2026-06-01T10:00:00Z");
const duis::SampleOf kAbout{kNow, *Eui64::parse("00DB1234567890A0"), false};

const duis::Service& service(std::string_view variant) { return *duis::find_service(variant); }

/// What the schema says to a body; empty: it fits.
std::string judged(const duis::Service& of, duis::Element body) {
  duis::Request request;
  request.id = *RequestId::parse("90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1000");
  request.command_variant = of.non_device ? CommandVariant::NonDevice : CommandVariant::SendCommand;
  request.service_reference = of.reference;
  request.service_reference_variant = of.variant;
  request.body = std::move(body);
  const auto read = duis::read_request(duis::write_request(request));
  return read ? "" : read.error().element + ": " + read.error().rule;
}

/// One way through a form: which alternative of the nth choice met, and whether what is optional is there.
struct Way {
  std::size_t choice = 0, alternative = 0;
  bool everything = false;
};

/// Fills a form with samples; counts the choices and the most alternatives that one has.
class Pen {
 public:
  Pen(const duis::Service& of, Way way) : of_(of), way_(way) { inside(form_of(of).parts, ""); }
  Values values;
  std::size_t choices = 0;
  std::vector<std::size_t> alternatives;

 private:
  void inside(const std::vector<Part>& parts, const std::string& place, unsigned only = 0) {
    for (const auto& part : parts) one(part, place, only);
  }
  void one(const Part& part, const std::string& place, unsigned only) {
    const unsigned times = std::max<unsigned>(part.least, way_.everything ? std::min<unsigned>(part.most, 2) : 0);
    if (part.kind == Part::Kind::Choice) {
      if (times == 0) return;
      const auto number = choices++;
      alternatives.push_back(part.parts.size());
      one(part.parts.at(number == way_.choice ? way_.alternative % part.parts.size() : 0), place, only);
    } else if (part.kind == Part::Kind::Together) {
      if (part.repeats()) {
        for (unsigned n = 1; n <= times; ++n) inside(part.parts, place, n);
      } else if (times > 0 || part.least > 0) {
        inside(part.parts, place, only);
      }
    } else {
      for (unsigned n = 1; n <= (only != 0 ? 1 : times); ++n) {
        const auto number = only != 0 ? only : n;
        auto here = (place.empty() ? "" : place + "/") + std::string(part.name);
        if (number > 1) here += "[" + std::to_string(number) + "]";
        if (part.kind == Part::Kind::Field) {
          values[here] = duis::sample_text(of_, *part.type, part.path, kAbout);
        } else if (part.kind == Part::Kind::Mark) {
          values[here] = "";
        } else {
          inside(part.parts, here);
          // An element that is there with nothing in it has to be said to be there.
          if (values.lower_bound(here) == values.end() || !values.lower_bound(here)->first.starts_with(here))
            values[here] = "";
        }
      }
    }
  }
  const duis::Service& of_;
  const Way way_;
};

void expect_fits(const duis::Service& of, const Values& values, const std::string& what) {
  const auto filled = fill(of, values);
  for (const auto& wrong : filled.wrong)
    ADD_FAILURE() << of.variant << what << ": " << wrong.field << ": " << wrong.detail << " (" << wrong.wants << ")";
  if (!filled.wrong.empty()) return;
  EXPECT_EQ(judged(of, filled.body), "") << of.variant << what;
}

TEST(Form, OfEveryServiceFilledWithSamplesFitsTheSchemaWhicheverChoiceIsTaken) {
  std::size_t forms = 0, ways = 0;
  for (const auto& of : duis::all_services()) {
    ++forms;
    for (const bool everything : {false, true}) {
      const Pen first(of, {0, 0, everything});
      expect_fits(of, first.values, "");
      ++ways;
      for (std::size_t choice = 0; choice < first.alternatives.size() && choice < 60; ++choice) {
        for (std::size_t other = 1; other < first.alternatives[choice]; ++other) {
          const Pen pen(of, {choice, other, everything});
          expect_fits(of, pen.values, " choice " + std::to_string(choice) + " alternative " + std::to_string(other));
          ++ways;
        }
      }
    }
  }
  EXPECT_EQ(forms, 129u);
  EXPECT_GT(ways, 400u);
  RecordProperty("ways", static_cast<int>(ways));
}

TEST(Form, GivesBackWhatWasReadFromABody) {
  for (const auto& of : duis::all_services()) {
    const Pen pen(of, {0, 0, true});
    const auto filled = fill(of, pen.values);
    ASSERT_TRUE(filled.wrong.empty()) << of.variant;
    const auto again = fill(of, values_of(filled.body));
    ASSERT_TRUE(again.wrong.empty()) << of.variant << " " << again.wrong.front().field << again.wrong.front().detail;
    duis::Request a, b;
    a.body = filled.body;
    b.body = again.body;
    EXPECT_EQ(duis::write_request(a), duis::write_request(b)) << of.variant;
  }
}

TEST(Form, OfEveryServiceNamesEachFieldThatIsWrongOrMissing) {
  std::size_t wrongs = 0;
  for (const auto& of : duis::all_services()) {
    const Pen pen(of, {0, 0, false});
    for (const auto& [place, text] : pen.values) {
      auto values = pen.values;
      values[place] = "\x01 no value";
      const auto filled = fill(of, values);
      ASSERT_FALSE(filled.wrong.empty()) << of.variant << " " << place;
      ++wrongs;
      EXPECT_EQ(filled.wrong.front().field, place) << of.variant;
      EXPECT_FALSE(filled.wrong.front().detail.empty());
    }
  }
  EXPECT_GT(wrongs, 200u) << "fields of all services";
}

TEST(Form, SaysWhatIsMissingAndWhatTheSchemaWantsThere) {
  const auto filled = fill(service("4.8.1"), {{"ReadLogPeriod/StartDateTime", "2026-01-01T00:00:00Z"}});
  ASSERT_EQ(filled.wrong.size(), 1u);
  EXPECT_EQ(filled.wrong[0].field, "ReadLogPeriod/EndDateTime");
  EXPECT_EQ(filled.wrong[0].detail, "it is missing");
  EXPECT_EQ(filled.wrong[0].wants, "a date and time such as 2030-01-15T09:00:00Z");
}

TEST(Form, HasNoPlaceForWhatItDoesNotKnowAndForTheSecondOfAChoice) {
  const auto wrong_of = [](std::string_view variant, const Values& values) {
    std::string out;
    for (const auto& one : fill(service(variant), values).wrong) out += one.field + ": " + one.detail + "\n";
    return out;
  };
  EXPECT_EQ(wrong_of("4.18", {{"Balance", "1"}}), "Balance: there is no such field here\n");
  EXPECT_EQ(wrong_of("4.18", {{"a b", "1"}, {"x[0]", ""}, {"/", ""}}).find("there is"), std::string::npos);
  EXPECT_EQ(wrong_of("8.2", {{"DeviceID", "00-DB-12-34-56-78-90-A0"}, {"UPRN", "1"}}),
            "DeviceID: it does not stand beside what else was given\n");
  EXPECT_NE(wrong_of("8.2", {}).find("nothing of a choice is there"), std::string::npos);
  EXPECT_EQ(wrong_of("4.18",
                     {{"ExecutionDateTime[2]", "2026-01-01T00:00:00Z"}, {"ExecutionDateTime", "2026-01-01T00:00:00Z"}}),
            "ExecutionDateTime[2]: there are too many\n");
}

TEST(FormWords, MakeLabelsFromNames) {
  EXPECT_EQ(label_of("StartDateTime"), "Start date time");
  EXPECT_EQ(label_of("UTRN"), "UTRN");
  EXPECT_EQ(label_of("OldCHFID"), "Old CHFID");
  EXPECT_EQ(label_of("ESMEVariant"), "ESME variant");
  EXPECT_EQ(label_of("DeviceIDList"), "Device ID list");
  EXPECT_EQ(label_of("x8F0A").substr(0, 4), "8F0A");
}

TEST(FormWords, SayWhatATypeWants) {
  for (const auto& type : duis::schema::simple_types()) EXPECT_FALSE(type_words(type).empty()) << type.name;
  EXPECT_EQ(field_words(service("8.11"), "AddDeviceToCHFWhitelist/JoinTimePeriod").unit, "seconds");
  EXPECT_EQ(field_words(service("8.5"), "ExecutionDateTime").how_sure, "unconfirmed")
      << "the row of the service itself";
  EXPECT_EQ(field_words(service("4.18"), "NoSuch").help, "");
}

}  // namespace
}  // namespace meterway::forms
