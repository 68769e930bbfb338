#include "tests/end_to_end/node.h"

// The records of oversight, by the commands, on a node that runs; still there after a restart.
namespace meterway::end_to_end {
namespace {

using nlohmann::json;

class Oversight : public ::testing::Test {
 protected:
  Said run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--data", node.data()});
    return node.run(std::move(arguments));
  }
  std::string done(std::vector<std::string> arguments) {
    const auto said = run(std::move(arguments));
    EXPECT_EQ(said.status, 0) << said.out;
    return said.out;
  }
  std::string person(const std::string& id, const std::string& party, const std::string& role,
                     const std::string& clearance) {
    done({"person", "set", id, "--party", party, "--role", role, "--clearance", clearance});
    const auto file = (node.root() / (id + ".token")).string();
    done({"person", "token", id, "-o", file});
    return file;
  }
  Node node{json{{"oversight", {{"rules", {{"maintenance.notice", 15}}}, {"attachment_mb", 1}}}}};
};

TEST_F(Oversight, AnActionIsMadeChangedClosedShownAndStillThereAfterARestart) {
  node.start_platform();
  const auto secretary = person("sec.one", "SECAS", "secretary", "Red");
  const auto dcc = person("dcc.one", "DCC", "reporter", "Green");
  done({"committee", "new", "code=CSC", "name=Change Sub-Committee", "--token-file", secretary});
  EXPECT_TRUE(has(done({"action", "new", "committee=CSC", "number=12", "owner=DCC", "text=Meeting about DP096",
                        "--token-file", secretary}),
                  "CSC 12/01"));
  done({"action", "set", "CSC 12/01", "due=2020-03-31", "--why", "agreed", "--token-file", dcc});
  const auto stale = run({"action", "set", "CSC 12/01", "due=2020-04-01", "--revision", "1", "--token-file", dcc});
  EXPECT_EQ(stale.status, 1);
  EXPECT_TRUE(has(stale.out, "412")) << stale.out;
  const auto early = run({"action", "do", "CSC 12/01", "close", "--token-file", dcc});
  EXPECT_TRUE(has(early.out, "evidence: comes with close")) << early.out;
  done({"action", "do", "CSC 12/01", "close", "evidence=minutes of 3 March", "--token-file", dcc});
  node.stop_platform();
  node.start_platform();
  EXPECT_TRUE(has(done({"action", "list", "--state", "closed"}), "Meeting about DP096"));
  EXPECT_TRUE(has(done({"action", "history", "CSC 12/01"}), "due: null -> 2020-03-31"));
  EXPECT_TRUE(has(done({"action", "show", "CSC 12/01", "--format", "md"}), "# Action CSC 12/01: Meeting about DP096"));
  const auto pdf = (node.root() / "a.pdf").string();
  done({"action", "show", "CSC 12/01", "--format", "pdf", "-o", pdf});
  EXPECT_TRUE(slurp(pdf).starts_with("%PDF-"));
}

TEST_F(Oversight, ATableGoesOutAndComesInAndAFalseAttachmentDoesNot) {
  node.start_platform();
  done({"committee", "new", "code=CSC", "name=Change Sub-Committee"});
  const auto table = (node.root() / "actions.csv").string();
  std::ofstream(table) << "committee,number,owner,text\nCSC,12,DCC,one\nCSC,12,DCC,two\n";
  EXPECT_EQ(done({"action", "import", table}), "2 made, 0 changed\n");
  std::ofstream(table) << "committee,number,owner,text\nCSC,12,DCC,three\nCSC,x,DCC,four\n";
  const auto wrong = run({"action", "import", table});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_TRUE(has(wrong.out, "row 3: number: expected a whole number")) << wrong.out;
  EXPECT_TRUE(has(done({"action", "export"}), "CSC 12/02")) << "and no third";
  EXPECT_FALSE(has(done({"action", "export"}), "CSC 12/03"));
  const auto file = (node.root() / "a.pdf").string();
  std::ofstream(file) << "no PDF";
  EXPECT_TRUE(has(run({"action", "attach", "CSC 12/01", file}).out, "is said to be application/pdf, and is not"));
  std::ofstream(file) << "%PDF-" << std::string(2u << 20, ' ');
  EXPECT_TRUE(has(run({"action", "attach", "CSC 12/01", file}).out, "at most 1048576 bytes"));
  std::ofstream(file) << "%PDF-1.7\n";
  EXPECT_TRUE(has(done({"action", "attach", "CSC 12/01", file, "--class", "Red"}), "attachment 1: a.pdf (Red)"));
}

TEST_F(Oversight, ExplainSaysWhichRuleDecidesAndThatTheOperatorHasSetIt) {
  node.start_platform();
  const auto said = done({"explain", "maintenance.notice", "--on", "2018-09-01"});
  EXPECT_TRUE(has(said, "maintenance.notice = 15 working days on 1 September 2018: H8.4")) << said;
  EXPECT_TRUE(has(said, "set by the operator in place of 20")) << said;
  EXPECT_TRUE(has(done({"explain"}), "report.sr_variance.due = 10 working days"));
  EXPECT_EQ(run({"explain", "tea"}).status, 1);
}

}  // namespace
}  // namespace meterway::end_to_end
