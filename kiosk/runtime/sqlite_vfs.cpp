// The C callbacks of a SQLite VFS (https://www.sqlite.org/vfs.html, version 1 I/O methods: no
// shared memory, no memory mapping) over Files.
#include "kiosk/runtime/sqlite_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <new>
#include <vector>

#include "kiosk/runtime/check.h"

namespace cardrig {

struct detail::SqliteVfsState {
  SqliteVfsState(Files& f, Entropy& e, const CivilClock* c) : files(f), entropy(e), clock(c) {}
  Files& files;
  Entropy& entropy;
  const CivilClock* clock;
  std::string name;
  sqlite3_vfs vfs{};
  std::mutex failure_mutex;  // offloaded work may run on a pool of threads
  std::optional<FileReason> failure;

  void note(FileReason reason) {
    const std::lock_guard lock(failure_mutex);
    failure = reason;
  }
};

namespace {

constexpr int kMaxPath = 1024;
constexpr int kSector = 512;
constexpr std::int64_t kJulianUnixEpoch_ms = 210866760000000;  // julian day 2440587.5

using Impl = detail::SqliteVfsState;

/// What SQLite allocates for one open file: its base class first, then ours.
struct OpenFile {
  sqlite3_file base;
  File* file;
  Impl* impl;
  bool delete_on_close;
  char path[kMaxPath + 1];
};

OpenFile& ours(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }
Impl& impl_of(sqlite3_vfs* vfs) { return *static_cast<Impl*>(vfs->pAppData); }

int sqlite_code(Impl& impl, FileReason reason, int io_error) {
  impl.note(reason);
  switch (reason) {
    case FileReason::kNoSpace:
      return SQLITE_FULL;
    case FileReason::kReadOnly:
      return SQLITE_READONLY;
    case FileReason::kNotFound:
    case FileReason::kIo:
    case FileReason::kPowerLost:
      return io_error;
  }
  return io_error;
}

int file_close(sqlite3_file* f) {
  auto& o = ours(f);
  delete o.file;
  o.file = nullptr;
  if (o.delete_on_close) static_cast<void>(o.impl->files.remove(o.path));
  return SQLITE_OK;
}

int file_read(sqlite3_file* f, void* into, int amount, sqlite3_int64 offset) {
  auto& o = ours(f);
  const std::span bytes(static_cast<std::uint8_t*>(into), static_cast<std::size_t>(amount));
  const auto n = o.file->read(static_cast<std::uint64_t>(offset), bytes);
  if (!n) {
    o.impl->note(n.error().reason);
    return SQLITE_IOERR_READ;
  }
  if (*n == bytes.size()) return SQLITE_OK;
  // SQLite demands that what lies behind the end reads as zero.
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(*n), bytes.end(), std::uint8_t{0});
  return SQLITE_IOERR_SHORT_READ;
}

int file_write(sqlite3_file* f, const void* from, int amount, sqlite3_int64 offset) {
  auto& o = ours(f);
  const std::span bytes(static_cast<const std::uint8_t*>(from), static_cast<std::size_t>(amount));
  const auto written = o.file->write(static_cast<std::uint64_t>(offset), bytes);
  if (written) return SQLITE_OK;
  return sqlite_code(*o.impl, written.error().reason, SQLITE_IOERR_WRITE);
}

int file_truncate(sqlite3_file* f, sqlite3_int64 size) {
  auto& o = ours(f);
  const auto cut = o.file->truncate(static_cast<std::uint64_t>(size));
  return cut ? SQLITE_OK : sqlite_code(*o.impl, cut.error().reason, SQLITE_IOERR_TRUNCATE);
}

int file_sync(sqlite3_file* f, int) {
  auto& o = ours(f);
  const auto synced = o.file->sync();
  return synced ? SQLITE_OK : sqlite_code(*o.impl, synced.error().reason, SQLITE_IOERR_FSYNC);
}

int file_size(sqlite3_file* f, sqlite3_int64* size) {
  auto& o = ours(f);
  const auto s = o.file->size();
  if (!s) return sqlite_code(*o.impl, s.error().reason, SQLITE_IOERR_FSTAT);
  *size = static_cast<sqlite3_int64>(*s);
  return SQLITE_OK;
}

int file_lock(sqlite3_file*, int) { return SQLITE_OK; }
int file_reserved(sqlite3_file*, int* out) {
  *out = 0;
  return SQLITE_OK;
}
int file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int file_sector_size(sqlite3_file*) { return kSector; }
// Nothing is promised about a write that power cuts off: no atomic sectors, no safe append.
int file_characteristics(sqlite3_file*) { return 0; }

const sqlite3_io_methods kMethods = [] {
  sqlite3_io_methods m{};
  m.iVersion = 1;
  m.xClose = file_close;
  m.xRead = file_read;
  m.xWrite = file_write;
  m.xTruncate = file_truncate;
  m.xSync = file_sync;
  m.xFileSize = file_size;
  m.xLock = file_lock;
  m.xUnlock = file_lock;
  m.xCheckReservedLock = file_reserved;
  m.xFileControl = file_control;
  m.xSectorSize = file_sector_size;
  m.xDeviceCharacteristics = file_characteristics;
  return m;
}();

int vfs_open(sqlite3_vfs* vfs, const char* path, sqlite3_file* f, int flags, int* flags_out) {
  auto& o = *new (f) OpenFile{};
  auto& impl = impl_of(vfs);
  // No temporary files: they would hold rows outside of the seam. Use temp_store=MEMORY.
  if (path == nullptr || std::strlen(path) > kMaxPath) return SQLITE_CANTOPEN;
  auto file = impl.files.open(path, (flags & SQLITE_OPEN_CREATE) != 0);
  if (!file) return sqlite_code(impl, file.error().reason, SQLITE_CANTOPEN);
  o.file = file->release();
  o.impl = &impl;
  o.delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  std::snprintf(o.path, sizeof o.path, "%s", path);
  o.base.pMethods = &kMethods;
  if (flags_out != nullptr) *flags_out = flags;
  return SQLITE_OK;
}

int vfs_delete(sqlite3_vfs* vfs, const char* path, int) {
  auto& impl = impl_of(vfs);
  const auto removed = impl.files.remove(path);
  if (removed) return SQLITE_OK;
  if (removed.error().reason == FileReason::kNotFound) return SQLITE_IOERR_DELETE_NOENT;
  return sqlite_code(impl, removed.error().reason, SQLITE_IOERR_DELETE);
}

int vfs_access(sqlite3_vfs* vfs, const char* path, int, int* out) {
  *out = impl_of(vfs).files.exists(path) ? 1 : 0;
  return SQLITE_OK;
}

int vfs_full_path(sqlite3_vfs*, const char* path, int size, char* out) {
  const int n = std::snprintf(out, static_cast<std::size_t>(size), "%s", path);
  return n < size ? SQLITE_OK : SQLITE_CANTOPEN;
}

int vfs_randomness(sqlite3_vfs* vfs, int size, char* out) {
  impl_of(vfs).entropy.fill(
      std::span(reinterpret_cast<std::uint8_t*>(out), static_cast<std::size_t>(size)));
  return size;
}

// Only a busy handler would sleep, and a connection with an exclusive lock is never busy.
int vfs_sleep(sqlite3_vfs*, int) { return 0; }

int vfs_time_ms(sqlite3_vfs* vfs, sqlite3_int64* out) {
  const auto* clock = impl_of(vfs).clock;
  if (clock == nullptr) return SQLITE_ERROR;
  *out = clock->now().unix_ms + kJulianUnixEpoch_ms;
  return SQLITE_OK;
}

int vfs_time_days(sqlite3_vfs* vfs, double* out) {
  sqlite3_int64 ms = 0;
  const int code = vfs_time_ms(vfs, &ms);
  *out = static_cast<double>(ms) / 86400000.0;
  return code;
}

int vfs_last_error(sqlite3_vfs*, int, char*) { return 0; }

void fill_methods(sqlite3_vfs& vfs) {
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(OpenFile);
  vfs.mxPathname = kMaxPath;
  vfs.xOpen = vfs_open;
  vfs.xDelete = vfs_delete;
  vfs.xAccess = vfs_access;
  vfs.xFullPathname = vfs_full_path;
  vfs.xRandomness = vfs_randomness;
  vfs.xSleep = vfs_sleep;
  vfs.xCurrentTime = vfs_time_days;
  vfs.xGetLastError = vfs_last_error;
  vfs.xCurrentTimeInt64 = vfs_time_ms;
}

}  // namespace

SqliteVfs::SqliteVfs(Files& files, Entropy& entropy, const CivilClock* clock)
    : impl_(std::make_unique<detail::SqliteVfsState>(files, entropy, clock)) {
  // Two of them may overlap for a moment (a new kiosk starts while the old one is torn down), so
  // each has a name of its own. It is seen nowhere outside of this process.
  char name[40];
  std::snprintf(name, sizeof name, "cardrig-%p", static_cast<void*>(impl_.get()));
  impl_->name = name;
  fill_methods(impl_->vfs);
  impl_->vfs.zName = impl_->name.c_str();
  impl_->vfs.pAppData = impl_.get();
  CARDRIG_CHECK(sqlite3_vfs_register(&impl_->vfs, 1) == SQLITE_OK);
  sqlite3_randomness(0, nullptr);
}

SqliteVfs::~SqliteVfs() { sqlite3_vfs_unregister(&impl_->vfs); }

const std::string& SqliteVfs::name() const { return impl_->name; }

std::optional<FileReason> SqliteVfs::take_failure() {
  const std::lock_guard lock(impl_->failure_mutex);
  return std::exchange(impl_->failure, std::nullopt);
}

}  // namespace cardrig
