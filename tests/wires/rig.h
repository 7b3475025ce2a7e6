// One device's wire on the wire rung: a real pseudo-terminal or TCP port with the kiosk's driver at
// one end, and at the other the simulator, or somebody who breaks every rule.
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

namespace cardrig::test {

using Bytes = std::vector<std::uint8_t>;

/// What a broken device does with whoever opens its line.
enum class Misdeed {
  kSilence,  ///< reads and says nothing
  kNeverReads,
  kHangsUp,  ///< at once
  kGarbage,  ///< for ever
  kFlood,  ///< well-formed frames that answer nothing, for ever
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

  /// The port, or the path of the pseudo-terminal.
  [[nodiscard]] const sim::WirePlug& plug() const { return *plug_; }
  [[nodiscard]] bool is_serial() const { return plug_->address().front() == '/'; }

 protected:
  /// `usual` fails a broken device soon; a dripping one is good, and gets all the time it takes.
  [[nodiscard]] Nanos limit(Nanos usual) const;

  OwnFolder folder_;
  std::unique_ptr<sim::WirePlug> plug_;
  bool drips_ = false;  ///< what serve() was told

 private:
  std::vector<std::shared_ptr<ByteStream>> suspects_;
};

struct WireOf {
  const char* name;
  std::unique_ptr<WireRig> (*make)();
};
inline void PrintTo(const WireOf& wire, std::ostream* out) { *out << wire.name; }

[[nodiscard]] const std::vector<WireOf>& all_wires();

/// A host that is not ours: a plain descriptor.
class RawHost {
 public:
  explicit RawHost(const WireRig& rig);
  ~RawHost() { close(); }
  RawHost(RawHost&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  RawHost& operator=(RawHost&&) = delete;

  /// What the system took without waiting; nothing: the device has hung up.
  std::optional<std::size_t> write(std::span<const std::uint8_t> bytes);
  /// What has arrived.
  Bytes read();
  void close();

 private:
  int descriptor_ = -1;
  bool serial_;
};

/// Memory that this process has in use now.
[[nodiscard]] std::size_t resident_bytes();
/// Whether resident_bytes() means anything: a sanitizer keeps what was freed.
[[nodiscard]] bool memory_can_be_judged();

}  // namespace cardrig::test
