// Make before break: the connection that takes the place of a worn one is opened while that one
// still serves, so that no request waits for a connect because of --connection-age or
// --connection-requests. HTTP/1.1 only; the streams of an HTTP/2 connection are recycled together.
#include <utility>

#include "loadgen/client/worker.hpp"

namespace plimsoll::loadgen::client {
namespace {

constexpr std::int64_t kRetryAfter = 1'000'000'000;

}  // namespace

void Worker::start_replacement(Slot& slot) {
  if (slot.spare == nullptr || !issuing_) return;
  const std::int64_t now = clock();
  if (slot.replacement == Slot::Replacement::kReady) return;
  if (slot.replacement == Slot::Replacement::kOpening && now < slot.replacement_deadline) return;
  drop_replacement(slot);
  slot.replacement = Slot::Replacement::kOpening;
  slot.replacement_deadline = now + plan_.options.timeout.count();
  slot.fell_back = false;
  // The spare may have become the slot's connection by the time that the name is looked up.
  auto* connection = slot.spare.get();
  if (literal_) {
    slot.address = *literal_;
    return connect(slot, *connection);
  }
  resolver_.resolve([this, &slot, connection, opening = ++slot.opening](const auto& addresses) {
    if (opening != slot.opening) return;
    if (addresses.empty()) return on_open_failed(*connection, {net::ErrorKind::kDns});
    choose_address(slot, addresses);
    connect(slot, *connection);
  });
}

void Worker::drop_replacement(Slot& slot) {
  if (slot.replacement == Slot::Replacement::kNone) return;
  slot.spare->close();
  slot.replacement = Slot::Replacement::kNone;
  ++slot.opening;
}

void Worker::on_replacement_open(Slot& slot) {
  note_opened(slot, *slot.spare);
  slot.replacement = Slot::Replacement::kReady;
  if (slot.state == Slot::State::kIdle) take_replacement(slot);
}

void Worker::on_replacement_failed(Slot& slot) {
  ++result_.connections.failed;
  drop_replacement(slot);
  // The old one serves on; another try a little later.
  auto& life = slot.connection->life();
  if (life.expires != 0) life.expires = clock() + kRetryAfter;
}

// What was the spare carries the next request, open or not.
void Worker::take_replacement(Slot& slot) {
  recycle(slot);
  std::swap(slot.connection, slot.spare);
  slot.replacement = Slot::Replacement::kNone;
}

// For a slot with no request in flight. reusable: the worn connection could carry another one.
Worker::Renewal Worker::renew(Slot& slot, bool reusable) {
  const auto& limit = plan_.options.connection_requests;
  const bool used_up = !reusable || (limit && slot.connection->life().issued >= *limit);
  start_replacement(slot);
  switch (slot.replacement) {
    case Slot::Replacement::kReady:
      take_replacement(slot);
      return Renewal::kUsable;
    case Slot::Replacement::kOpening:
      if (!used_up) return Renewal::kUsable;
      if (plan_.options.think) break;
      take_replacement(slot);
      slot.state = Slot::State::kOpening;
      slot.leads = true;
      ++opening_;
      set_deadline(slot, clock());
      return Renewal::kOpening;
    case Slot::Replacement::kNone:
      break;
  }
  drop_replacement(slot);
  recycle(slot);
  return Renewal::kClosed;
}

}  // namespace plimsoll::loadgen::client
