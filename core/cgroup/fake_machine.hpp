// For tests: a folder of fake /proc and cgroup files that takes the place of the machine's root.
// Removed with the object. Throws on a file system error. Not thread-safe.
#pragma once
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace plimsoll::cgroup {

class FakeMachine {
 public:
  FakeMachine() {
    std::string name = (std::filesystem::temp_directory_path() / "plimsoll-fake-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    root_ = name;
  }
  ~FakeMachine() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  FakeMachine(const FakeMachine&) = delete;
  FakeMachine& operator=(const FakeMachine&) = delete;

  [[nodiscard]] const std::string& root() const noexcept { return root_; }

  // path starts with "/"; folders are made as needed.
  void write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path{root_ + path}.parent_path());
    std::ofstream file{root_ + path};
    file << text;
    if (!file) throw std::runtime_error("cannot write " + root_ + path);
  }

  // Only version 2, as a container with a cgroup namespace of its own sees it.
  void mount_v2(const std::string& own_path = "/", const std::string& mount_root = "/") const {
    write("/proc/self/cgroup", "0::" + own_path + "\n");
    write("/proc/self/mountinfo", "22 27 0:21 / /proc rw - proc proc rw\n30 23 0:26 " + mount_root +
                                      " /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate\n");
    write("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
  }

  // Version 1 with cpu and cpuacct together, and memory.
  void mount_v1(const std::string& own_path, const std::string& mount_root) const {
    write("/proc/self/cgroup", "9:name=systemd:" + own_path + "\n4:memory:" + own_path +
                                   "\n3:cpu,cpuacct:" + own_path + "\n");
    write("/proc/self/mountinfo", "32 31 0:29 " + mount_root +
                                      " /sys/fs/cgroup/cpu,cpuacct ro shared:7 - cgroup cgroup " +
                                      "rw,cpu,cpuacct\n35 31 0:32 " + mount_root +
                                      " /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
  }

 private:
  std::string root_;
};

}  // namespace plimsoll::cgroup
