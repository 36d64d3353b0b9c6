#include "target/redis/client.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "core/text/json_string.hpp"
#include "target/redis/events.hpp"

namespace plimsoll::target::redis {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr std::string_view kKey = "plimsoll:count";
constexpr auto kPatience = 1s;  // for the connection with its first answer, and for each answer
constexpr auto kFirstRetry = 100ms;
constexpr auto kSlowestRetry = 2s;

const std::vector<std::chrono::nanoseconds> kBounds{100us, 250us, 500us, 1ms,   2500us, 5ms,
                                                    10ms,  25ms,  50ms,  100ms, 250ms,  1s};

Client& client_of(const redisAsyncContext* context) { return *static_cast<Client*>(context->data); }

bool is_error(const redisReply& reply) { return reply.type == REDIS_REPLY_ERROR; }

}  // namespace

Client::Client(boost::asio::io_context& io, metrics::Registry& registry, logging::LogWriter& log,
               Url url)
    : io_{io},
      log_{log},
      url_{std::move(url)},
      resolver_{io},
      retry_{io},
      overdue_{io},
      back_off_{kFirstRetry, kSlowestRetry},
      counted_{registry.counter("target_redis_commands_total", "Commands to Redis, by result.",
                                {{"result", "ok"}})},
      failed_{registry.counter("target_redis_commands_total", "Commands to Redis, by result.",
                               {{"result", "error"}})},
      connections_{registry.counter("target_redis_connections_total",
                                    "Connections to Redis that were made.")},
      durations_{registry.histogram("target_redis_command_duration_seconds",
                                    "From a command to its reply.", {}, kBounds)} {
  registry.read_gauge("target_redis_up", "1 while Redis is connected.",
                      [this] { return up_ ? 1.0 : 0.0; });
}

Client::~Client() {
  reason_ = "the service has ended";
  if (auto* context = std::exchange(context_, nullptr)) redisAsyncFree(context);
}

void Client::start() { resolve(); }

void Client::increment(Done done) {
  asio::post(io_, [this, done = std::move(done)] {
    if (context_ == nullptr) {
      failed_.add();
      done(unreachable());
      return;
    }
    const bool sent = up_;  // before that it waits in hiredis
    send({"INCR", kKey}, [this, done, sent](const redisReply* reply) { count(reply, sent, done); });
  });
}

void Client::count(const redisReply* reply, bool sent, const Done& done) {
  if (reply != nullptr && reply->type == REDIS_REPLY_INTEGER) {
    counted_.add();
    done(std::int64_t{reply->integer});
    return;
  }
  failed_.add();
  if (reply != nullptr) {
    done(unavailable(fmt::format("Redis at {} answered: {}", url_.where(),
                                 is_error(*reply) ? reply->str : "not a number")));
    return;
  }
  auto error = unreachable();
  if (sent) error.message += "; this request may have been counted";
  done(error);
}

Error Client::unreachable() const {
  return unavailable(fmt::format("Redis at {} cannot be used: {}", url_.where(), reason_));
}

void Client::resolve() {
  addresses_.clear();
  boost::system::error_code not_an_address;
  const auto address = asio::ip::make_address(url_.host, not_an_address);
  if (!not_an_address) {
    addresses_.emplace_back(address, url_.port);
    connect_next();
    return;
  }
  resolving_ = true;
  resolver_.async_resolve(
      url_.host, std::to_string(url_.port), Tcp::resolver::numeric_service,
      [this](const boost::system::error_code& error, const Tcp::resolver::results_type& found) {
        resolving_ = false;
        if (error) {
          lost(fmt::format("cannot resolve the name: {}", error.message()));
          return;
        }
        for (const auto& entry : found) addresses_.push_back(entry.endpoint());
        connect_next();
      });
}

