// Pseudo-terminals as plugs: who is connected, and the faults of the cable. The bytes are in
// serial_line.h.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <stdexcept>
#include <utility>
#include <vector>

#include "simulators/plugs/plugs.h"
#include "simulators/plugs/pty.h"
#include "simulators/plugs/serial_line.h"

namespace cardrig::sim {

namespace {

using Descriptor = asio::posix::stream_descriptor;

/// The symbolic link, the pseudo-terminal that it leads to, and the connection over it.
class Port final : public LineKeeper, public std::enable_shared_from_this<Port> {
 public:
  Port(RealLoop& loop, const Tracer& tracer, WireOptions options, std::string link)
      : loop_(loop),
        tracer_(tracer),
        options_(std::move(options)),
        link_(std::move(link)),
        watch_(loop) {
    struct stat found {};
    if (::lstat(link_.c_str(), &found) == 0 && !S_ISLNK(found.st_mode)) {
      throw std::runtime_error(link_ + " is in the way: a serial port's link is to be made there");
    }
  }

  [[nodiscard]] const std::string& name() const { return options_.line; }
  [[nodiscard]] const std::string& link() const { return link_; }
  [[nodiscard]] Plug::Reach reach() const { return reach_; }
  void on_accept(Plug::Acceptor acceptor) { acceptor_ = std::move(acceptor); }

  void start() {
    plug_in();
    watch();
  }
  void set_reach(Plug::Reach reach);
  void close();

  void host_left(SerialLine& line) override;
  void device_left(SerialLine& line) override;
  void finished(SerialLine& line) override;

 private:
  [[nodiscard]] bool serves() const {
    return reach_ == Plug::Reach::kOpen || reach_ == Plug::Reach::kBlackHole;
  }
  void plug_in();
  void pull(ErrorCode error);
  void make_link() const;
  void remove_link() const;
  void watch();
  void look();
  void pass_over_gone_hosts();
  void begin();
  void serve();
  void settle();
  void replace(const std::shared_ptr<SerialLine>& line);

