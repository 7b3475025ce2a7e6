// The program, as a child process: its command line, its rig, its end, and a site without devices.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "kiosk/flow/screen_json.h"
#include "kiosk/journal/journal.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/posix_files.h"
#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/rig_client.h"
#include "kiosk/runtime/virtual_time.h"
#include "scenarios/engine/process.h"
#include "tests/kiosk/runtime/local_socket.h"

namespace cardrig {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using scenario::Process;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr Nanos kPatience = 60s;  // other tests may have the machine
const std::string kJournalKey(64, '7');

std::string program() { return scenario::program_folder() + "/kiosk"; }

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Ended {
  int code = -1;
  std::string out, err;
};

/// A folder with keys and the profile of a kiosk whose devices are all absent.
class KioskProgramTest : public ::testing::Test {
 protected:
  KioskProgramTest() {
    write("terminal.key", std::string(64, 'a') + "\n");
    write("journal.key", kJournalKey + "\n");
    const auto wire = [this](const char* name) { return json{{"serial", folder.file(name)}}; };
    profile = {{"profile", "nothing there"},
               {"rig", socket},
               {"health", "127.0.0.1:0"},
               {"terminal", {{"id", "T-0001"}, {"key_file", folder.file("terminal.key")}}},
               {"journal",
                {{"file", folder.file("journal.db")}, {"key_file", folder.file("journal.key")}}},
               {"id_reader", wire("id_reader")},
               {"card_path", wire("card_path")},
               {"print_jobs", {{"tcp", "127.0.0.1:9"}}},
               {"control_board", {{"tcp", "127.0.0.1:9"}}},
               {"camera", {{"mjpeg", "http://127.0.0.1:9/stream"}}},
               {"platform", {{"tcp", "127.0.0.1:9"}}}};
    profile["id_reader"]["photos"] = "stand_in";
  }

  void write(const std::string& name, const std::string& content) {
    std::ofstream(folder.file(name)) << content;
    ::chmod(folder.file(name).c_str(), 0600);
  }
  std::string profile_file() {
    write("p.json", profile.dump(2));
    return folder.file("p.json");
  }
  /// Runs the program to its end.
  Ended run(const std::string& args, const std::string& environment = "env") {
    const std::string out = folder.file("out"), err = folder.file("err");
    const std::string command =
        environment + " " + program() + " " + args + " >" + out + " 2>" + err + " </dev/null";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content_of(out), content_of(err)};
  }
  std::unique_ptr<Process> start(std::vector<std::string> environment = {}) {
    auto process = Process::start({.name = "the kiosk",
                                   .program = program(),
                                   .args = {profile_file()},
                                   .output = folder.file("kiosk"),
                                   .environment = std::move(environment)});
    if (!process) {
      ADD_FAILURE() << process.error().detail;
      return nullptr;
    }
    auto line = (*process)->wait_ready(kPatience);
    if (!line) {
      ADD_FAILURE() << line.error().detail;
      return nullptr;
    }
    ready = std::move(*line);
    return std::move(*process);
  }
  std::unique_ptr<RigClient> client() const {
    auto made = RigClient::connect(socket, kPatience);
    EXPECT_TRUE(made.has_value());
    return made ? std::move(*made) : nullptr;
  }
  static Result<json, RigReason> send(RigClient& rig, const std::string& verb,
                                      json args = json::object()) {
    auto answer = rig.send({verb, std::move(args)}, kPatience);
    if (!answer) return fail(RigReason::kNotPossibleNow, "no answer: " + answer.error().detail);
    return std::move(*answer);
  }
  static std::string refusal(RigClient& rig, const std::string& verb, json args = json::object()) {
    const auto answer = send(rig, verb, std::move(args));
    return answer ? "taken: " + answer->dump() : answer.error().detail;
  }
  /// The first event of the kind, or nothing.
  static std::optional<Event> wait_for(RigClient& rig, const std::string& kind) {
    EXPECT_TRUE(send(rig, "trace.follow").has_value());
    const Nanos end = monotonic_now() + kPatience;
    while (monotonic_now() < end) {
      while (!rig.events().empty()) {
        Event event = std::move(rig.events().front());
        rig.events().pop_front();
        if (event.kind == kind) return event;
      }
      if (!send(rig, "trace.mark")) break;
    }
    return std::nullopt;
  }

  test::OwnFolder folder;
  std::string socket = folder.file("kiosk.sock");
  json profile;
  json ready;
};

