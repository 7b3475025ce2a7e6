// The rig's socket: the program's end against plain clients, and RigClient against plain programs.
#include "kiosk/runtime/rig_port.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "kiosk/runtime/rig_client.h"
#include "kiosk/runtime/rig_lines.h"
#include "tests/kiosk/runtime/local_socket.h"

namespace cardrig {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::connect_local;
using test::LocalListener;
using test::LocalSocket;
using ::testing::HasSubstr;

constexpr Nanos kPatience = 10s;

/// A program with a rig port, on a thread of its own.
class Program {
 public:
  explicit Program(const std::string& path, bool can_stop = true)
      : port_(std::make_unique<RigPort>(
            loop_, trace_, path, [this](const RigMessage& m) { return handle(m); },
            [] {
              return json{{"well", true}};
            })) {
    port_->on_slow([this](const RigMessage& message, RigPort::Answer answer) {
      if (message.verb != "slow") return false;
      answer_ = std::move(answer);
      return true;
    });
    if (can_stop) port_->on_stop([this] { stopped_.set_value(); });
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Program() {
    on_loop([this] { port_.reset(); });
    loop_.stop();
    thread_.join();
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void on_loop(std::function<void()> f) {
    std::promise<void> done;
    loop_.post([&] {
      f();
      done.set_value();
    });
    done.get_future().wait();
  }
  void emit(std::string kind, std::size_t blob_bytes = 0) {
    on_loop([&] {
      std::vector<Blob> blobs;
      if (blob_bytes > 0)
        blobs.push_back(make_blob("b", "t", std::vector<std::uint8_t>(blob_bytes)));
      trace_.emit("program", kind, {{"n", 1}}, std::move(blobs));
    });
  }
  std::future<void> stopped() { return stopped_.get_future(); }
  Trace& trace() { return trace_; }

 private:
  Result<json, RigReason> handle(const RigMessage& message) {
    if (message.verb == "echo") return message.args;
    if (message.verb == "emit") {
      trace_.emit("program", "asked");
      return json::object();
    }
    if (message.verb == "length") return message.args.at("text").get<std::string>().size();
    if (message.verb == "release") answer_(json("late"));
    if (message.verb == "release") return json::object();
    if (message.verb == "never") return fail(RigReason::kNotPossibleNow, "not today");
    return fail(RigReason::kUnknownVerb, "there is no verb \"" + message.verb + "\"");
  }

  RealLoop loop_;
  Trace trace_{monotonic_now};
  std::promise<void> stopped_;
  RigPort::Answer answer_;
  std::unique_ptr<RigPort> port_;
  std::thread thread_;
};

class RigPortTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<RigClient> client() const {
    auto made = RigClient::connect(path, kPatience);
    EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().detail);
    return made ? std::move(*made) : nullptr;
  }

