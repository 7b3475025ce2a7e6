// The virtual-time queue and the Asio executor that feeds it.
#include "kiosk/runtime/virtual_time.h"

#include <algorithm>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution.hpp>
#include <utility>

#include "kiosk/runtime/check.h"

namespace cardrig {

class VirtualLoop::Context final : public asio::execution_context {
 public:
  explicit Context(VirtualLoop& owner) : loop(owner) {}
  VirtualLoop& loop;
};

namespace {

/// Queues instead of running, always: order is first in, first out for everybody.
template <class Context>
class VirtualExecutor {
 public:
  explicit VirtualExecutor(Context& context) : context_(&context) {}

  asio::execution_context& query(asio::execution::context_t) const noexcept { return *context_; }
  static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
    return asio::execution::blocking.never;
  }
  template <class F>
  void execute(F&& f) const {
    context_->loop.post(UniqueFunction<void()>(
        [g = std::decay_t<F>(std::forward<F>(f))]() mutable { std::move(g)(); }));
  }
  bool operator==(const VirtualExecutor& other) const noexcept = default;

 private:
  Context* context_;
};

}  // namespace

VirtualTime::VirtualTime() = default;

VirtualTime::~VirtualTime() {
  CARDRIG_CHECK(ready_.empty() && "every VirtualLoop is gone before its VirtualTime");
}

std::unique_ptr<VirtualLoop> VirtualTime::make_loop(std::string name) {
  return std::unique_ptr<VirtualLoop>(new VirtualLoop(*this, std::move(name)));
}

void VirtualTime::enqueue(VirtualLoop* loop, UniqueFunction<void()> f) {
  ready_.push_back(Item{loop, std::move(f), cause, 0});
}

TimerId VirtualTime::add_timer(VirtualLoop* loop, Nanos due, UniqueFunction<void()> f) {
  const TimerId id = next_timer_++;
  timers_.emplace(id, Item{loop, std::move(f), cause, id});
  heap_.push_back(Due{due, id});
  std::push_heap(heap_.begin(), heap_.end(), Later{});
  return id;
}

bool VirtualTime::cancel_timer(TimerId id) {
  const auto it = timers_.find(id);
  if (it == timers_.end()) return false;
  // The callable dies after it has left the table: its destructor may come back here.
  const auto doomed = std::move(it->second);
  timers_.erase(it);
  return true;
}

void VirtualTime::forget_cancelled() {
  while (!heap_.empty() && !timers_.contains(heap_.front().id)) {
    std::pop_heap(heap_.begin(), heap_.end(), Later{});
    heap_.pop_back();
  }
}

Nanos VirtualTime::next_due() {
  forget_cancelled();
  return heap_.empty() ? Nanos::max() : heap_.front().time;
}

void VirtualTime::move_due_timers() {
  while (!heap_.empty()) {
    const Due due = heap_.front();
    const bool live = timers_.contains(due.id);
    if (live && due.time > now_) return;
    std::pop_heap(heap_.begin(), heap_.end(), Later{});
    heap_.pop_back();
    if (live) ready_.push_back(Item{nullptr, nullptr, 0, due.id});
  }
}

bool VirtualTime::step() {
  if (ready_.empty()) {
    forget_cancelled();
    if (heap_.empty()) return false;
    now_ = std::max(now_, heap_.front().time);
    move_due_timers();
  }
  Item item = std::move(ready_.front());
  ready_.pop_front();
  if (item.timer != 0) {
    const auto it = timers_.find(item.timer);
    if (it == timers_.end()) return true;  // cancelled after it became due
    item = std::move(it->second);
    timers_.erase(it);
  }
  if (!item.run) return true;  // its party lost power
  ++items_run_;
  cause = item.cause;
  item.run();
  cause = 0;
  return true;
}

void VirtualTime::run_until(Nanos t) {
  for (;;) {
    while (!ready_.empty()) step();
    if (next_due() > t) break;
    step();
  }
  now_ = std::max(now_, t);
}

void VirtualTime::run() {
  while (step()) {
  }
}

void VirtualTime::drop_items_of(VirtualLoop* loop) {
  for (;;) {
    std::vector<UniqueFunction<void()>> doomed;
    for (auto& item : ready_) {
      if (item.loop == loop && item.run) doomed.push_back(std::move(item.run));
    }
    std::vector<TimerId> ids;
    for (const auto& [id, item] : timers_) {
      if (item.loop == loop) ids.push_back(id);
    }
    std::sort(ids.begin(), ids.end());  // the table's order is not part of the run
    for (const TimerId id : ids) {
      doomed.push_back(std::move(timers_.at(id).run));
      timers_.erase(id);
    }
    if (doomed.empty()) return;
    for (auto& f : doomed) f = nullptr;  // in order; destructors may queue more
  }
}

VirtualLoop::VirtualLoop(VirtualTime& time, std::string name)
    : time_(time), name_(std::move(name)), context_(std::make_unique<Context>(*this)) {}

VirtualLoop::~VirtualLoop() {
  drop_everything();
  // Empty items of this loop may still stand in the queue; they must not name it any more.
  for (auto& item : time_.ready_) {
    if (item.loop == this) item.loop = nullptr;
  }
  std::erase_if(time_.ready_, [](const auto& item) { return item.timer == 0 && !item.run; });
}

asio::any_io_executor VirtualLoop::executor() { return VirtualExecutor<Context>(*context_); }

Nanos VirtualLoop::now() const { return time_.now(); }

void VirtualLoop::post(UniqueFunction<void()> f) { time_.enqueue(this, std::move(f)); }

TimerId VirtualLoop::at(Nanos due, UniqueFunction<void()> f) {
  return time_.add_timer(this, due, std::move(f));
}

void VirtualLoop::cancel(TimerId id) { time_.cancel_timer(id); }

void VirtualLoop::offload(UniqueFunction<void()> work, Nanos modelled_cost,
                          UniqueFunction<void()> done) {
  work();
  after(modelled_cost, std::move(done));
}

void VirtualLoop::wait_until(Nanos due, WaitHandler handler) {
  struct Pending {
    WaitHandler handler;
    TimerId id = 0;
  };
  auto pending = std::make_shared<Pending>();
  // The slot is taken after wrapping: Boost 1.81's any_completion_handler installs one of its own.
  auto slot = asio::get_associated_cancellation_slot(handler);
  pending->handler.swap(handler);
  pending->id = at(due, [pending]() mutable {
    WaitHandler h;
    h.swap(pending->handler);
    auto s = asio::get_associated_cancellation_slot(h);
    if (s.is_connected()) s.clear();
    std::move(h)(ErrorCode{});
  });
  if (!slot.is_connected()) return;
  slot.assign([this, weak = std::weak_ptr<Pending>(pending)](asio::cancellation_type) {
    const auto p = weak.lock();
    if (!p || !p->handler) return;
    WaitHandler h;
    h.swap(p->handler);
    time_.cancel_timer(p->id);
    post([h = std::make_shared<WaitHandler>(std::move(h))]() mutable {
      std::move (*h)(asio::error::operation_aborted);
    });
  });
}

void VirtualLoop::drop_everything() { time_.drop_items_of(this); }

}  // namespace cardrig
