// The program as the engine and people meet it: its configuration, its lines, its rig, its end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <sstream>

#include "kiosk/certificate/card_face.h"
#include "kiosk/runtime/rig_client.h"
#include "mock-platform/json_codec.h"
#include "mock-platform/program/config.h"
#include "tests/mock-platform/program/running.h"

namespace cardrig::mock_platform {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::HasSubstr;

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class Program : public ::testing::Test {
 protected:
  json send(RigClient& rig, const std::string& verb, const json& args = json::object()) {
    const auto answer = rig.send({verb, args}, tests::kPatience);
    if (!answer) throw std::runtime_error(verb + ": " + answer.error().detail);
    if (!*answer) throw std::runtime_error(verb + ": " + answer->error().detail);
    return **answer;
  }
  std::unique_ptr<RigClient> rig() {
    auto connected = RigClient::connect(site / "platform.sock", tests::kPatience);
    if (!connected) throw std::runtime_error(connected.error().detail);
    return std::move(*connected);
  }
  json permit() {
    auto sample = tests::sample_permit("permit-0001");
    sample.certificate.valid_to = {2099, 1, 1};
    json certificate = certificate_to_json(sample.certificate);
    certificate["photo"] = {{"format", "png"},
                            {"base64", base64(certificate::encode_png(*sample.certificate.photo))}};
    return {{"permit_id", "permit-0001"},
            {"person",
             {{"document_type", sample.person.document_type},
              {"id_number", sample.person.id_number},
              {"name", sample.person.name}}},
            {"certificate", certificate},
            {"state", "approved"}};
  }
  /// Starts it with a configuration that is wrong; what it says.
  std::string refused(const std::string& text, int exit_code) {
    site.write(text);
    std::filesystem::remove(site / "platform.err");
    const auto process = site.launch();
    const auto ready = process->wait_ready(tests::kPatience);
    EXPECT_FALSE(ready) << text;
    EXPECT_THAT(ready.error().detail, HasSubstr("exit code " + std::to_string(exit_code)));
    return text_of(site / "platform.err");
  }

  tests::Running site;
  tests::Terminal kiosk;
};

TEST_F(Program, SaysWhereItServes) {
  site.start(site.config());
  EXPECT_EQ(site.ready["program"], "mock-platform");
  EXPECT_EQ(site.ready["pid"], site.process->pid());
  EXPECT_EQ(site.ready["tls"], false);
  EXPECT_EQ(site.ready["rig"], site / "platform.sock");
  EXPECT_THAT(site.ready["health"].get<std::string>(), HasSubstr("127.0.0.1:"));
  const auto client =
      kiosk.client(tcp_source(kiosk.loop, kiosk.tracer, "platform", site.endpoint()));
  EXPECT_TRUE(kiosk.run(client->health()).has_value());
  const auto health = send(*rig(), "health");
  EXPECT_EQ(health["ok"], true);
  EXPECT_EQ(health["connections"], 1);
}

TEST_F(Program, ActsAndFaultsOfTheRigReachTheTerminal) {
  site.start(site.config());
  const auto rig = this->rig();
  send(*rig, "trace.follow");
  send(*rig, "platform.add_permit", permit());
  const auto client =
      kiosk.client(tcp_source(kiosk.loop, kiosk.tracer, "platform", site.endpoint()));
  const auto claim = [&] {
    return kiosk.run(client->claim("a1", "permit-0001", tests::sample_person()));
  };
  const auto granted = claim();
  ASSERT_TRUE(granted.has_value()) << granted.error().detail;
  EXPECT_EQ(send(*rig, "platform.permit", {{"permit", "permit-0001"}})["claim"], "granted");

  send(*rig, "fault.inject", {{"name", "platform.server_error"}});
  EXPECT_EQ(send(*rig, "faults.inert"), json::array({"platform.server_error"}));
  const auto failed = claim();
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().reason, platform::PlatformReason::kServerError);
  EXPECT_EQ(send(*rig, "faults.inert"), json::array());
  send(*rig, "fault.clear", {{"name", "platform.server_error"}});
  send(*rig, "platform.withdraw", {{"permit", "permit-0001"}});
  EXPECT_EQ(kiosk.run(client->claim_state("a1")).value(), platform::ClaimState::kWithdrawn);

  // The follower has been told, in this machine's monotonic time.
  const Nanos before = monotonic_now();
  send(*rig, "trace.mark");
  while (rig->mark() < before) {
    ASSERT_LT(monotonic_now(), before + tests::kPatience);
    ASSERT_TRUE(rig->poll().has_value());
  }
  std::vector<std::string> states;
  bool effect = false;
  for (const auto& event : rig->events()) {
    EXPECT_LE(event.time, monotonic_now());
    EXPECT_EQ(event.party, "platform");
    if (event.kind == "platform.claim") states.push_back(event.text("state"));
    effect = effect || event.kind == "fault.effect";
  }
  EXPECT_EQ(states, (std::vector<std::string>{"granted", "withdrawn"}));
  EXPECT_TRUE(effect);
}

TEST_F(Program, EndsByItsRigAndBySignalsAndLeavesNothing) {
  for (const int signal : {0, SIGTERM, SIGINT}) {
    site.start(site.config());
    const auto client =
        kiosk.client(tcp_source(kiosk.loop, kiosk.tracer, "platform", site.endpoint()));
    EXPECT_TRUE(kiosk.run(client->health()).has_value()) << "a connection is open";
    EXPECT_TRUE(std::filesystem::exists(site / "platform.sock"));
    const auto ask = [&] {
      if (signal == 0) {
        send(*rig(), "stop");
      } else {
        ::kill(site.process->pid(), signal);
      }
    };
    EXPECT_EQ(site.process->stop(ask, {tests::kPatience, tests::kPatience}), "") << signal;
    EXPECT_FALSE(std::filesystem::exists(site / "platform.sock"));
  }
}

