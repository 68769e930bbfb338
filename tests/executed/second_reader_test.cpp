#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/util/hex.h"
#include "standard/gbcs/document.h"
#include "tests/executed/runs.h"

// Every message of the runs read a second time, by tests/reader.
namespace meterway::tests {
namespace {

struct Ended {
  int status = 0;
  std::string output;
};

Ended run_program(const std::string& command) {
  Ended out;
  auto* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {-1, "no pipe"};
  char part[4096];
  for (std::size_t got; (got = ::fread(part, 1, sizeof part, pipe)) > 0;) out.output.append(part, got);
  out.status = ::pclose(pipe);
  return out;
}

/// The keys of everybody in the home, as tests/reader finds them.
void write_keys(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const auto& record : home().records()) {
    ASSERT_TRUE(pki::write_key_files(folder, record, pki::WriteKeys::Yes));
  }
}

/// The JSON in one line: no text in it holds a line break of its own.
std::string one_line(const std::string& json) {
  std::string out;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] != '\n') {
      out += json[i];
      continue;
    }
    while (i + 1 < json.size() && json[i + 1] == ' ') ++i;
  }
  return out;
}

/// Steps: the command and the answer of every run as `decode --format json` says them, 200 commands a service, are
/// given to the reader of tests/reader, which is of another language and shares no table. Pass: it reads the same
/// values in all of them, what is encrypted too where Python can open it.
TEST(Executed, EveryMessageOfTheRunsIsReadAlikeByASecondReader) {
  const auto reader = std::string(METERWAY_SOURCE_DIR) + "/tests/reader/compare.py";
  const std::string python = "/usr/bin/python3 ";
  const bool opens = run_program(python + "-c 'import cryptography'").status == 0;
  const auto folder = std::filesystem::temp_directory_path() / ("meterway-runs-" + std::to_string(::getpid()));
  write_keys(folder);
  std::size_t messages = 0;
  {
    std::ofstream runs(folder / "runs.tsv");
    const auto tell = [&](const OneRun& run, const char* what, ByteView bytes) {
      const auto json = gbcs::to_json(bytes, opens ? &home() : nullptr);
      ASSERT_TRUE(json) << run.form.name();
      runs << run.form.service->variant << " " << to_string(run.form.type) << " " << run.made.use_case << " " << what
           << "\t" << to_hex(bytes) << "\t" << one_line(*json) << "\n";
      ++messages;
    };
    for_each_run([&](const OneRun& run) {
      tell(run, "command", run.command);
      if (run.outcome.response) tell(run, "answer", *run.outcome.response);
      for (const auto& alert : run.outcome.alerts) tell(run, "alert", alert);
    });
  }
  const auto ended =
      run_program(python + reader + " --keystore " + folder.string() + " --runs " + (folder / "runs.tsv").string());
  std::filesystem::remove_all(folder);
  EXPECT_EQ(ended.status, 0) << ended.output.substr(0, 4000);
  const auto count = std::to_string(messages);
  EXPECT_NE(ended.output.find(count + " of " + count + " messages read alike"), std::string::npos)
      << ended.output.substr(0, 4000);
  EXPECT_GT(messages, kSanitized ? 3000u : 45000u);
  std::cout << messages << " messages, " << ended.output.substr(ended.output.rfind("second reader")) << "\n";
}

}  // namespace
}  // namespace meterway::tests