// ---- the command line --------------------------------------------------------------------------

TEST_F(KioskProgramTest, ExplainsItself) {
  const Ended help = run("--help");
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, HasSubstr("kiosk PROFILE"));
  EXPECT_EQ(help.err, "");
  const Ended nothing = run("");
  EXPECT_EQ(nothing.code, 2);
  EXPECT_EQ(nothing.err, "kiosk: one argument is needed, the profile; kiosk --help says more.\n");
}

TEST_F(KioskProgramTest, AWrongProfileIsOneSentenceEachAndExitCode2) {
  profile["displaz"] = 1;
  const Ended wrong = run(profile_file());
  EXPECT_EQ(wrong.code, 2);
  EXPECT_EQ(wrong.out, "");
  EXPECT_THAT(wrong.err,
              AllOf(StartsWith(folder.file("p.json") + ":"),
                    HasSubstr("A profile knows no \"displaz\"; did you mean \"display\"?")));
  EXPECT_EQ(run(folder.file("none.json")).code, 2);
}

TEST_F(KioskProgramTest, WhatCannotBeHadIsOneSentenceAndExitCode1) {
  std::filesystem::remove(folder.file("terminal.key"));
  const Ended no_key = run(profile_file());
  EXPECT_EQ(no_key.code, 1);
  EXPECT_EQ(no_key.err, "kiosk: the key file " + folder.file("terminal.key") + " cannot be read\n");

  write("terminal.key", std::string(64, 'a'));
  profile["platform"]["tls"] = {{"ca", folder.file("ca.pem")}};
  const Ended no_ca = run(profile_file());
  EXPECT_EQ(no_ca.code, 1);
  EXPECT_THAT(no_ca.err, HasSubstr("ca.pem is no certificate of an authority"));
  profile["platform"].erase("tls");

  profile["face"] = {{"models", folder.path()}};
  const Ended no_model = run(profile_file());
  EXPECT_EQ(no_model.code, 1);
  EXPECT_THAT(no_model.err, HasSubstr("fr_detect.onnx"));
  profile.erase("face");

  profile["rig"] = folder.file("no/such/folder.sock");
  EXPECT_EQ(run(profile_file()).code, 1);
  profile["rig"] = socket;
  profile["display"] = {{"kind", "window"}};
  const Ended no_display =
      run(profile_file(), "env -u DISPLAY -u WAYLAND_DISPLAY -u SDL_VIDEODRIVER");
  EXPECT_EQ(no_display.code, 1);
  EXPECT_THAT(no_display.err, HasSubstr("kiosk: there is no display"));
  EXPECT_FALSE(std::filesystem::exists(socket));
}

TEST_F(KioskProgramTest, AProductionKioskDemandsPrivateKeys) {
  profile["production"] = true;
  profile.erase("rig");
  profile["id_reader"]["photos"] = "none";
  std::filesystem::create_directory(folder.file("disk"));
  profile["journal"]["file"] = folder.file("disk/journal.db");
  profile["platform"]["tls"] = {{"ca", folder.file("ca.pem")}};
  ::chmod(folder.file("journal.key").c_str(), 0644);
  const Ended open = run(profile_file());
  EXPECT_EQ(open.code, 1);
  EXPECT_EQ(open.err, "kiosk: the key file " + folder.file("journal.key") +
                          " must be its owner's alone (mode 0600)\n");
}

// ---- a site without devices --------------------------------------------------------------------

TEST_F(KioskProgramTest, StartsWithoutDevicesAndSaysSoOnItsScreen) {
  const auto kiosk = start();
  ASSERT_NE(kiosk, nullptr);
  EXPECT_EQ(ready.at("program"), "kiosk");
  EXPECT_EQ(ready.at("pid"), kiosk->pid());
  EXPECT_EQ(ready.at("rig"), socket);
  EXPECT_EQ(ready.at("display"), "none");
  const auto rig = client();
  ASSERT_NE(rig, nullptr);
  const auto out = wait_for(*rig, "kiosk.out_of_service");
  ASSERT_TRUE(out.has_value());
  const auto shown = send(*rig, "kiosk.screen");
  ASSERT_TRUE(shown.has_value());
  EXPECT_EQ(shown->at("language"), "zh");
  const flow::Screen screen = flow::screen_from_json(*shown);
  EXPECT_EQ(screen.id, "out_of_service");
  EXPECT_NE(screen.staff_code, "");
  const auto health = send(*rig, "health");
  ASSERT_TRUE(health.has_value());
  EXPECT_EQ(health->at("ok"), false);
  EXPECT_EQ(health->at("screen"), "out_of_service");
  EXPECT_EQ(health->at("cause"), screen.staff_code);
  EXPECT_TRUE(kiosk->alive());
}

