// The kiosk's real client against the running program under TLS: the right certificates, and every
// kind of wrong one, by their reasons.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixtures/pki/pki.h"
#include "kiosk/runtime/rig_client.h"
#include "tests/mock-platform/program/running.h"

namespace cardrig::mock_platform {
namespace {

using ::testing::HasSubstr;

class Tls : public ::testing::Test {
 protected:
  Tls() { pki::make_pki(site / "pki"); }

  void start(const std::string& platform = "platform", const std::string& client_ca = "ca") {
    auto config = site.config();
    config["tls"] = {{"certificate", file(platform + ".pem")}, {"key", file(platform + ".key")}};
    if (!client_ca.empty()) config["tls"]["client_ca"] = file(client_ca + ".pem");
    site.start(config);
  }
  std::string file(const std::string& name) const { return site / ("pki/" + name); }
  /// "": shows no certificate.
  std::unique_ptr<StreamSource> source(const std::string& kiosk, const std::string& ca = "ca") {
    TlsFiles files{file(ca + ".pem"), "", ""};
    if (!kiosk.empty()) {
      files.certificate_file = file(kiosk + ".pem");
      files.key_file = file(kiosk + ".key");
    }
    return tls_source(terminal.loop, terminal.tracer, "platform", site.endpoint(), files);
  }
  /// Opening must fail; and the exam platform's client must say that nothing was sent.
  Error<OpenReason> refused(const std::string& kiosk, const std::string& ca = "ca") {
    const auto client = terminal.client(source(kiosk, ca));
    const auto asked = terminal.run(client->health());
    EXPECT_FALSE(asked.has_value());
    if (!asked) {
      EXPECT_EQ(asked.error().reason, platform::PlatformReason::kUnreachable);
    }
    const auto from = source(kiosk, ca);
    auto opened = terminal.run(from->open());
    if (opened) throw std::runtime_error("it was let in");
    return opened.error();
  }
  bool served(const std::string& kiosk) {
    const auto client = terminal.client(source(kiosk));
    return terminal.run(client->health()).has_value();
  }

  tests::Running site;
  tests::Terminal terminal;
};

TEST_F(Tls, TheRightCertificatesAreTaken) {
  start();
  EXPECT_EQ(site.ready["tls"], true);
  EXPECT_TRUE(served("kiosk"));
}

TEST_F(Tls, AKioskWithoutACertificateIsRefused) {
  start();
  const auto error = refused("");
  EXPECT_EQ(error.reason, OpenReason::kAuthFailed);
  EXPECT_THAT(error.detail, HasSubstr("certificate required"));
}

TEST_F(Tls, AKioskOfAnotherAuthorityIsRefused) {
  start();
  const auto error = refused("other_kiosk");
  EXPECT_EQ(error.reason, OpenReason::kAuthFailed);
  EXPECT_THAT(error.detail, HasSubstr("does not accept our certificate"));
  EXPECT_THAT(error.detail, HasSubstr("unknown ca"));
}

TEST_F(Tls, AKioskWhoseCertificateIsOverIsRefused) {
  start();
  const auto error = refused("expired_kiosk");
  EXPECT_EQ(error.reason, OpenReason::kAuthFailed);
  EXPECT_THAT(error.detail, HasSubstr("expired"));
}

TEST_F(Tls, AServersCertificateIsNoClients) {
  start();
  EXPECT_EQ(refused("platform").reason, OpenReason::kAuthFailed);
}

TEST_F(Tls, APlatformOfAnotherAuthorityIsNotTrusted) {
  start("other_platform");
  const auto error = refused("kiosk");
  EXPECT_EQ(error.reason, OpenReason::kAuthFailed);
  EXPECT_THAT(error.detail, HasSubstr("is not accepted"));
}

TEST_F(Tls, APlatformWhoseCertificateIsOverIsNotTrusted) {
  start("expired_platform");
  const auto error = refused("kiosk");
  EXPECT_EQ(error.reason, OpenReason::kAuthFailed);
  EXPECT_THAT(error.detail, HasSubstr("expired"));
}

TEST_F(Tls, APlatformOfAnotherNameIsNotTrusted) {
  start("misnamed_platform");
  const auto error = refused("kiosk");
  EXPECT_EQ(error.reason, OpenReason::kAuthFailed);
  EXPECT_THAT(error.detail, HasSubstr("mismatch"));
}

TEST_F(Tls, WithoutAClientsAuthorityEverybodyIsServed) {
  start("platform", "");
  EXPECT_TRUE(served(""));
  EXPECT_TRUE(served("other_kiosk"));
}

TEST_F(Tls, PlainHttpToTheTlsPortIsNoAnswerToTheKiosk) {
  start();
  const auto client =
      terminal.client(tcp_source(terminal.loop, terminal.tracer, "platform", site.endpoint()));
  const auto asked = terminal.run(client->health());
  ASSERT_FALSE(asked.has_value());
  EXPECT_EQ(asked.error().reason, platform::PlatformReason::kBadAnswer) << "nobody signed it";
}

TEST_F(Tls, TlsToThePlainPortFailsAtOnce) {
  site.start(site.config());
  const auto error = refused("kiosk");
  EXPECT_EQ(error.reason, OpenReason::kRefused);
  EXPECT_THAT(error.detail, HasSubstr("wrong version number")) << "answered, not timed out";
}

TEST_F(Tls, RefusalsAreCountedAndInTheTrace) {
  start();
  auto rig = RigClient::connect(site / "platform.sock", tests::kPatience);
  ASSERT_TRUE(rig.has_value());
  ASSERT_TRUE((*rig)->send({"trace.follow"}, tests::kPatience).has_value());
  refused("other_kiosk");
  std::string reason;
  while (reason.empty()) {
    ASSERT_TRUE((*rig)->send({"trace.mark"}, tests::kPatience).has_value());
    for (const auto& event : (*rig)->events()) {
      if (event.kind == "platform.refused") reason = event.text("reason");
    }
  }
  EXPECT_THAT(reason, HasSubstr("unable to get local issuer certificate"));
  const auto health = (*rig)->send({"health"}, tests::kPatience);
  EXPECT_GE((**health)["connections_refused"], 1);
}

}  // namespace
}  // namespace cardrig::mock_platform