  test::OwnFolder folder;
  std::string path = folder.file("rig.sock");
};

json ok_of(RigClient& client, const std::string& verb, json args = json::object()) {
  const auto answer = client.send({verb, std::move(args)}, kPatience);
  EXPECT_TRUE(answer.has_value()) << (answer ? "" : answer.error().detail);
  if (!answer) return nullptr;
  EXPECT_TRUE(answer->has_value()) << verb;
  return answer->value_or(json());
}

/// Asks for a mark and waits until it is there; all events are then there, too.
void catch_up(RigClient& client) {
  const Nanos asked = monotonic_now();
  ok_of(client, "trace.mark");
  while (client.mark() < asked) {
    ASSERT_TRUE(client.poll().has_value());
    ASSERT_LT(monotonic_now(), asked + kPatience);
  }
}

json next(LocalSocket& socket) {
  const auto line = socket.read_line();
  EXPECT_TRUE(line.has_value());
  return line ? json::parse(*line) : json();
}

// --- lines ---

TEST(RigLines, WhatIsNoRequestIsSaidInOneSentence) {
  for (const char* line :
       {"", "7", "null", "[]", "\"verb\"", "{", "{}", R"({"verb": 7})",
        R"({"id": "x", "verb": "a"})", R"({"id": 1.5, "verb": "a"})",
        R"({"verb": "a", "args": []})", R"({"verb": "a"} {})", "{\"verb\": \"\xFF\"}"}) {
    const auto request = read_rig_request(line);
    ASSERT_FALSE(request.has_value()) << line;
    EXPECT_NE(request.error().detail, "") << line;
  }
}

TEST(RigLines, NestingHasALimitThatBracketsInTextsDoNotReach) {
  const auto nested = [](int levels) {
    return R"({"verb": "a", "args": {"x": )" + std::string(static_cast<std::size_t>(levels), '[') +
           std::string(static_cast<std::size_t>(levels), ']') + "}}";
  };
  EXPECT_TRUE(read_rig_request(nested(60)).has_value());
  EXPECT_FALSE(read_rig_request(nested(70)).has_value());
  EXPECT_FALSE(read_rig_request(nested(400'000)).has_value());
  EXPECT_TRUE(
      read_rig_request(R"({"verb": "a\"\\", "args": {"x": ")" + std::string(200, '[') + "\"}}")
          .has_value());
}

TEST(RigLines, TextThatIsNoUtf8IsMended) {
  const json line = json::parse(rig_answer_line(3, fail(RigReason::kBadArguments, "no \xC3 such")));
  EXPECT_EQ(line["id"], 3);
  EXPECT_EQ(line["error"]["reason"], "bad_arguments");
  EXPECT_EQ(line["error"]["detail"], "no \xEF\xBF\xBD such");
}

TEST(RigLines, EveryReasonHasANameOfItsOwn) {
  for (const auto reason : {RigReason::kUnknownVerb, RigReason::kBadArguments,
                            RigReason::kNotPossibleNow, RigReason::kNotOnThisRung}) {
    EXPECT_EQ(rig_reason(to_string(reason)), reason);
  }
  EXPECT_FALSE(rig_reason("not_the_protocol").has_value());
}

// --- both ends ---

TEST_F(RigPortTest, AnswersAndReasonsCross) {
  Program program(path);
  const auto c = client();
  EXPECT_EQ(ok_of(*c, "echo", {{"a", {1, "𠮷"}}}), json({{"a", {1, "𠮷"}}}));
  EXPECT_EQ(ok_of(*c, "health"), json({{"well", true}}));
  const auto refused = c->send({"never", json::object()}, kPatience);
  ASSERT_TRUE(refused.has_value());
  ASSERT_FALSE(refused->has_value());
  EXPECT_EQ(refused->error().reason, RigReason::kNotPossibleNow);
  EXPECT_EQ(refused->error().detail, "not today");
  const auto unknown = c->send({"sing", json::object()}, kPatience);
  ASSERT_TRUE(unknown.has_value());
  EXPECT_EQ(unknown->error().reason, RigReason::kUnknownVerb);
}

TEST_F(RigPortTest, ArgumentsOfAnotherTypeAreAnsweredAndNotFatal) {
  Program program(path);
  const auto c = client();
  const auto refused = c->send({"length", {{"text", 7}}}, kPatience);
  ASSERT_TRUE(refused.has_value());
  ASSERT_FALSE(refused->has_value());
  EXPECT_EQ(refused->error().reason, RigReason::kBadArguments);
  EXPECT_EQ(ok_of(*c, "length", {{"text", "seven"}}), 5);
}

TEST_F(RigPortTest, AFollowerHasEveryEventOnceAndInOrder) {
  Program program(path);
  program.emit("before");
  const auto c = client();
  EXPECT_EQ(ok_of(*c, "trace.follow"), json({{"first_event", 1}}));
  program.emit("after", 300'000);
  ok_of(*c, "emit");
  ok_of(*c, "trace.follow");  // a second time: nothing is said twice
  catch_up(*c);
  std::string kinds;
  for (const Event& e : c->events()) {
    kinds += e.kind + " ";
    EXPECT_LE(e.time, c->mark());
    EXPECT_GT(e.time, c->mark() - kPatience) << "the clock of all processes";
  }
  EXPECT_EQ(kinds, "before after asked ");
  EXPECT_EQ(c->events()[1].blobs.at(0).data->size(), 300'000U);
}

TEST_F(RigPortTest, AMarkIsForFollowers) {
  Program program(path);
  const auto c = client();
  const auto refused = c->send({"trace.mark", json::object()}, kPatience);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->error().reason, RigReason::kNotPossibleNow);
}

TEST_F(RigPortTest, SeveralClientsDoNotMixTheirAnswers) {
  Program program(path);
  std::vector<std::unique_ptr<RigClient>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(client());
    ok_of(*clients.back(), "trace.follow");
  }
  program.emit("one");
  for (int round = 0; round < 20; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      EXPECT_EQ(ok_of(*clients[i], "echo", {{"who", i}}), json({{"who", i}}));
    }
  }
  for (const auto& c : clients) {
    catch_up(*c);
    EXPECT_EQ(c->events().size(), 1U);
  }
}

TEST_F(RigPortTest, AnAnswerThatTakesTimeHoldsUpItsOwnClientOnly) {
  Program program(path);
  auto slow = connect_local(path);
  ASSERT_TRUE(slow.write("{\"id\":1,\"verb\":\"slow\"}\n{\"id\":2,\"verb\":\"health\"}\n"));
  slow.end_writing();
  const auto other = client();
  EXPECT_EQ(ok_of(*other, "health"), json({{"well", true}}));
  EXPECT_EQ(ok_of(*other, "release"), json::object());
  EXPECT_EQ(slow.read_line(), "{\"id\":1,\"ok\":\"late\"}");
  EXPECT_EQ(slow.read_line(), "{\"id\":2,\"ok\":{\"well\":true}}");
  EXPECT_EQ(slow.read_line(), std::nullopt) << "then the socket closes";
}

TEST_F(RigPortTest, StopIsAnsweredAndEndsTheProgram) {
  Program program(path);
  auto stopped = program.stopped();
  ok_of(*client(), "stop");
  EXPECT_EQ(stopped.wait_for(kPatience), std::future_status::ready);
}

TEST_F(RigPortTest, AProgramMayHaveNoStop) {
  Program program(path, false);
  const auto refused = client()->send({"stop", json::object()}, kPatience);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->error().reason, RigReason::kNotPossibleNow);
}

// --- the socket ---

TEST_F(RigPortTest, TheSocketIsOursAloneAndGoesWithTheProgram) {
  {
    Program program(path);
    struct stat found {};
    ASSERT_EQ(::lstat(path.c_str(), &found), 0);
    EXPECT_TRUE(S_ISSOCK(found.st_mode));
    EXPECT_EQ(found.st_mode & 0777, 0600U);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(RigPortTest, AStaleSocketIsReplaced) {
  { const LocalListener dead(path); }  // closing leaves the file, as a killed program does
  ASSERT_TRUE(std::filesystem::exists(path));
  Program program(path);
  ok_of(*client(), "health");
}

std::string refusal_of(const std::string& path) {
  try {
    Program program(path);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "";
}

TEST_F(RigPortTest, ALiveSocketIsRefusedAndStaysAlive) {
  Program program(path);
  EXPECT_THAT(refusal_of(path), HasSubstr("another program listens there"));
  ok_of(*client(), "health");
}

TEST_F(RigPortTest, AFileOfThatNameIsNotRemoved) {
  std::ofstream(path) << "precious";
  EXPECT_THAT(refusal_of(path), HasSubstr("a file of that name"));
  EXPECT_EQ(std::filesystem::file_size(path), 8U);
}

TEST_F(RigPortTest, APathTooLongOrWithoutFolderIsRefused) {
  EXPECT_THAT(refusal_of(folder.file(std::string(120, 'x'))), HasSubstr("107 bytes"));
  EXPECT_THAT(refusal_of(folder.file("missing/rig.sock")), HasSubstr("No such file"));
}

TEST_F(RigPortTest, AnothersSocketOfTheSameNameIsNotRemoved) {
  auto program = std::make_unique<Program>(path);
  std::filesystem::remove(path);
  const LocalListener another(path);
  program.reset();
  EXPECT_TRUE(std::filesystem::exists(path));
}

// --- plain clients, some of them hostile ---

TEST_F(RigPortTest, GarbageIsComplainedOfAndForgotten) {
  Program program(path);
  auto socket = connect_local(path);
  ASSERT_TRUE(socket.write("GET / HTTP/1.1\n\xFF\xFE{\n{\"id\": 5, \"verb\": \"health\"}\n"));
  for (int i = 0; i < 2; ++i) {
    const json complaint = next(socket);
    EXPECT_EQ(complaint["error"]["reason"], "not_the_protocol");
    EXPECT_FALSE(complaint.contains("id"));
  }
  EXPECT_EQ(next(socket), json({{"id", 5}, {"ok", {{"well", true}}}}));
}

TEST_F(RigPortTest, ARequestMayHaveNoId) {
  Program program(path);
  auto socket = connect_local(path);
  ASSERT_TRUE(socket.write("{\"verb\": \"health\"}\n"));
  EXPECT_EQ(next(socket), json({{"id", nullptr}, {"ok", {{"well", true}}}}));
}

TEST_F(RigPortTest, BytesMayComeOneByOne) {
  Program program(path);
  auto socket = connect_local(path);
  const std::string lines = rig_request_line(1, {"echo", {{"x", "𠮷"}}}) +
                            rig_request_line(2, {"health", json::object()});
  for (const char byte : lines) ASSERT_TRUE(socket.write({&byte, 1}));
  EXPECT_EQ(next(socket), json({{"id", 1}, {"ok", {{"x", "𠮷"}}}}));
  EXPECT_EQ(next(socket)["id"], 2);
}

TEST_F(RigPortTest, AFloodWithoutNewlineEndsWithOneSentence) {
  Program program(path);
  auto socket = connect_local(path);
  const std::string flood(4 << 20, '[');
  EXPECT_FALSE(socket.write(flood)) << "nobody takes four MiB of that";
  const auto said = socket.read_to_end();
  ASSERT_TRUE(said.has_value());
  EXPECT_EQ(std::count(said->begin(), said->end(), '\n'), 1);
  EXPECT_THAT(*said, HasSubstr("1 MiB"));
  ok_of(*client(), "health");
}

TEST_F(RigPortTest, ALineOfAMebibyteIsServedAndALongerOneIsNot) {
  Program program(path);
  const std::string frame = rig_request_line(1, {"echo", {{"x", ""}}});
  const auto line = [&](std::size_t size) {
    return rig_request_line(1, {"echo", {{"x", std::string(size + 1 - frame.size(), 'y')}}});
  };
  ASSERT_EQ(line(1000).size(), 1001U);
  auto socket = connect_local(path);
  ASSERT_TRUE(socket.write(line(kRigRequestMax_bytes)));
  EXPECT_EQ(next(socket)["id"], 1);
  static_cast<void>(socket.write(line(kRigRequestMax_bytes + 1)));
  EXPECT_EQ(next(socket)["error"]["reason"], "not_the_protocol");
  EXPECT_EQ(socket.read_to_end(), "");
}

TEST_F(RigPortTest, HalfOpenClientsDisturbNobody) {
  Program program(path);
  auto silent = connect_local(path);
  auto broken_off = connect_local(path);
  ASSERT_TRUE(broken_off.write("{\"id\": 1, \"verb\": \"hea"));
  { auto gone = connect_local(path); }
  const auto c = client();
  ok_of(*c, "health");
  broken_off.end_writing();
  EXPECT_EQ(broken_off.read_to_end(), "");
  ok_of(*c, "health");
}

TEST_F(RigPortTest, WhoOnlyAsksIsToldAllAndThenTheEnd) {
  Program program(path);
  program.emit("one");
  program.emit("two");
  auto socket = connect_local(path);
  ASSERT_TRUE(socket.write("{\"verb\": \"trace.follow\"}\n{\"verb\": \"health\"}\n"));
  socket.end_writing();
  const auto said = socket.read_to_end();
  ASSERT_TRUE(said.has_value());
  for (const char* word : {"first_event", "\"one\"", "\"two\"", "mark", "well"}) {
    EXPECT_THAT(*said, HasSubstr(word));
  }
}

TEST_F(RigPortTest, AClientTooManyIsToldSo) {
  Program program(path);
  std::vector<std::unique_ptr<RigClient>> clients;
  for (int i = 0; i < 16; ++i) {
    clients.push_back(client());
    ok_of(*clients.back(), "health");
  }
  auto late = connect_local(path);
  const auto said = late.read_to_end();
  ASSERT_TRUE(said.has_value());
  EXPECT_THAT(*said, HasSubstr("16 clients"));
  clients.pop_back();
  ok_of(*clients.front(), "health");
  // The program has noticed the free place once it has served a newcomer.
  const Nanos start = monotonic_now();
  for (bool served = false; !served;) {
    auto newcomer = client();
    served = newcomer->send({"health", json::object()}, kPatience).has_value();
    ASSERT_LT(monotonic_now(), start + kPatience);
  }
}

TEST_F(RigPortTest, AClientThatTakesNoAnswersIsServedNoFurther) {
  Program program(path);
  auto socket = connect_local(path);
  const std::string request = rig_request_line(9, {"echo", {{"x", std::string(1000, 'y')}}});
  // More than all buffers between the two can hold, many times over.
  constexpr std::size_t kRequests = 20'000;
  std::string all;
  for (std::size_t i = 0; i < kRequests; ++i) all += request;
  std::size_t sent = 0;
  for (Nanos quiet_since = monotonic_now(); monotonic_now() < quiet_since + 300ms;) {
    const std::size_t now = socket.write_without_wait(std::string_view(all).substr(sent));
    if (now > 0) quiet_since = monotonic_now();
    sent += now;
  }
  EXPECT_LT(sent, all.size() / 4) << "the program reads without end";
  ok_of(*client(), "health");
  // Once the answers are taken, the rest is served.
  std::thread reader;
  std::size_t answers = 0;
  reader = std::thread([&] {
    while (answers < kRequests && socket.read_line()) ++answers;
  });
  EXPECT_TRUE(socket.write(std::string_view(all).substr(sent)));
  reader.join();
  EXPECT_EQ(answers, kRequests);
}

TEST_F(RigPortTest, AFollowerTooSlowIsDroppedAndTheProgramsMemoryStaysBounded) {
  Program program(path);
  program.on_loop([&] { program.trace().keep_at_most(1 << 20); });
  auto slow = connect_local(path);
  ASSERT_TRUE(slow.write("{\"id\": 1, \"verb\": \"trace.follow\"}\n"));
  ASSERT_EQ(next(slow)["id"], 1);
  const auto quick = client();
  ok_of(*quick, "trace.follow");
  std::size_t quick_has = 0;
  for (int i = 0; i < 200; ++i) {
    program.emit("big", 100'000);
    catch_up(*quick);
    quick_has += quick->events().size();
    quick->events().clear();
  }
  EXPECT_EQ(quick_has, 200U) << "a follower that reads misses nothing";
  program.on_loop([&] { EXPECT_LT(program.trace().events().size(), 12U); });
  const auto said = slow.read_to_end();
  ASSERT_TRUE(said.has_value());
  EXPECT_LT(said->size(), 2U << 20);
  EXPECT_THAT(*said, HasSubstr("too slow"));
}

// --- plain programs, some of them broken ---

TEST_F(RigPortTest, AClientWaitsForItsProgram) {
  std::promise<void> waiting;
  std::thread late([&] {
    waiting.get_future().wait();
    Program program(path);
    program.stopped().wait_for(kPatience);
  });
  EXPECT_EQ(RigClient::connect(path, 0ns).error().reason, RigClientReason::kNotThere);
  waiting.set_value();
  ok_of(*client(), "stop");
  late.join();
}

TEST_F(RigPortTest, NobodyThereIsSaidInTime) {
  const Nanos start = monotonic_now();
  const auto none = RigClient::connect(path, 30ms);
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().reason, RigClientReason::kNotThere);
  EXPECT_GE(monotonic_now() - start, 30ms);
  { const LocalListener dead(path); }
  EXPECT_EQ(RigClient::connect(path, 10ms).error().reason, RigClientReason::kNotThere);
}

TEST_F(RigPortTest, AnAnswerTooLateIsDropped) {
  const LocalListener listener(path);
  const auto c = client();
  auto program = listener.accept();
  const auto late = c->send({"a", json::object()}, 20ms);
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().reason, RigClientReason::kTimeout);
  ASSERT_TRUE(program.write("{\"id\": 1, \"ok\": \"late\"}\n{\"id\": 2, \"ok\": \"in time\"}\n"));
  EXPECT_EQ(ok_of(*c, "b"), "in time");
}

TEST_F(RigPortTest, AProgramThatOnlyTalksDoesNotHoldTheClient) {
  const LocalListener listener(path);
  const auto c = client();
  auto program = listener.accept();
  std::promise<void> enough;
  auto until = enough.get_future();
  std::thread talker([&] {
    const std::string line = rig_mark_line(1ns);
    while (until.wait_for(0s) != std::future_status::ready) program.write_without_wait(line);
  });
  const auto none = c->send({"a", json::object()}, 50ms);
  enough.set_value();
  talker.join();
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().reason, RigClientReason::kTimeout);
}

TEST_F(RigPortTest, AProgramThatDoesNotReadDoesNotHoldTheClient) {
  const LocalListener listener(path);
  const auto c = client();
  const auto program = listener.accept();
  const auto none = c->send({"a", {{"x", std::string(4 << 20, 'y')}}}, 1s);
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().reason, RigClientReason::kTimeout);
  EXPECT_FALSE(c->poll().has_value()) << "the line was cut: nothing can follow it";
}

TEST_F(RigPortTest, AProgramThatGoesInMidAnswerIsGone) {
  const LocalListener listener(path);
  const auto c = client();
  {
    auto program = listener.accept();
    ASSERT_TRUE(program.write("{\"mark\": 77}\n{\"id\": 1, \"o"));
  }
  const auto gone = c->send({"a", json::object()}, kPatience);
  ASSERT_FALSE(gone.has_value());
  EXPECT_EQ(gone.error().reason, RigClientReason::kGone);
  EXPECT_EQ(c->mark(), 77ns) << "what was whole counts";
  EXPECT_EQ(c->send({"a", json::object()}, kPatience).error().reason, RigClientReason::kGone);
  EXPECT_EQ(c->poll().error().reason, RigClientReason::kGone);
}

TEST_F(RigPortTest, NonsenseIsCalledSo) {
  for (const char* line :
       {"hello", "[]", "{}", R"({"id": 1})", R"({"event": 3})", R"({"event": {"id": 1}})",
        R"({"mark": "now"})", R"({"id": 1, "error": "no"})",
        R"({"id": 1, "error": {"reason": "mood", "detail": ""}})",
        R"({"id": 1, "error": {"reason": "bad_arguments"}})"}) {
    const std::string own = folder.file("nonsense.sock");
    std::filesystem::remove(own);
    const LocalListener listener(own);
    const auto c = std::move(RigClient::connect(own, kPatience).value());
    auto program = listener.accept();
    ASSERT_TRUE(program.write(std::string(line) + "\n"));
    const auto nonsense = c->send({"a", json::object()}, kPatience);
    ASSERT_FALSE(nonsense.has_value()) << line;
    EXPECT_EQ(nonsense.error().reason, RigClientReason::kNonsense) << line;
  }
}

TEST_F(RigPortTest, TheClientPassesOnWhatThePortComplainsOf) {
  Program program(path);
  const auto c = client();
  const auto refused = c->send({"echo", {{"x", std::string(2 << 20, 'y')}}}, kPatience);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, RigClientReason::kNonsense);
  EXPECT_THAT(refused.error().detail, HasSubstr("1 MiB"));
}

}  // namespace
}  // namespace cardrig
