// A watcher thread that wakes when a stage has lasted a second.
#include "cli/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace tolite::cli {

Progress::Progress(bool enabled) {
  if (enabled && ::isatty(STDERR_FILENO) == 1) watcher_ = std::thread([this] { watch(); });
}

Progress::~Progress() {
  if (!watcher_.joinable()) return;
  {
    const std::lock_guard lock(guard_);
    stop_ = true;
  }
  changed_.notify_one();
  watcher_.join();
  if (shown_) fmt::print(stderr, "\r\033[K");
}

void Progress::stage(std::string_view name) {
  {
    const std::lock_guard lock(guard_);
    stage_ = name;
    ++serial_;
  }
  changed_.notify_one();
}

void Progress::watch() {
  using namespace std::chrono_literals;
  std::unique_lock lock(guard_);
  while (!stop_) {
    const unsigned seen = serial_;
    const auto news = [&] { return stop_ || serial_ != seen; };
    if (changed_.wait_for(lock, 1s, news)) continue;
    fmt::print(stderr, "\r\033[K{} ...", stage_);
    std::fflush(stderr);
    shown_ = true;
    changed_.wait(lock, news);
  }
}

}  // namespace tolite::cli