TEST_F(Program, AMistakeInTheConfigurationIsNamedWithItsLine) {
  const std::string key(32, 'a');
  const std::string head = "{\n\"listen\": \"127.0.0.1:0\",\n";
  const std::string tail = "\"terminals\": [{\"id\": \"T-1\", \"key\": \"" + key + "\"}]\n}";
  const std::pair<std::string, std::string> mistakes[] = {
      {head + "\"prot\": 1,\n" + tail, "platform.json:3: The configuration knows no \"prot\""},
      {head + "\"processing_ms\": \"30\",\n" + tail,
       ":3: \"processing_ms\" must be a whole number"},
      {head + "\"processing_ms\": -1,\n" + tail, ":3: \"processing_ms\" must lie between 0 and"},
      {head + "\"health\": \"8080\",\n" + tail, ":3: \"health\" must be HOST:PORT"},
      {head + "\"health\": \"127.0.0.1:65536\",\n" + tail, ":3: \"health\" must be HOST:PORT"},
      {head + "\"tls\": {\"certificate\": \"x\"},\n" + tail, ":3: \"tls\" needs \"key\""},
      {head + "\"tls\": {\n\"cert\": \"x\"},\n" + tail, ":4: \"tls\" knows no \"cert\""},
      {head + "\"terminals\": []\n}", ":3: \"terminals\" must name at least one"},
      {head + "\"terminals\": [{\"id\": \"T 1\", \"key\": \"" + key + "\"}]\n}",
       ":3: \"id\" must be"},
      {head + "\"terminals\": [{\"id\": \"T-1\"}]\n}", ":3: A terminal needs \"key\""},
      {head + "\"terminals\": [{\"id\": \"T-1\", \"key\": \"00ff\"}]\n}",
       ":3: \"key\" must be hex"},
      {head + "\"terminals\": [{\"id\": \"T\", \"key\": \"" + key +
           "\"},\n{\"id\": \"T\", \"key\": \"" + key + "\"}]\n}",
       ":4: There are two terminals \"T\""},
      {"{\n" + tail, ":1: The configuration needs \"listen\""},
      {head + "}", "platform.json:3:"},
      {"", "platform.json"},
      {"[]", ":1: \"The configuration\" must be an object"},
  };
  for (const auto& [text, complaint] : mistakes) {
    site.write(text);
    std::vector<located::Complaint> complaints;
    EXPECT_FALSE(read_config(site / "platform.json", complaints)) << text;
    std::string all;
    for (const auto& each : complaints) all += to_string(each) + "\n";
    EXPECT_THAT(all, HasSubstr(complaint)) << text;
  }
  EXPECT_THAT(refused(mistakes[0].first, 2), HasSubstr(mistakes[0].second));
}

TEST_F(Program, AKeyIsNeverShown) {
  EXPECT_THAT(
      refused(R"({"listen": "127.0.0.1:0", "terminals": [{"id": "T", "key": "5ec4e7"}]})", 2),
      ::testing::Not(HasSubstr("5ec4e7")));
}

TEST_F(Program, WhatCannotBeHadIsNamed) {
  site.start(site.config());
  auto other = site.config();
  other["rig"] = site / "other.sock";
  other["listen"] = site.ready["platform"];
  EXPECT_THAT(refused(other.dump(), 1), HasSubstr("cannot listen on"));
  other["listen"] = "127.0.0.1:0";
  other["rig"] = site / "platform.sock";
  EXPECT_THAT(refused(other.dump(), 1), HasSubstr("another program listens there"));
  other["rig"] = site / "other.sock";
  other["database"] = site / "no/such/folder/platform.db";
  EXPECT_THAT(refused(other.dump(), 1), HasSubstr("mock-platform: "));
  other.erase("database");
  other["tls"] = {{"certificate", site / "none.pem"}, {"key", site / "none.key"}};
  EXPECT_THAT(refused(other.dump(), 1), HasSubstr("none.pem is no certificate"));
  EXPECT_FALSE(std::filesystem::exists(site / "other.sock"));
}

TEST_F(Program, APermitOutlivesItInItsDatabase) {
  auto config = site.config();
  config["database"] = site / "platform.db";
  for (const bool again : {false, true}) {
    site.start(config);
    const auto rig = this->rig();
    if (!again) send(*rig, "platform.add_permit", permit());
    EXPECT_EQ(send(*rig, "platform.permit", {{"permit", "permit-0001"}})["state"], "approved");
    site.process->kill();
  }
}

TEST(Example, IsInTheDocsAndReads) {
  const std::string example = text_of("mock-platform/program/example.json");
  EXPECT_THAT(text_of("docs/programs.md"), HasSubstr("```json5\n" + example + "```\n"));
  std::vector<located::Complaint> complaints;
  const auto config = read_config("mock-platform/program/example.json", complaints);
  ASSERT_TRUE(config.has_value());
  EXPECT_TRUE(config->tls.has_value());
  EXPECT_EQ(config->platform.terminals.at(0).key.size(), 32U);
}

}  // namespace
}  // namespace cardrig::mock_platform
