// Where the time goes: a timer a stage, printed by --stats and kept in the report.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace tolite {

struct StageTime {
  std::string name;
  double milliseconds = 0;
};

class Stats {
 public:
  const std::vector<StageTime>& stages() const { return stages_; }
  void add(std::string name, double milliseconds) { stages_.push_back({std::move(name), milliseconds}); }

 private:
  std::vector<StageTime> stages_;
};

/// Times the scope it lives in.
class StageTimer {
 public:
  StageTimer(Stats& stats, std::string name) : stats_(stats), name_(std::move(name)) {}
  ~StageTimer() {
    const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - begin_;
    stats_.add(std::move(name_), spent.count());
  }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

 private:
  Stats& stats_;
  std::string name_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// Most memory the process ever had resident, in bytes.
std::uint64_t peak_memory();

}  // namespace tolite
