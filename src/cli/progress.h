// Tells what is being done, on stderr, when it takes over a second and somebody is looking.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace tolite::cli {

class Progress {
 public:
  /// Shows nothing unless stderr is a terminal.
  explicit Progress(bool enabled);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void stage(std::string_view name);

 private:
  void watch();
  std::mutex guard_;
  std::condition_variable changed_;
  std::string stage_;
  unsigned serial_ = 0;
  bool stop_ = false;
  bool shown_ = false;
  std::thread watcher_;
};

}  // namespace tolite::cli
