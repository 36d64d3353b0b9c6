// Recycles connections that have reached --connection-age or --connection-requests. Make before
// break: the replacement connection is opened while the old one still serves, so that no request
// waits for a connect. HTTP/1.1 only; the streams of an HTTP/2 connection, which have no
// replacement, are recycled together. Times are nanoseconds of a clock that the caller reads.
// Thread-safety: none.
#pragma once
#include <cstdint>
#include <optional>
#include <random>

#include "loadgen/client/dialer.hpp"
#include "loadgen/client/request_slot.hpp"
#include "loadgen/plan/plan.hpp"
#include "loadgen/stats/phase_statistics.hpp"

namespace plimsoll::loadgen::client {

class Recycler {
 public:
  // What has become of a slot's connection.
  enum class Outcome {
    kUsable,   // it can carry a request: the replacement, or the old one until that is open
    kOpening,  // it is the replacement, which is not open yet
    kClosed
  };

  // seed: of the ages at which connections are recycled. counts: told of recycled connections, and
  // of replacements that could not be opened.
  Recycler(const plan::Options& options, std::uint64_t seed, Dialer& dialer,
           stats::ConnectionCounts& counts);

  // Connections have a limit at all.
  [[nodiscard]] bool recycles() const noexcept { return recycles_; }
  // The connection is to be recycled before its next request.
  [[nodiscard]] bool is_due(RequestSlot& slot, std::int64_t now) const noexcept {
    if (!recycles_) return false;
    const auto& life = slot.connection->life();
    return is_used_up(life.issued) || (life.expires != 0 && now >= life.expires);
  }
  // After so many requests a connection gets no more.
  [[nodiscard]] bool is_used_up(std::uint64_t issued) const noexcept {
    return requests_ && issued >= *requests_;
  }

  // A connection has opened: decides on its age.
  void opened(http::ConnectionLife& life, std::int64_t now);
  // For a slot that is_due and has no request in flight. reusable: the old connection could carry
  // another one. may_open: a replacement may be opened, because requests will follow. A connection
  // that thinks first (--think) is closed rather than waited for.
  [[nodiscard]] Outcome recycle(RequestSlot& slot, bool reusable, std::int64_t now, bool may_open);

  // Nothing happens where a replacement is open, or being opened, or not to be had.
  void start_replacement(RequestSlot& slot, std::int64_t now);
  // Whether that was open or not.
  void drop_replacement(RequestSlot& slot);
  void replacement_opened(RequestSlot& slot);
  // The old connection serves on; the next attempt is made a little later.
  void replacement_failed(RequestSlot& slot, std::int64_t now);

 private:
  void swap_in_replacement(RequestSlot& slot);
  void close_old(RequestSlot& slot);

  const std::optional<std::uint64_t> requests_;
  const std::optional<units::Duration> age_;
  const std::int64_t timeout_;
  const bool thinks_;
  const bool recycles_;
  std::mt19937_64 random_;
  Dialer& dialer_;
  stats::ConnectionCounts& counts_;
};

}  // namespace plimsoll::loadgen::client
