// One wire on the wire rung: a real pseudo-terminal or TCP port with the kiosk's driver at one end,
// and at the other the simulator, or somebody who breaks every rule.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "tests/kiosk/runtime/local_socket.h"
#include "tests/real_stand.h"

struct ssl_st;
struct ssl_ctx_st;

namespace cardrig::test {

using Bytes = std::vector<std::uint8_t>;

/// What a broken device does with whoever opens its line.
enum class Misdeed {
  kSilence,  ///< reads and says nothing
  kNeverReads,
  kHangsUp,  ///< at once
  kGarbage,  ///< for ever
  kFlood,  ///< well-formed frames that answer nothing, for ever
  kDrip,  ///< the bytes of an answer slowly one by one, for ever, never a whole one
  kHalfAnAnswer,  ///< then silence
  kHalfAnAnswerAndHangsUp,
};
[[nodiscard]] const char* to_string(Misdeed misdeed);

class WireRig : public RealStand {
 public:
  virtual ~WireRig();

  // The device's end: nobody, then one of these.
  /// `dripping`: every byte crosses the wire alone, in both directions.
  virtual void serve(bool dripping = false) = 0;
  void misbehave(Misdeed misdeed);
  /// The misdeed ends; its connections are closed.
  void relent();

  // The kiosk's end.
  /// The driver's start (for print jobs: asking for the status), with short limits; "": done, or
  /// the typed reason. A driver that is opened anew each time has no state from before.
  virtual std::string start_driver() = 0;
  /// Forgets the driver, so that its line is free.
  virtual void drop_driver() = 0;

  // What crosses the wire.
  [[nodiscard]] virtual Bytes request() const = 0;
  /// `got` holds a whole good answer to request().
  [[nodiscard]] virtual bool is_answer(const Bytes& got) const = 0;
  [[nodiscard]] virtual Bytes answer() const = 0;
  [[nodiscard]] virtual Bytes unasked() const = 0;
  /// What a flood of unasked() stands behind.
  [[nodiscard]] virtual Bytes preface() const { return {}; }

  /// HOST:PORT, or the path of the pseudo-terminal. The same whoever is there.
  [[nodiscard]] virtual std::string address() const { return plug_->address(); }
  [[nodiscard]] bool is_serial() const { return address().front() == '/'; }
  [[nodiscard]] Endpoint endpoint() const;
  /// What a raw host is to agree on before it says anything; null: nothing.
  [[nodiscard]] virtual ssl_ctx_st* tls() const { return nullptr; }

 protected:
  /// `usual` fails a broken device soon; a dripping one is good, and gets all the time it takes.
  [[nodiscard]] Nanos limit(Nanos usual) const;

  OwnFolder folder_;
  std::unique_ptr<sim::WirePlug> plug_;
  bool drips_ = false;  ///< what serve() was told
  /// The driver meets somebody who answers nothing: its limits, which are waited for, are short.
  bool impatient_ = false;

 private:
  /// Where those come in who misbehave.
  virtual Plug& suspects_plug() { return *plug_; }

  std::vector<std::shared_ptr<ByteStream>> suspects_;
};

struct WireOf {
  const char* name;
  std::unique_ptr<WireRig> (*make)();
};
inline void PrintTo(const WireOf& wire, std::ostream* out) { *out << wire.name; }

/// With a driver of ours at one end.
[[nodiscard]] const std::vector<WireOf>& all_wires();
/// Those, and what has no driver of its own: the network and the health page.
[[nodiscard]] const std::vector<WireOf>& served_wires();

/// A host that is not ours: a plain descriptor.
class RawHost {
 public:
  explicit RawHost(WireRig& rig);
  ~RawHost() { close(); }
  RawHost(RawHost&& other) noexcept;
  RawHost& operator=(RawHost&&) = delete;

  /// What the system took without waiting; nothing: the device has hung up.
  std::optional<std::size_t> write(std::span<const std::uint8_t> bytes);
  /// What has arrived.
  Bytes read();
  void close();

 private:
  void agree_on_tls(WireRig& rig);
  std::optional<std::size_t> result_of_tls(int moved);

  int descriptor_ = -1;
  bool serial_;
  ssl_st* tls_ = nullptr;
};

/// Memory that this process has in use now.
[[nodiscard]] std::size_t resident_bytes();
/// Whether resident_bytes() means anything: a sanitizer keeps what was freed.
[[nodiscard]] bool memory_can_be_judged();

}  // namespace cardrig::test
