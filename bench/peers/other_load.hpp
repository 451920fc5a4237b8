#pragma once

#include <array>
#include <chrono>
#include <ctime>
#include <fstream>
#include <limits>
#include <string>

namespace peers {

/// What the rest of the machine does meanwhile.
class OtherLoad {
 public:
  /// How many cores other processes (and, for a virtual machine, other machines) have used on the average since this
  /// object was made. Linux counts in hundredths of a second, so after a short time it may be a little below 0. Not a
  /// number on other systems.
  double cores() const {
    const std::chrono::duration<double> elapsed = Clock::now() - begin_;
    return (all_seconds() - all_ - (own_seconds() - own_)) / elapsed.count();
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// Seconds that all cores together have worked since the start of the machine.
  static double all_seconds() {
    constexpr double kTicksPerSecond = 100;  // USER_HZ
    std::ifstream file("/proc/stat");
    std::string name;
    std::array<double, 8> ticks;  // user, nice, system, idle, iowait, irq, softirq, steal
    file >> name;
    for (double& count : ticks) file >> count;
    if (!file) return std::numeric_limits<double>::quiet_NaN();
    return (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7]) / kTicksPerSecond;
  }

  /// Seconds that all threads of this process together have worked.
  static double own_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

  Clock::time_point begin_ = Clock::now();
  double all_ = all_seconds();
  double own_ = own_seconds();
};

}  // namespace peers
