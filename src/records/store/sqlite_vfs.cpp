#include "records/store/sqlite_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <new>
#include <thread>
#include <vector>

namespace meterway::store {

/// SQLite's two kinds of locks. Of the file: any number SHARED; one of those may be RESERVED; PENDING lets no new
/// SHARED in; EXCLUSIVE is alone. Of the shared memory: eight slots, each free, shared by n or held by one.
struct SqliteVfs::Node {
  std::mutex mutex;
  int shared = 0;
  const void* reserved = nullptr;  // the file that holds RESERVED or more
  bool pending = false, exclusive = false;
  std::array<int, SQLITE_SHM_NLOCK> slots{};  // n sharers, or -1
  std::vector<std::unique_ptr<std::uint8_t[]>> regions;
  int mapped = 0;
};

namespace {

using Node = SqliteVfs::Node;

/// The sqlite3_file of this VFS, made in memory that SQLite gives.
struct File {
  sqlite3_file base;
  SqliteVfs* vfs;
  std::unique_ptr<DiskFile> file;
  std::shared_ptr<Node> node;
  std::string path;
  int lock;
  bool remove_at_close, folder_unsynced, mapped;
  std::array<int, SQLITE_SHM_NLOCK> held;  // 0, 1 shared, -1 alone
};

File& self(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
SqliteVfs& owner(sqlite3_vfs* vfs) { return *static_cast<SqliteVfs*>(vfs->pAppData); }

int code_of(const Status& status, int otherwise) {
  if (status) return SQLITE_OK;
  return status.error().code == ErrorCode::Full ? SQLITE_FULL : otherwise;
}

int unlock(sqlite3_file* handle, int level) {
  auto& file = self(handle);
  const std::lock_guard guard(file.node->mutex);
  if (file.lock <= level) return SQLITE_OK;
  if (file.node->reserved == &file) {
    file.node->reserved = nullptr;
    file.node->pending = file.node->exclusive = false;
  }
  if (level == SQLITE_LOCK_NONE) --file.node->shared;
  file.lock = level;
  return SQLITE_OK;
}

int lock(sqlite3_file* handle, int level) {
  auto& file = self(handle);
  auto& node = *file.node;
  const std::lock_guard guard(node.mutex);
  if (file.lock >= level) return SQLITE_OK;
  if (level == SQLITE_LOCK_SHARED) {
    if (node.pending || node.exclusive) return SQLITE_BUSY;
    ++node.shared;
  } else {
    if (node.reserved != nullptr && node.reserved != &file) return SQLITE_BUSY;
    node.reserved = &file;
    if (level >= SQLITE_LOCK_PENDING) node.pending = true;
    if (level == SQLITE_LOCK_EXCLUSIVE) {
      if (node.shared > 1) {
        file.lock = SQLITE_LOCK_PENDING;
        return SQLITE_BUSY;
      }
      node.exclusive = true;
    }
  }
  file.lock = level;
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* handle, int* out) {
  auto& file = self(handle);
  const std::lock_guard guard(file.node->mutex);
  *out = file.node->reserved != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int shm_unmap(sqlite3_file* handle, int) {
  auto& file = self(handle);
  if (!file.mapped) return SQLITE_OK;
  file.mapped = false;
  const std::lock_guard guard(file.node->mutex);
  if (--file.node->mapped == 0) file.node->regions.clear();
  return SQLITE_OK;
}

int shm_map(sqlite3_file* handle, int region, int size, int extend, void volatile** out) {
  auto& file = self(handle);
  const std::lock_guard guard(file.node->mutex);
  if (!file.mapped) {
    file.mapped = true;
    ++file.node->mapped;
  }
  auto& regions = file.node->regions;
  *out = nullptr;
  const auto index = static_cast<std::size_t>(region);
  if (index >= regions.size() && extend == 0) return SQLITE_OK;
  while (index >= regions.size()) regions.push_back(std::make_unique<std::uint8_t[]>(static_cast<std::size_t>(size)));
  *out = regions[index].get();
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* handle, int offset, int count, int flags) {
  auto& file = self(handle);
  const std::lock_guard guard(file.node->mutex);
  auto& slots = file.node->slots;
  for (int i = offset; i < offset + count; ++i) {
    const auto slot = static_cast<std::size_t>(i);
    if ((flags & SQLITE_SHM_UNLOCK) != 0 || file.held[slot] != 0) continue;
    if ((flags & SQLITE_SHM_EXCLUSIVE) != 0 ? slots[slot] != 0 : slots[slot] < 0) return SQLITE_BUSY;
  }
  for (int i = offset; i < offset + count; ++i) {
    const auto slot = static_cast<std::size_t>(i);
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      if (file.held[slot] > 0) --slots[slot];
      if (file.held[slot] < 0) slots[slot] = 0;
      file.held[slot] = 0;
    } else if (file.held[slot] == 0) {
      file.held[slot] = (flags & SQLITE_SHM_EXCLUSIVE) != 0 ? -1 : 1;
      slots[slot] = (flags & SQLITE_SHM_EXCLUSIVE) != 0 ? -1 : slots[slot] + 1;
    }
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file* handle) {
  static std::atomic<unsigned> passed{0};  // a fence that the thread sanitizer knows, too
  passed.fetch_add(1, std::memory_order_seq_cst);
  const std::lock_guard guard(self(handle).node->mutex);
}

int close(sqlite3_file* handle) {
  auto& file = self(handle);
  shm_lock(handle, 0, SQLITE_SHM_NLOCK, SQLITE_SHM_UNLOCK);
  shm_unmap(handle, 0);
  unlock(handle, SQLITE_LOCK_NONE);
  file.file.reset();
  if (file.remove_at_close) static_cast<void>(file.vfs->disk().remove(file.path));
  file.~File();
  return SQLITE_OK;
}

int read(sqlite3_file* handle, void* out, int size, sqlite3_int64 offset) {
  const std::span into(static_cast<std::uint8_t*>(out), static_cast<std::size_t>(size));
  const auto count = self(handle).file->read_at(static_cast<std::uint64_t>(offset), into);
  if (!count) return SQLITE_IOERR_READ;
  if (*count == into.size()) return SQLITE_OK;
  std::fill(into.begin() + static_cast<std::ptrdiff_t>(*count), into.end(), std::uint8_t{0});
  return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* handle, const void* bytes, int size, sqlite3_int64 offset) {
  const ByteView view(static_cast<const std::uint8_t*>(bytes), static_cast<std::size_t>(size));
  return code_of(self(handle).file->write_at(static_cast<std::uint64_t>(offset), view), SQLITE_IOERR_WRITE);
}

int truncate(sqlite3_file* handle, sqlite3_int64 size) {
  return code_of(self(handle).file->truncate(static_cast<std::uint64_t>(size)), SQLITE_IOERR_TRUNCATE);
}

int sync(sqlite3_file* handle, int) {
  auto& file = self(handle);
  if (const auto done = file.file->sync(); !done) return code_of(done, SQLITE_IOERR_FSYNC);
  if (!file.folder_unsynced) return SQLITE_OK;
  const auto named = file.vfs->disk().sync_folder(folder_of(file.path));
  if (named) file.folder_unsynced = false;
  return code_of(named, SQLITE_IOERR_DIR_FSYNC);
}

int file_size(sqlite3_file* handle, sqlite3_int64* out) {
  const auto size = self(handle).file->size();
  if (!size) return SQLITE_IOERR_FSTAT;
  *out = static_cast<sqlite3_int64>(*size);
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 512; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

const sqlite3_io_methods kMethods{
    2,         close,          read,    write,       truncate,        sync,    file_size, lock,
    unlock,    check_reserved, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
    shm_unmap, nullptr,        nullptr};

int open(sqlite3_vfs* handle, const char* name, sqlite3_file* out, int flags, int* out_flags) {
  auto& vfs = owner(handle);
  out->pMethods = nullptr;
  if (name == nullptr) return SQLITE_CANTOPEN;  // temporary files: the store keeps those in memory
  const bool create = (flags & SQLITE_OPEN_CREATE) != 0;
  const auto there = vfs.disk().exists(name);
  auto file = vfs.disk().open(name, create ? Disk::Open::MayCreate : Disk::Open::Existing);
  if (!file || !there) return SQLITE_CANTOPEN;
  auto* made = new (out) File{};
  made->vfs = &vfs;
  made->file = *std::move(file);
  made->path = name;
  made->node = vfs.node(made->path);
  made->folder_unsynced = !*there;
  made->remove_at_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  made->base.pMethods = &kMethods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs* handle, const char* name, int sync_folder) {
  auto& disk = owner(handle).disk();
  const auto done = disk.remove(name);
  if (!done) return done.error().code == ErrorCode::NotFound ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
  if (sync_folder == 0) return SQLITE_OK;
  return code_of(disk.sync_folder(folder_of(name)), SQLITE_IOERR_DIR_FSYNC);
}

int access(sqlite3_vfs* handle, const char* name, int, int* out) {
  auto& disk = owner(handle).disk();
  const auto there = disk.exists(name);
  if (!there) return SQLITE_IOERR_ACCESS;
  *out = *there ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
  if (std::strlen(name) + 1 > static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
  std::strcpy(out, name);
  return SQLITE_OK;
}

int random_bytes(sqlite3_vfs* handle, int size, char* out) {
  owner(handle).randomness({reinterpret_cast<std::uint8_t*>(out), static_cast<std::size_t>(size)});
  return size;
}

/// Only a connection that waits for another thread's lock comes here; a simulated node has one thread.
int sleep(sqlite3_vfs*, int micros) {
  std::this_thread::sleep_for(std::chrono::microseconds(micros));
  return micros;
}

int time_of_day(sqlite3_vfs*, sqlite3_int64* out) {
  *out = 2'461'000ll * 86'400'000;  // a Julian day; nothing here asks for it
  return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) { return 0; }

std::string next_name() {
  static std::atomic<unsigned> count{0};
  return "meterway-disk-" + std::to_string(++count);
}

}  // namespace

SqliteVfs::SqliteVfs(Disk& disk) : disk_(disk), name_(next_name()), vfs_(std::make_unique<sqlite3_vfs>()) {
  auto& vfs = *vfs_;
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(File);
  vfs.mxPathname = 1024;
  vfs.zName = name_.c_str();
  vfs.pAppData = this;
  vfs.xOpen = open;
  vfs.xDelete = remove;
  vfs.xAccess = access;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = random_bytes;
  vfs.xSleep = sleep;
  vfs.xGetLastError = last_error;
  vfs.xCurrentTimeInt64 = time_of_day;
}

Result<std::unique_ptr<SqliteVfs>> SqliteVfs::make(Disk& disk) {
  std::unique_ptr<SqliteVfs> made(new SqliteVfs(disk));
  if (sqlite3_vfs_register(made->vfs_.get(), 0) != SQLITE_OK) return fail(ErrorCode::Database, 0, "sqlite vfs");
  return made;
}

SqliteVfs::~SqliteVfs() { sqlite3_vfs_unregister(vfs_.get()); }

std::shared_ptr<SqliteVfs::Node> SqliteVfs::node(const std::string& path) {
  const std::lock_guard lock(mutex_);
  auto& known = nodes_[path];
  auto node = known.lock();
  if (!node) known = node = std::make_shared<Node>();
  return node;
}

void SqliteVfs::randomness(std::span<std::uint8_t> out) {
  const std::lock_guard lock(mutex_);
  random_.fill(out);
}

}  // namespace meterway::store