TEST_F(KioskProgramTest, TheHealthPageSaysTheSame) {
  const auto kiosk = start();
  ASSERT_NE(kiosk, nullptr);
  ASSERT_TRUE(wait_for(*client(), "kiosk.out_of_service").has_value());
  const std::string address = ready.at("health");
  asio::io_context io;
  asio::ip::tcp::socket page(io);
  page.connect({asio::ip::make_address("127.0.0.1"),
                static_cast<unsigned short>(std::stoi(address.substr(address.find(':') + 1)))});
  asio::write(page, asio::buffer(std::string("GET /health HTTP/1.0\r\n\r\n")));
  std::string answer;
  ErrorCode end;
  asio::read(page, asio::dynamic_buffer(answer), end);
  EXPECT_THAT(answer, AllOf(HasSubstr(" 503 "), HasSubstr("\"out_of_service\"")));
}

TEST_F(KioskProgramTest, AnswersItsVerbs) {
  const auto kiosk = start();
  ASSERT_NE(kiosk, nullptr);
  const auto rig = client();
  ASSERT_NE(rig, nullptr);
  ASSERT_TRUE(wait_for(*rig, "kiosk.out_of_service").has_value());
  EXPECT_EQ(send(*rig, "kiosk.pending").value_or(json()), json({{"reports", 0}, {"open", 0}}));
  EXPECT_EQ(refusal(*rig, "kiosk.touch"), "\"button\" must be the key of a button");
  EXPECT_THAT(refusal(*rig, "kiosk.touch", {{"button", "start"}}),
              StartsWith("screen \"out_of_service\" has no button \"start\"; it has: "));
  EXPECT_TRUE(send(*rig, "kiosk.touch", {{"button", "language"}}).has_value());
  EXPECT_EQ(send(*rig, "kiosk.screen").value_or(json()).value("language", ""), "en");
  EXPECT_EQ(refusal(*rig, "kiosk.screen", {{"pictures", 1}}), "\"pictures\" must be true or false");
  EXPECT_EQ(refusal(*rig, "staff.found", {{"outcome", "delivered"}}),
            "the kiosk is not waiting for staff");
  EXPECT_EQ(refusal(*rig, "staff.found", {{"outcome", "unknown"}}),
            "\"outcome\" must be delivered, captured, spoilt or none");
  EXPECT_TRUE(send(*rig, "clock.set_offset", {{"seconds", -3600}}).has_value());
  EXPECT_THAT(refusal(*rig, "clock.set_offset", {{"seconds", "x"}}),
              StartsWith("\"seconds\" must be a number"));
  EXPECT_EQ(send(*rig, "kiosk.power_cut").error().reason, RigReason::kNotOnThisRung);
  EXPECT_EQ(refusal(*rig, "world.mains"), "there is no verb \"world.mains\"");
  EXPECT_EQ(refusal(*rig, "kiosk.buttons"), "the kiosk has no window");
}

// ---- the end, and a new beginning --------------------------------------------------------------

TEST_F(KioskProgramTest, EndsWhenTheRigSaysStop) {
  const auto kiosk = start();
  ASSERT_NE(kiosk, nullptr);
  const auto rig = client();
  EXPECT_EQ(kiosk->stop([&] { EXPECT_TRUE(send(*rig, "stop").has_value()); }, {kPatience, 1s}), "");
  EXPECT_FALSE(std::filesystem::exists(socket));
}

TEST_F(KioskProgramTest, EndsCleanlyOnSignals) {
  for (const int signal : {SIGTERM, SIGINT}) {
    const auto kiosk = start();
    ASSERT_NE(kiosk, nullptr);
    EXPECT_EQ(kiosk->stop([&] { ::kill(kiosk->pid(), signal); }, {kPatience, 1s}), "") << signal;
    EXPECT_FALSE(std::filesystem::exists(socket));
    EXPECT_EQ(kiosk->last_words(), std::vector<std::string>{});
  }
}

