// The profile as a file: what is taken from it, what it is told when it is wrong, and what a
// production profile must not have.
#include "kiosk/app/profile_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "tests/kiosk/runtime/local_socket.h"

namespace cardrig::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kExample = "kiosk/app/example.profile.json";

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class ProfileFileTest : public ::testing::Test {
 protected:
  /// The example with `from` replaced.
  std::string example_with(const std::string& from, const std::string& to) {
    std::string text = content_of(kExample);
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
  }
  /// What a profile with this text is told, without the file's folder.
  std::vector<std::string> complaints_about(const std::string& text) {
    std::ofstream(folder.file("p.json")) << text;
    std::vector<located::Complaint> complaints;
    profile = {};
    const bool good = read_profile(folder.file("p.json"), profile, complaints);
    EXPECT_EQ(good, complaints.empty());
    std::vector<std::string> said;
    said.reserve(complaints.size());
    for (const auto& c : complaints) {
      said.push_back(located::to_string(c).substr(folder.path().size() + 1));
    }
    return said;
  }
  std::vector<std::string> complaints(const std::string& from, const std::string& to) {
    return complaints_about(example_with(from, to));
  }

  test::OwnFolder folder;
  ProfileFile profile;
};

TEST_F(ProfileFileTest, TheExampleIsTheOneOfTheGuideAndIsTaken) {
  const std::string example = content_of(kExample);
  EXPECT_THAT(content_of("docs/programs.md"), ::testing::HasSubstr("```json5\n" + example + "```"));
  ASSERT_THAT(complaints_about(example), IsEmpty());
  EXPECT_EQ(profile.profile.name, "wire");
  EXPECT_FALSE(profile.profile.production);
  EXPECT_TRUE(profile.profile.test_port);
  EXPECT_EQ(profile.rig, "build/site/kiosk.sock");
  EXPECT_EQ(profile.health, "127.0.0.1:0");
  EXPECT_EQ(profile.profile.terminal_id, "T-0001");
  EXPECT_EQ(profile.terminal_key_file, "build/site/terminal.key");
  EXPECT_EQ(profile.profile.journal.path, "build/site/journal.db");
  EXPECT_EQ(profile.journal_key_file, "build/site/journal.key");
  EXPECT_EQ(profile.id_reader.serial, "build/site/id_reader");
  EXPECT_EQ(profile.id_reader.baud, 115200U);
  EXPECT_EQ(profile.photos, Photos::kStandIn);
  EXPECT_EQ(profile.print_jobs.serial, "");
  EXPECT_EQ(profile.print_jobs.tcp.host, "127.0.0.1");
  EXPECT_EQ(profile.print_jobs.tcp.port, 40211);
  EXPECT_EQ(profile.profile.printer_host, "printer");
  EXPECT_EQ(profile.camera.endpoint.port, 40213);
  EXPECT_EQ(profile.camera.host, "127.0.0.1:40213");
  EXPECT_EQ(profile.camera.target, "/stream");
  EXPECT_EQ(profile.profile.platform_host, "platform");
  ASSERT_TRUE(profile.tls.has_value());
  EXPECT_EQ(profile.tls->ca_file, "build/site/pki/ca.pem");
  EXPECT_EQ(profile.tls->peer_name, "platform");
  EXPECT_EQ(profile.face_engine, "fast");
  EXPECT_EQ(profile.display.kind, DisplayKind::kNone);
  EXPECT_EQ(profile.display.height_px, 1920);
}

TEST_F(ProfileFileTest, TheDisplayMayBeMadeForADarkHall) {
  ASSERT_THAT(complaints("\"width_px\": 1080", "\"dark\": true, \"width_px\": 1080"), IsEmpty());
  EXPECT_TRUE(profile.display.dark);
  ASSERT_THAT(complaints("\"width_px\": 1080", "\"width_px\": 1080"), IsEmpty());
  EXPECT_FALSE(profile.display.dark);
}