void Client::connect_next() {
  const auto endpoint = addresses_.front();
  addresses_.erase(addresses_.begin());
  // A number for a name: hiredis would look a name up here and block the loop.
  auto* context = redisAsyncConnect(endpoint.address().to_string().c_str(), endpoint.port());
  if (context == nullptr || context->err != 0) {
    const std::string reason = context == nullptr ? "out of memory" : context->errstr;
    if (context != nullptr) redisAsyncFree(context);
    lost(reason);
    return;
  }
  context_ = context;
  context->data = this;
  attach(*context, io_.get_executor());
  const auto on_end = [](const redisAsyncContext* ended, int status) {
    auto& client = client_of(ended);
    if (ended != client.context_) return;
    client.context_ = nullptr;
    client.lost(status == REDIS_OK ? "disconnected" : ended->errstr);
  };
  redisAsyncSetDisconnectCallback(context, on_end);
  redisAsyncSetConnectCallback(context, [](const redisAsyncContext* connected, int status) {
    auto& client = client_of(connected);
    if (status == REDIS_OK || connected != client.context_) return;
    client.context_ = nullptr;
    client.lost(connected->errstr);
  });
  greet();
}

// AUTH and SELECT; the last answer says that Redis can be used.
void Client::greet() {
  const auto check = [this](std::string_view what, bool last) {
    return [this, what, last](const redisReply* reply) {
      if (reply == nullptr || context_ == nullptr) return;
      if (is_error(*reply))
        drop(fmt::format("{} was refused: {}", what, reply->str));
      else if (last)
        came_up();
    };
  };
  if (!url_.user.empty())
    send({"AUTH", url_.user, url_.password}, check("the user or the password", false));
  else if (!url_.password.empty())
    send({"AUTH", url_.password}, check("the password", false));
  const auto database = std::to_string(url_.database);
  send({"SELECT", database}, check("the database", true));
}

void Client::send(std::initializer_list<std::string_view> words, OnReply on_reply) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const auto word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  const auto on_any = [](redisAsyncContext* context, void* reply, void*) {
    client_of(context).replied(static_cast<const redisReply*>(reply));
  };
  if (redisAsyncCommandArgv(context_, on_any, nullptr, static_cast<int>(texts.size()), texts.data(),
                            sizes.data()) != REDIS_OK) {
    on_reply(nullptr);
    return;
  }
  waiting_.push_back({std::move(on_reply), loop::SteadyClock::now()});
  if (waiting_.size() == 1) watch_overdue();
}

void Client::replied(const redisReply* reply) {
  const auto waited = std::move(waiting_.front());
  waiting_.pop_front();
  if (reply != nullptr)
    durations_.observe(loop::SteadyClock::now() - waited.since);
  else if (context_ != nullptr && context_->err != 0)
    reason_ = context_->errstr;
  waited.on_reply(reply);
}

void Client::watch_overdue() {
  overdue_.expires_at(waiting_.front().since + kPatience);
  overdue_.async_wait([this](const boost::system::error_code& error) {
    if (error || waiting_.empty()) return;
    if (waiting_.front().since + kPatience > loop::SteadyClock::now())
      watch_overdue();
    else if (context_ != nullptr)
      drop(up_ ? "no answer within 1 s" : "no connection within 1 s");
  });
}

void Client::drop(std::string reason) {
  reason_ = reason;
  redisAsyncFree(std::exchange(context_, nullptr));  // what waits is told that it is lost
  lost(std::move(reason));
}

void Client::lost(std::string reason) {
  up_ = false;
  reason_ = std::move(reason);
  const bool another = !addresses_.empty();
  if (!another && reason_ != logged_reason_) {
    logged_reason_ = reason_;
    std::string fields = "\"redis\":";
    text::append_json_string(fields, url_.where());
    fields += ",\"error\":";
    text::append_json_string(fields, reason_);
    log_.say(logging::LogLevel::kWarn, "Redis cannot be used; trying again", fields);
  }
  const double random = static_cast<double>(random_()) / static_cast<double>(random_.max());
  retry_.expires_after(another ? units::Duration::zero() : back_off_.next(random));
  retry_.async_wait([this, another](const boost::system::error_code& error) {
    if (error) return;
    if (another)
      connect_next();
    else
      resolve();
  });
}

void Client::came_up() {
  up_ = true;
  connections_.add();
  back_off_.reset();
  addresses_.clear();
  logged_reason_.clear();
  std::string fields = "\"redis\":";
  text::append_json_string(fields, url_.where());
  fields += fmt::format(",\"database\":{}", url_.database);
  log_.say(logging::LogLevel::kInfo, "Redis is connected", fields);
}

}  // namespace plimsoll::target::redis