  RealLoop& loop_;
  const Tracer& tracer_;
  WireOptions options_;
  std::string link_;
  Plug::Reach reach_ = Plug::Reach::kOpen;
  Plug::Acceptor acceptor_;
  std::shared_ptr<Pty> pty_;  // null: unplugged
  SlaveWatch watch_;
  std::shared_ptr<SerialLine> line_;  // null: nobody is connected
  bool is_served_ = false;  // the device knows of line_
  std::deque<SlaveWatch::Seen> news_;  // not yet looked at
  int openers_ = 0;  // how many times the host has the slave open
  std::int64_t opened_ = 0;  // connections so far
  std::vector<std::weak_ptr<SerialLine>> unheard_;  // the host left in a black hole
  std::vector<std::shared_ptr<SerialLine>> retired_;  // the device has left, the host not yet
};

void Port::plug_in() {
  pty_ = std::make_shared<Pty>(loop_, options_.baud);
  if (!serves()) pty_->block();
  make_link();
  if (serves()) watch_.follow(pty_->slave());
}

void Port::make_link() const {
  const std::string made = link_ + ".new";
  ::unlink(made.c_str());
  if (::symlink(pty_->slave().c_str(), made.c_str()) != 0 ||
      ::rename(made.c_str(), link_.c_str()) != 0) {
    throw std::runtime_error("the link " + link_ + " cannot be made: " + std::strerror(errno));
  }
}

/// Leaves alone what somebody else has put there.
void Port::remove_link() const {
  std::error_code error;
  const auto leads_to = std::filesystem::read_symlink(link_, error);
  if (!error && pty_ && leads_to == pty_->slave()) ::unlink(link_.c_str());
}

void Port::set_reach(Plug::Reach reach) {
  if (reach == reach_) return;
  const bool served = serves();
  const bool was_unplugged = reach_ == Plug::Reach::kUnplugged;
  reach_ = reach;
  if (reach == Plug::Reach::kUnplugged) tracer_.emit("wire.unplugged", {{"line", options_.line}});
  if (was_unplugged) tracer_.emit("wire.plugged", {{"line", options_.line}});
  if (!served || !serves()) {
    pull(reach == Plug::Reach::kUnplugged ? ErrorCode(asio::error::bad_descriptor)
                                          : ErrorCode(asio::error::connection_reset));
    if (reach != Plug::Reach::kUnplugged) plug_in();
    return;
  }
  const bool silent = reach == Plug::Reach::kBlackHole;
  if (!silent) {
    for (const auto& weak : std::exchange(unheard_, {})) {
      if (const auto line = weak.lock()) line->set_silent(false);
    }
  }
  if (line_) line_->set_silent(silent);
  if (line_ && reach == Plug::Reach::kOpen && !is_served_) serve();
}

void Port::close() {
  acceptor_ = nullptr;
  ErrorCode ignored;
  watch_.descriptor().cancel(ignored);
  pull(asio::error::operation_aborted);
}

/// The host's reads and writes fail, and the slave is gone.
void Port::pull(ErrorCode error) {
  if (!pty_) return;
  remove_link();
  watch_.leave();
  openers_ = 0;
  news_.clear();
  for (const auto& line : std::exchange(retired_, {})) line->fail(error);
  for (const auto& weak : std::exchange(unheard_, {})) {
    if (const auto line = weak.lock()) line->fail(error);
  }
  if (const auto line = std::exchange(line_, nullptr)) line->fail(error);
  std::exchange(pty_, nullptr)->close();
}

void Port::watch() {
  const auto weak = weak_from_this();
  watch_.descriptor().async_wait(Descriptor::wait_read, [weak](ErrorCode error) {
    const auto self = weak.lock();
    if (error || !self) return;
    self->look();
    self->watch();
  });
}

/// Hosts that came and went before anybody looked are counted, so that both ends number alike, and
/// no more: what they wrote cannot be told from what the last one wrote.
void Port::pass_over_gone_hosts() {
  int openers = 0;
  std::ptrdiff_t comings = 0;
  std::ptrdiff_t last = 0;
  for (std::size_t i = 0; i < news_.size(); ++i) {
    if (news_[i] == SlaveWatch::Seen::kClosed) {
      openers = std::max(openers - 1, 0);
    } else if (openers++ == 0) {
      ++comings;
      last = static_cast<std::ptrdiff_t>(i);
    }
  }
  if (comings < 2) return;
  opened_ += comings - 1;
  news_.erase(news_.begin(), news_.begin() + last);
}

void Port::look() {
  const auto pty = pty_;
  news_ = watch_.seen();
  if (!line_) pass_over_gone_hosts();
  while (!news_.empty() && pty_ == pty) {
    const auto seen = news_.front();
    news_.pop_front();
    if (seen == SlaveWatch::Seen::kClosed) {
      openers_ = std::max(openers_ - 1, 0);
      continue;
    }
    if (line_ && openers_ == 0) {
      // Closed and opened again before we looked.
      const auto line = std::exchange(line_, nullptr);
      line->lose_host(true);
    }
    ++openers_;
    if (!line_) begin();
  }
  if (line_ && pty_ == pty && !pty->is_host_there()) line_->lose_host(false);
}

void Port::begin() {
  ++opened_;
  openers_ = std::max(openers_, 1);
  const auto line = std::make_shared<SerialLine>(
      loop_, pty_, weak_from_this(),
      WireEvents(tracer_, options_.line, opened_, WireEvents::End::kDevice), options_.baud,
      reach_ == Plug::Reach::kBlackHole);
  line_ = line;
  is_served_ = false;
  if (reach_ == Plug::Reach::kOpen) serve();
  line->start();
}

void Port::serve() {
  is_served_ = true;
  auto end = line_->device_end();
  if (acceptor_) acceptor_(std::move(end));
}

void Port::host_left(SerialLine& line) {
  std::erase_if(retired_, [&line](const auto& r) { return r.get() == &line; });
  std::erase_if(unheard_, [](const auto& weak) { return weak.expired(); });
  if (reach_ == Plug::Reach::kBlackHole) unheard_.push_back(line.weak_from_this());
  if (line_.get() != &line) return;
  line_ = nullptr;
  openers_ = 0;
  settle();
}

/// Makes the pseudo-terminal ready for the next host; another may have opened it already, and may
/// even have closed it again.
void Port::settle() {
  const auto opened = [this] {
    for (const auto seen : watch_.seen()) news_.push_back(seen);
    const auto count = std::count(news_.begin(), news_.end(), SlaveWatch::Seen::kOpened);
    news_.clear();
    return count;
  };
  auto missed = opened();
  if (!pty_->is_host_there()) {
    if (!pty_->clean()) return replace(nullptr);
    missed += std::max<std::ptrdiff_t>(opened() - 1, 0);  // one of them was clean()
  }
  const bool is_there = pty_->is_host_there();
  opened_ += is_there ? std::max<std::ptrdiff_t>(missed - 1, 0) : missed;
  if (is_there) begin();
}

void Port::device_left(SerialLine& line) {
  // Soon, because this is called from destructors as well.
  loop_.post([self = shared_from_this(), left = line.shared_from_this()] {
    // The host may have closed and opened again: then there is nobody to hang up on.
    if (self->line_ == left) self->look();
    if (self->line_ == left) self->replace(left);
  });
}

/// A new pseudo-terminal for the next host; the old one is `line`'s until it has finished.
void Port::replace(const std::shared_ptr<SerialLine>& line) {
  remove_link();
  const auto old = std::exchange(pty_, nullptr);
  line_ = nullptr;
  openers_ = 0;
  news_.clear();
  if (!line) old->close();
  plug_in();
  if (!line) return;
  retired_.push_back(line);
  line->finish();
}

void Port::finished(SerialLine& line) {
  std::erase_if(retired_, [&line](const auto& r) { return r.get() == &line; });
}

class PtyPlug final : public WirePlug {
 public:
  explicit PtyPlug(std::shared_ptr<Port> port) : port_(std::move(port)) { port_->start(); }
  ~PtyPlug() override { port_->close(); }
  PtyPlug(const PtyPlug&) = delete;
  PtyPlug& operator=(const PtyPlug&) = delete;

  void on_accept(Acceptor acceptor) override { port_->on_accept(std::move(acceptor)); }
  void set_reach(Reach reach) override { port_->set_reach(reach); }
  Reach reach() const override { return port_->reach(); }
  const std::string& name() const override { return port_->name(); }
  std::string address() const override { return port_->link(); }

 private:
  std::shared_ptr<Port> port_;
};

}  // namespace

std::unique_ptr<WirePlug> pty_plug(RealLoop& loop, const Tracer& tracer, WireOptions options,
                                   std::string link) {
  return std::make_unique<PtyPlug>(
      std::make_shared<Port>(loop, tracer, std::move(options), std::move(link)));
}

}  // namespace cardrig::sim