TEST_F(ProfileFileTest, EveryWireMayBeOfEitherKind) {
  ASSERT_THAT(
      complaints(R"("serial": "build/site/card_path", "baud": 115200)", R"("tcp": "[::1]:631")"),
      IsEmpty());
  EXPECT_EQ(profile.card_path.tcp.host, "::1");
  EXPECT_EQ(profile.card_path.tcp.port, 631);
  ASSERT_THAT(complaints(R"("tcp": "127.0.0.1:40212")", R"("serial": "/dev/ttyS1", "baud": 9600)"),
              IsEmpty());
  EXPECT_EQ(profile.control_board.serial, "/dev/ttyS1");
  EXPECT_EQ(profile.control_board.baud, 9600U);
}

TEST_F(ProfileFileTest, AReaderMaySpeakHidAndAVendorDecodeItsPhotos) {
  ASSERT_THAT(complaints(R"("id_reader": {"serial": "build/site/id_reader", "baud": 115200,)",
                         R"("id_reader": {"hid": "/dev/hidraw3", "new_address": true, "reports":)"
                         R"( {"bytes": 63, "number": 5, "length": "first_byte", "padding": 255},)"),
              IsEmpty());
  EXPECT_EQ(profile.id_reader.hid, "/dev/hidraw3");
  EXPECT_EQ(profile.id_reader.framing.report_bytes, 63U);
  EXPECT_EQ(profile.id_reader.framing.report_number, 5);
  EXPECT_EQ(profile.id_reader.framing.length, HidFraming::Length::kFirstByte);
  EXPECT_EQ(profile.id_reader.framing.padding, 255);
  EXPECT_TRUE(profile.profile.id_reader.reads_new_address);
  EXPECT_FALSE(profile.profile.id_reader.reads_fingers);
  ASSERT_THAT(complaints(R"("stand_in")", R"({"library": "/opt/wlt.so", "limit_ms": 900})"),
              IsEmpty());
  EXPECT_EQ(profile.photos, Photos::kLibrary);
  EXPECT_EQ(profile.profile.photos.library, "/opt/wlt.so");
  EXPECT_EQ(profile.profile.photos.limit, std::chrono::milliseconds(900));
}

TEST_F(ProfileFileTest, AFolderForTheLogMayBeNamed) {
  ASSERT_THAT(complaints("\"health\"", "\"log_folder\": \"build/logs\", \"health\""), IsEmpty());
  EXPECT_EQ(profile.profile.log_folder, "build/logs");
}

TEST_F(ProfileFileTest, AnAddressOfACameraMayBeShort) {
  ASSERT_THAT(complaints("http://127.0.0.1:40213/stream", "http://cam.local"), IsEmpty());
  EXPECT_EQ(profile.camera.endpoint.host, "cam.local");
  EXPECT_EQ(profile.camera.endpoint.port, 80);
  EXPECT_EQ(profile.camera.target, "/");
}

TEST_F(ProfileFileTest, UnknownKeysAreRefusedWithTheNearest) {
  EXPECT_THAT(complaints("\"id_reader\": {\"serial\"", "\"id_reader\": {\"serail\""),
              ElementsAre(R"(p.json:8: "id_reader" knows no "serail"; did you mean "serial"?)",
                          R"(p.json:8: "id_reader" needs either "serial" or "tcp".)"));
  EXPECT_THAT(complaints("\"health\"", "\"helth\""),
              ElementsAre(R"(p.json:5: A profile knows no "helth"; did you mean "health"?)"));
  EXPECT_THAT(complaints("\"ca\"", "\"certificate_authority\": \"x\", \"ca\""),
              ElementsAre(R"(p.json:13: "tls" knows no "certificate_authority".)"));
}

