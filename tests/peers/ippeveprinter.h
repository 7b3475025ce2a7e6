// ippeveprinter, the IPP Everywhere printer of CUPS, with a card as its only medium: a printer that
// nobody here wrote. What it prints is held back until the test lets it go on.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "scenarios/engine/process.h"
#include "tests/kiosk/runtime/local_socket.h"
#include "tests/peers/peer_program.h"
#include "tests/real_stand.h"

namespace cardrig::test {

class IppEvePrinter {
 public:
  enum class Media { kCard, kLetter };

  /// Starts it at a free port, and a message bus for it alone: it wants to announce itself over
  /// D-Bus before it serves anybody, and does with a bus on which nobody listens. Neither Avahi
  /// nor the system's bus is needed or touched. Throws std::runtime_error if it does not come up.
  explicit IppEvePrinter(RealStand& stand, Media media = Media::kCard);
  /// Kills what still runs.
  ~IppEvePrinter();
  IppEvePrinter(const IppEvePrinter&) = delete;
  IppEvePrinter& operator=(const IppEvePrinter&) = delete;

  [[nodiscard]] Endpoint endpoint() const { return {"127.0.0.1", port_->number()}; }

  /// The job under way goes on, and ends well or badly. Later ones wait again.
  void finish_job(bool well = true);
  /// The document of the job that came last, as the printer gave it to its print command.
  [[nodiscard]] std::string printed() const;

  void freeze();  ///< stops it as a debugger would: it takes connections and answers nothing
  void thaw();
  void kill();  ///< at once, with its print command
  void start_again();  ///< at the same port, knowing nothing of earlier jobs
  /// For messages of failed tests.
  [[nodiscard]] std::string log() const;

 private:
  void start();
  bool is_up();

  RealStand& stand_;
  Media media_;
  OwnFolder folder_;
  std::optional<HeldPort> port_;
  int gate_ = -1;
  std::unique_ptr<scenario::Process> bus_;
  std::unique_ptr<scenario::Process> printer_;
};

}  // namespace cardrig::test
