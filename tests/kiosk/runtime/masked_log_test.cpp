// The log that leaves the kiosk: what it holds, and what it never holds.
#include "kiosk/runtime/masked_log.h"

#include <gtest/gtest.h>

namespace cardrig {
namespace {

TEST(MaskLongNumbers, NumbersOfDocumentsBecomeStars) {
  EXPECT_EQ(mask_long_numbers("T11010519491231002X!"), "T110***********002X!");
  EXPECT_EQ(mask_long_numbers("110105194912310021, 110105491231002"),
            "110***********0021, 110********1002");
  EXPECT_EQ(mask_long_numbers("attempt 1781488800000 of 3"), "attempt 1781488800000 of 3");
  EXPECT_EQ(mask_long_numbers("CAN110085010122, TCAN110085010122"),
            "CAN********0122, TCA*********0122");
  EXPECT_EQ(mask_long_numbers("830000199001010022"), "830***********0022");
  EXPECT_EQ(mask_long_numbers("IPP2 AB123456 X 12X"), "IPP2 AB123456 X 12X");
  EXPECT_EQ(mask_long_numbers(""), "");
}

TEST(MaskedLog, HoldsTheKiosksEventsWithoutBytesAndNames) {
  Trace trace([] { return Nanos(1'500'000'000); });
  MaskedLog log(trace, "kiosk");
  trace.emit("kiosk", "kiosk.step",
             {{"step", "document"},
              {"name", Personal{Personal::Kind::kName, "张晓龘"}},
              {"number", Personal{Personal::Kind::kIdNumber, "11010519491231002X"}}},
             {make_blob("bytes", "application/octet-stream", {1, 2, 3})});
  trace.emit("kiosk", "wire.sent", {{"line", "id_reader"}});
  trace.emit("world", "world.mains", {{"on", true}});
  trace.emit("kiosk", "kiosk.out_of_service", {{"detail", "of 11010519491231002X"}});
  EXPECT_EQ(
      log.text(),
      R"({"t_ms":1500,"kind":"kiosk.step","step":"document","name":"张*龘","number":"110***********002X"})"
      "\n"
      R"({"t_ms":1500,"kind":"kiosk.out_of_service","detail":"of 110***********002X"})"
      "\n");
}

TEST(MaskedLog, IsNotFilledByPolling) {
  Trace trace([] { return Nanos(0); });
  MaskedLog log(trace, "kiosk", 2);
  trace.emit("kiosk", "kiosk.session_ended", {{"reason", "delivered"}});
  for (int i = 0; i < 100; ++i) {
    for (const char* kind : {"reader.command", "reader.answer", "board.request", "printer.path"}) {
      trace.emit("kiosk", kind, {{"try", i}});
    }
  }
  EXPECT_NE(log.text().find("delivered"), std::string::npos);
}

TEST(MaskedLog, KeepsTheNewest) {
  Trace trace([] { return Nanos(0); });
  MaskedLog log(trace, "kiosk", 2);
  for (const char* detail : {"a", "b", "c"}) trace.emit("kiosk", "k", {{"detail", detail}});
  EXPECT_EQ(log.lines(), 2U);
  EXPECT_EQ(log.text().find("\"a\""), std::string::npos);
  EXPECT_NE(log.text().find("\"c\""), std::string::npos);
}

}  // namespace
}  // namespace cardrig
