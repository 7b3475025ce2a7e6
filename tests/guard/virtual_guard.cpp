// Stands between the program and libc. Only for programs without sanitizers, which do the same.
#include "tests/guard/virtual_guard.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <pthread.h>
#include <sys/time.h>
#include <time.h>  // NOLINT(modernize-deprecated-headers): what POSIX adds to <ctime>

#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <set>

namespace cardrig::guard {
namespace {

std::atomic<bool> armed{false};
std::atomic<long> shift_s{0};
thread_local bool inside = false;

std::set<std::string>& seen() {
  static std::set<std::string> set;
  return set;
}

template <class F>
F next(const char* name) {
  void* found = dlsym(RTLD_NEXT, name);
  F function = nullptr;
  std::memcpy(&function, &found, sizeof function);
  return function;
}

std::string symbol_of(const Dl_info& info) {
  if (info.dli_sname == nullptr) return "an unnamed function";
  int status = 0;
  char* name = abi::__cxa_demangle(info.dli_sname, nullptr, nullptr, &status);
  std::string text = status == 0 ? name : info.dli_sname;
  std::free(name);
  return text;
}

bool is_system_library(const char* file) {
  for (const char* part : {"libstdc++", "libc.so", "libc-", "ld-linux", "libgcc"}) {
    if (std::strstr(file, part) != nullptr) return true;
  }
  return false;
}

/// Records the call if the first caller outside the system's libraries is this program itself
/// (`anybody`: whoever it is).
void record(const char* what, bool anybody) {
  if (!armed || inside) return;
  inside = true;
  static Dl_info self{};
  if (self.dli_fname == nullptr) dladdr(reinterpret_cast<void*>(&arm), &self);
  std::array<void*, 24> frames{};
  const int depth = backtrace(frames.data(), static_cast<int>(frames.size()));
  for (int i = 2; i < depth; ++i) {
    Dl_info info{};
    if (dladdr(frames[static_cast<std::size_t>(i)], &info) == 0) continue;
    if (is_system_library(info.dli_fname)) continue;
    const bool ours = info.dli_fbase == self.dli_fbase;
    if (ours || anybody) {
      seen().insert(std::string(what) + " from " + symbol_of(info) + (ours ? "" : info.dli_fname));
    }
    break;
  }
  inside = false;
}

}  // namespace

void arm() {
  std::array<void*, 2> warm_up{};
  backtrace(warm_up.data(), 2);  // loads libgcc now, not in the middle of a run
  seen().clear();
  armed = true;
}

std::vector<std::string> disarm() {
  armed = false;
  return {seen().begin(), seen().end()};
}

void shift_civil_clock(long seconds) { shift_s = seconds; }

}  // namespace cardrig::guard

extern "C" {

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                   void* argument) noexcept {
  cardrig::guard::record("pthread_create", true);
  static const auto real = cardrig::guard::next<decltype(&pthread_create)>("pthread_create");
  return real(thread, attributes, run, argument);
}

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  cardrig::guard::record("clock_gettime", false);
  static const auto real = cardrig::guard::next<decltype(&clock_gettime)>("clock_gettime");
  const int result = real(clock, time);
  if (clock == CLOCK_REALTIME) time->tv_sec += cardrig::guard::shift_s;
  return result;
}

int gettimeofday(timeval* time, void* zone) noexcept {
  cardrig::guard::record("gettimeofday", false);
  static const auto real = cardrig::guard::next<decltype(&gettimeofday)>("gettimeofday");
  const int result = real(time, zone);
  time->tv_sec += cardrig::guard::shift_s;
  return result;
}

time_t time(time_t* out) noexcept {
  cardrig::guard::record("time", false);
  timespec now{};
  static const auto real = cardrig::guard::next<decltype(&clock_gettime)>("clock_gettime");
  real(CLOCK_REALTIME, &now);
  const time_t seconds = now.tv_sec + cardrig::guard::shift_s;
  if (out != nullptr) *out = seconds;
  return seconds;
}

int nanosleep(const timespec* wanted, timespec* left) {
  cardrig::guard::record("nanosleep", true);
  static const auto real = cardrig::guard::next<decltype(&nanosleep)>("nanosleep");
  return real(wanted, left);
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* wanted, timespec* left) {
  cardrig::guard::record("clock_nanosleep", true);
  static const auto real = cardrig::guard::next<decltype(&clock_nanosleep)>("clock_nanosleep");
  return real(clock, flags, wanted, left);
}

}  // extern "C"