/// A journal with one claim that nobody knows the answer to.
void leave_an_open_attempt(const std::string& path) {
  VirtualTime time;
  const auto loop = time.make_loop("before");
  Trace trace([&] { return time.now(); });
  Tracer tracer(trace, "before");
  PosixFiles files;
  SystemEntropy entropy;
  Key256 key{};
  key.fill(0x77);
  FixedKeySource keys(key);
  journal::JournalConfig config;
  config.path = path;
  auto journal = journal::open_journal(config, *loop, files, keys, entropy, tracer);
  ASSERT_TRUE(journal.has_value());
  journal::Record record;
  record.attempt_id = std::string(32, 'c');
  record.permit_id = "P-1";
  bool committed = false;
  auto commit = [](journal::Journal& to, journal::Record what, bool& done) -> Async<void> {
    done = (co_await to.commit(what)).has_value();
  };
  spawn(*loop, commit(**journal, record, committed));
  time.run();
  ASSERT_TRUE(committed);
}

TEST_F(KioskProgramTest, APowerCutLosesNothingOfTheJournal) {
  ASSERT_NO_FATAL_FAILURE(leave_an_open_attempt(folder.file("journal.db")));
  const json open{{"reports", 0}, {"open", 1}};
  for (int boot = 1; boot <= 3; ++boot) {
    const auto kiosk = start();
    ASSERT_NE(kiosk, nullptr) << "boot " << boot;
    EXPECT_EQ(send(*client(), "kiosk.pending").value_or(json()), open) << "boot " << boot;
    kiosk->kill();
    EXPECT_TRUE(std::filesystem::exists(socket)) << "a killed program cannot tidy up";
  }
}

TEST_F(KioskProgramTest, ASecondKioskOnTheSameSocketIsRefused) {
  const auto kiosk = start();
  ASSERT_NE(kiosk, nullptr);
  const Ended second = run(profile_file());
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, HasSubstr("another program listens there"));
  EXPECT_TRUE(send(*client(), "health").has_value()) << "the first one serves on";
}

TEST_F(KioskProgramTest, AWindowIsADisplayLikeAnyOther) {
  for (const char* kind : {"window", "full_screen"}) {
    profile["display"] = {{"kind", kind}, {"width_px", 540}, {"height_px", 960}};
    const auto kiosk = start({"SDL_VIDEODRIVER=dummy"});
    ASSERT_NE(kiosk, nullptr);
    EXPECT_EQ(ready.at("display"), kind);
    const auto rig = client();
    ASSERT_TRUE(wait_for(*rig, "kiosk.out_of_service").has_value());
    EXPECT_EQ(kiosk->stop([&] { ::kill(kiosk->pid(), SIGTERM); }, {kPatience, 1s}), "");
  }
}

std::vector<std::string> keys_of(const json& buttons) {
  std::vector<std::string> keys;
  for (const json& each : buttons) keys.push_back(each.at("button"));
  return keys;
}

TEST_F(KioskProgramTest, AWindowSaysWhereItsButtonsAre) {
  profile["display"] = {{"kind", "window"}, {"width_px", 540}, {"height_px", 960}};
  const auto kiosk = start({"SDL_VIDEODRIVER=dummy"});
  ASSERT_NE(kiosk, nullptr);
  const auto rig = client();
  ASSERT_TRUE(wait_for(*rig, "kiosk.out_of_service").has_value());
  const auto buttons = send(*rig, "kiosk.buttons");
  ASSERT_TRUE(buttons.has_value()) << buttons.error().detail;
  const auto shown = send(*rig, "kiosk.screen");
  ASSERT_TRUE(shown.has_value());
  std::vector<std::string> expected;
  for (const auto& each : flow::screen_from_json(*shown).buttons) expected.push_back(each.key);
  ASSERT_FALSE(expected.empty());
  EXPECT_THAT(keys_of(*buttons), ::testing::UnorderedElementsAreArray(expected));
  for (const json& each : *buttons) {
    EXPECT_GE(each.at("x_px"), 0) << each;
    EXPECT_GE(each.at("y_px"), 0) << each;
    EXPECT_GT(each.at("width_px"), 20) << each;
    EXPECT_GT(each.at("height_px"), 20) << each;
    EXPECT_LE(each.at("x_px").get<int>() + each.at("width_px").get<int>(), 540) << each;
    EXPECT_LE(each.at("y_px").get<int>() + each.at("height_px").get<int>(), 960) << each;
  }
}

}  // namespace
}  // namespace cardrig