TEST_F(ProfileFileTest, WrongValuesAreNamedWithTheirLine) {
  EXPECT_THAT(complaints("\"production\": false", "\"production\": \"no\""),
              ElementsAre(R"(p.json:3: "production" must be true or false, but is the text "no".)",
                          R"(p.json:4: The production profile "wire" refuses an open test port.)",
                          R"(p.json:7: The production profile "wire" refuses a journal key in the)"
                          R"( journal's folder.)",
                          R"(p.json:8: The production profile "wire" refuses the stand-in decoder)"
                          R"( of chip photos.)"))
      << "in doubt it is a production profile";
  EXPECT_THAT(complaints("\"baud\": 115200, \"enrolled", "\"baud\": 12345, \"enrolled"),
              ElementsAre("p.json:8: No serial port has 12345 baud; 9600 and 115200 are usual."));
  EXPECT_THAT(complaints("127.0.0.1:40211", "127.0.0.1"),
              ElementsAre(R"(p.json:10: "tcp" must name a host and a port such as "127.0.0.1:631",)"
                          R"( but is the text "127.0.0.1".)"));
  EXPECT_THAT(
      complaints("\"tcp\": \"127.0.0.1:40212\"", "\"tcp\": \"127.0.0.1:40212\", \"baud\": 1"),
      ElementsAre(R"(p.json:11: "baud" is for "serial" only.)"));
  EXPECT_THAT(complaints("http://127", "rtsp://127"),
              ElementsAre(R"(p.json:12: "mjpeg" must be an address such as)"
                          R"( "http://127.0.0.1:8080/stream", but is the text)"
                          R"( "rtsp://127.0.0.1:40213/stream".)"));
  EXPECT_THAT(complaints("\"serial\": \"build/site/id_reader\"", "\"hid\": \"/dev/hidraw0\""),
              ElementsAre(R"(p.json:8: "baud" cannot stand beside "hid".)"));
  EXPECT_THAT(complaints("\"enrolled_sam_id\"", "\"reports\": {}, \"enrolled_sam_id\""),
              ElementsAre(R"(p.json:8: "reports" is for "hid" only.)"));
  EXPECT_THAT(complaints("\"stand_in\"", "{\"library\": \"libwlt.so\", \"limit_ms\": 0}"),
              ElementsAre(R"(p.json:8: "limit_ms" must lie between 1 and 60000, but is 0.)"));
  EXPECT_THAT(complaints("\"stand_in\"", "\"standin\""),
              ElementsAre(R"(p.json:8: There is no decoder of chip photos "standin"; did you mean)"
                          R"( "stand_in"?)"));
  EXPECT_THAT(complaints("\"fast\"", "\"slow\""),
              ElementsAre(R"(p.json:14: There is no face engine "slow".)"));
  EXPECT_THAT(complaints("\"threshold\": 0", "\"threshold\": 2"),
              ElementsAre(R"(p.json:14: "threshold" must lie between 0 and 1, but is 2.)"));
  EXPECT_THAT(complaints("\"width_px\": 1080", "\"width_px\": 10"),
              ElementsAre(R"(p.json:15: "width_px" must lie between 200 and 8000, but is 10.)"));
  EXPECT_THAT(complaints(", \"key\": \"build/site/pki/kiosk.key\"", ""),
              ElementsAre(R"(p.json:13: "tls" needs both "certificate" and "key", or neither.)"));
}

TEST_F(ProfileFileTest, WhatMustBeThereIsAskedFor) {
  EXPECT_THAT(
      complaints_about("{}"),
      ElementsAre(
          R"(p.json:1: A profile needs "profile".)", R"(p.json:1: A profile needs "terminal".)",
          R"(p.json:1: A profile needs "journal".)", R"(p.json:1: A profile needs "id_reader".)",
          R"(p.json:1: A profile needs "card_path".)", R"(p.json:1: A profile needs "print_jobs".)",
          R"(p.json:1: A profile needs "control_board".)", R"(p.json:1: A profile needs "camera".)",
          R"(p.json:1: A profile needs "platform".)"));
  EXPECT_THAT(complaints("\"id\": \"T-0001\", ", ""),
              ElementsAre(R"(p.json:6: "terminal" needs "id".)"));
}

TEST_F(ProfileFileTest, AMissingFileAndNoJsonAreSaid) {
  std::vector<located::Complaint> complaints;
  EXPECT_FALSE(read_profile(folder.file("none.json"), profile, complaints));
  ASSERT_EQ(complaints.size(), 1U);
  EXPECT_EQ(complaints[0].line, 0);
  EXPECT_EQ(complaints_about("{\n  \"profile\": \n}").size(), 1U);
}

// ---- production --------------------------------------------------------------------------------

/// A profile that production takes.
std::string production_profile() {
  std::string text = content_of(kExample);
  const auto replace = [&](const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
  };
  replace("\"production\": false", "\"production\": true");
  replace("  \"rig\": \"build/site/kiosk.sock\",\n", "");
  replace("\"stand_in\"", "\"none\"");
  replace("build/site/journal.key", "credentials/journal.key");
  return text;
}

TEST_F(ProfileFileTest, AProductionProfileIsTaken) {
  EXPECT_THAT(complaints_about(production_profile()), IsEmpty());
  EXPECT_TRUE(profile.profile.production);
  EXPECT_FALSE(profile.profile.test_port);
}

TEST_F(ProfileFileTest, ProductionRefusesEachPartOfASimulationByItself) {
  const auto refusals = [&](const std::string& from, const std::string& to) {
    std::string text = production_profile();
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return complaints_about(text.replace(at, from.size(), to));
  };
  EXPECT_THAT(refusals("\"health\"", "\"rig\": \"kiosk.sock\",\n  \"health\""),
              ElementsAre(R"(p.json:4: The production profile "wire" refuses an open test port.)"));
  EXPECT_THAT(
      refusals("\"none\"", "\"stand_in\""),
      ElementsAre("p.json:7: The production profile \"wire\" refuses the stand-in decoder of"
                  " chip photos."));
  std::string plain = production_profile();
  plain.erase(plain.find(", \"tls\""),
              plain.find("}},", plain.find(", \"tls\"")) + 1 - plain.find(", \"tls\""));
  EXPECT_THAT(complaints_about(plain), ElementsAre("p.json:12: The production profile \"wire\""
                                                   " refuses a platform without \"tls\"."));
  EXPECT_THAT(refusals("credentials/journal.key", "build/site/../site/./journal.key"),
              ElementsAre("p.json:6: The production profile \"wire\" refuses a journal key in the"
                          " journal's folder."));
  EXPECT_THAT(refusals("\"health\"", "\"seed\": 1, \"health\""),
              ElementsAre(R"(p.json:4: A profile knows no "seed".)"))
      << "randomness is the operating system's, always";
}

// ---- keys --------------------------------------------------------------------------------------

class KeyFileTest : public ProfileFileTest {
 protected:
  std::string reason(const std::string& content, mode_t mode, bool must_be_private,
                     std::size_t size = 0) {
    const std::string path = folder.file("k");
    std::ofstream(path) << content;
    ::chmod(path.c_str(), mode);
    const auto key = read_key_file(path, must_be_private, size);
    if (key) return std::to_string(key->size()) + " bytes";
    const auto& detail = key.error().detail;
    return detail.substr(detail.find(path) + path.size() + 1);
  }
};

TEST_F(KeyFileTest, HoldsHexadecimalDigitsAndNothingElse) {
  const std::string digits = "000102030405060708090A0b0c0d0e0f";
  EXPECT_EQ(reason(digits, 0600, true), "16 bytes");
  EXPECT_EQ(reason(digits + digits + "\n", 0600, true, 32), "32 bytes");
  EXPECT_EQ(reason(digits, 0600, true, 32), "must hold 64 hexadecimal digits and no more");
  EXPECT_EQ(reason(digits + digits + digits, 0600, true, 32),
            "must hold 64 hexadecimal digits and no more");
  EXPECT_EQ(reason("too short", 0600, false), "must hold 32 to 128 hexadecimal digits and no more");
  EXPECT_EQ(reason(digits + " " + digits, 0600, false),
            "must hold 32 to 128 hexadecimal digits and no more");
  EXPECT_FALSE(read_key_file(folder.file("none"), false).has_value());
}

TEST_F(KeyFileTest, IsItsOwnersAloneInProduction) {
  const std::string digits = "000102030405060708090A0b0c0d0e0f";
  EXPECT_EQ(reason(digits, 0640, true), "must be its owner's alone (mode 0600)");
  EXPECT_EQ(reason(digits, 0604, true), "must be its owner's alone (mode 0600)");
  EXPECT_EQ(reason(digits, 0644, false), "16 bytes");
}

}  // namespace
}  // namespace cardrig::app
