// io_context, steady timers and a worker pool behind the Loop interface.
#include "kiosk/runtime/real_loop.h"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <map>

namespace cardrig {

namespace {

/// Lets the handlers be destroyed while everything around them still stands.
struct Context : asio::io_context {
  void destroy_handlers() { shutdown(); }
};

}  // namespace

struct RealLoop::Impl {
  explicit Impl(unsigned threads) : pool(threads) {}

  Context io;
  asio::thread_pool pool;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  TimerId next_id = 1;
  bool ending = false;
  std::map<TimerId, std::unique_ptr<asio::steady_timer>> timers;
};

RealLoop::RealLoop(unsigned worker_threads) : impl_(std::make_unique<Impl>(worker_threads)) {}

RealLoop::~RealLoop() { drop_everything(); }

void RealLoop::drop_everything() {
  impl_->pool.join();
  impl_->ending = true;
  impl_->timers.clear();
  // Objects that go with the frames of coroutines post, and set and cancel timers.
  impl_->io.destroy_handlers();
}

void RealLoop::run() { impl_->io.run(); }

void RealLoop::poll() {
  impl_->io.restart();
  impl_->io.poll();
}

void RealLoop::stop() { impl_->io.stop(); }

asio::io_context& RealLoop::context() { return impl_->io; }

asio::any_io_executor RealLoop::executor() { return impl_->io.get_executor(); }

Nanos RealLoop::now() const { return std::chrono::steady_clock::now() - impl_->start; }

void RealLoop::post(UniqueFunction<void()> f) { asio::post(impl_->io, std::move(f)); }

TimerId RealLoop::at(Nanos due, UniqueFunction<void()> f) {
  const TimerId id = impl_->next_id++;
  if (impl_->ending) return id;
  auto timer = std::make_unique<asio::steady_timer>(impl_->io, impl_->start + due);
  timer->async_wait([impl = impl_.get(), id, g = std::move(f)](ErrorCode error) mutable {
    // One that was cancelled when it had expired already comes here without an error.
    if (error || impl->timers.erase(id) == 0) return;
    g();
  });
  impl_->timers.emplace(id, std::move(timer));
  return id;
}

void RealLoop::cancel(TimerId id) { impl_->timers.erase(id); }

void RealLoop::offload(UniqueFunction<void()> work, Nanos, UniqueFunction<void()> done) {
  asio::post(impl_->pool, [guard = asio::make_work_guard(impl_->io), w = std::move(work),
                           d = std::move(done), &io = impl_->io]() mutable {
    w();
    // What the work holds is gone before `done` may look at what it made.
    w = nullptr;
    asio::post(io, std::move(d));
  });
}

void RealLoop::wait_until(Nanos due, WaitHandler handler) {
  auto timer = std::make_shared<asio::steady_timer>(impl_->io, impl_->start + due);
  auto slot = asio::get_associated_cancellation_slot(handler);
  if (slot.is_connected()) {
    slot.assign([weak = std::weak_ptr<asio::steady_timer>(timer)](asio::cancellation_type) {
      if (const auto t = weak.lock()) t->cancel();
    });
  }
  timer->async_wait(
      [timer, h = std::move(handler)](ErrorCode error) mutable { std::move(h)(error); });
}

Nanos monotonic_now() { return std::chrono::steady_clock::now().time_since_epoch(); }

CivilTime SystemCivilClock::now() const {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

}  // namespace cardrig
