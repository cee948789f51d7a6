// Mapped input and atomic output on POSIX.
#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "tolite/error.h"

namespace tolite {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

std::size_t page_size() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

/// Maps the pages of large bytes at once. Written from a mapped file, they would otherwise fault one by one inside the
/// system call, which takes longer than the copying.
void fault_in([[maybe_unused]] Bytes bytes) {
#ifdef MADV_POPULATE_READ
  constexpr std::size_t kLarge = std::size_t{1} << 20U;
  if (bytes.size() < kLarge) return;
  const std::size_t before = reinterpret_cast<std::uintptr_t>(bytes.data()) % page_size();
  // Older systems refuse: no harm.
  ::madvise(const_cast<std::byte*>(bytes.data()) - before, before + bytes.size(), MADV_POPULATE_READ);
#endif
}

[[noreturn]] void cannot_read(const std::string& path, int error) {
  throw Error(Code::cannot_read, fmt::format("cannot read {}: {}", path, reason(error)), path);
}

}  // namespace

MappedFile::MappedFile(std::string path, const std::byte* data, std::size_t size)
    : path_(std::move(path)), data_(data), size_(size) {}

std::shared_ptr<const MappedFile> MappedFile::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) cannot_read(path, errno);
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    const int error = S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
    ::close(fd);
    cannot_read(path, error);
  }
  const auto size = static_cast<std::size_t>(info.st_size);
  void* data = nullptr;
  if (size != 0) {
    data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED) {
      const int error = errno;
      ::close(fd);
      cannot_read(path, error);
    }
  }
  ::close(fd);
  return std::shared_ptr<const MappedFile>(new MappedFile(path, static_cast<const std::byte*>(data), size));
}

MappedFile::~MappedFile() {
  if (size_ != 0) ::munmap(const_cast<std::byte*>(data_), size_);
}

void MappedFile::release(Bytes part) const {
  // Only whole pages inside the part: its neighbours may still be in use.
  const std::size_t page = page_size();
  const std::size_t skipped = (page - reinterpret_cast<std::uintptr_t>(part.data()) % page) % page;
  if (part.size() < skipped + page) return;
  ::madvise(const_cast<std::byte*>(part.data()) + skipped, (part.size() - skipped) / page * page, MADV_DONTNEED);
}

bool is_file(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

bool is_directory(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

std::vector<std::string> list_directory(const std::string& path) {
  DIR* folder = ::opendir(path.c_str());
  if (folder == nullptr) cannot_read(path, errno);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(folder)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  ::closedir(folder);
  std::sort(names.begin(), names.end());
  return names;
}

std::string join_path(const std::string& folder, const std::string& name) {
  if (folder.empty() || folder.back() == '/') return folder + name;
  return folder + "/" + name;
}

bool stays_inside(const std::string& relative) {
  if (relative.empty() || relative.front() == '/' || relative.find('\0') != std::string::npos) return false;
  std::size_t begin = 0;
  while (begin <= relative.size()) {
    const std::size_t end = std::min(relative.find('/', begin), relative.size());
    if (relative.compare(begin, end - begin, "..") == 0) return false;
    begin = end + 1;
  }
  return true;
}

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  temporary_ = fmt::format("{}.{}.partial", path_, ::getpid());
  fd_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd_ < 0) fail("create", errno);
}

OutputFile::~OutputFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(temporary_.c_str());
}

void OutputFile::fail(const char* step, int error) {
  throw Error(Code::cannot_write, fmt::format("cannot {} {}: {}", step, path_, reason(error)), path_);
}

void OutputFile::reserve(std::uint64_t size) {
  if (size == 0) return;
  const int error = ::posix_fallocate(fd_, 0, static_cast<off_t>(size));
  // Some file systems cannot reserve; then the writes themselves will tell.
  if (error != 0 && error != EOPNOTSUPP && error != EINVAL) fail("reserve space for", error);
}

void OutputFile::write_at(std::uint64_t offset, Bytes bytes) {
  fault_in(bytes);
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0) {
      if (errno == EINTR) continue;
      fail("write", errno);
    }
    offset += static_cast<std::uint64_t>(n);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

void OutputFile::commit() {
  const int fd = std::exchange(fd_, -1);
  if (::close(fd) != 0) {
    const int error = errno;
    ::unlink(temporary_.c_str());
    fail("write", error);
  }
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary_.c_str());
    fail("replace", error);
  }
}

void write_file(const std::string& path, Bytes bytes) {
  OutputFile out(path);
  out.write_at(0, bytes);
  out.commit();
}

}  // namespace tolite
