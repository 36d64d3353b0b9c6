// The server of ./dev bench loadgen: one thread, epoll, keep-alive, the same response for every request.
//
//   server                              answers at once
//   server record FILE CAPACITY         the same without ever sleeping, so that its own wake-up adds nothing to what it notes:
//                                       CLOCK_MONOTONIC of each request's first byte, in ns, written to FILE as int64 at the end
//   server stall PERIOD_MS STALL_MS     reads nothing for STALL_MS in the middle of each period, then answers everything;
//                                       periods count from the first request
//
// Prints its port; ends on SIGTERM. Requests are bodiless and end with an empty line. Only the Date header ever changes,
// once a second, as with any server.
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { kBatch = 512, kPipelined = 64, kEndOfRequest = 0x0d0a0d0a };

struct connection {
  uint32_t last_four;  // bytes, to find the end of a request that is split over reads
  int inside;          // the first byte of a request has come
};

static struct connection *connections;
static size_t connections_size;
static char response[512 * kPipelined];
static size_t response_length;
static int64_t *times;
static size_t times_size, times_capacity;
static int64_t period, stall, first_request;

static void fail(const char *what) {
  fprintf(stderr, "server: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int64_t now_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void refresh_response(void) {
  static time_t written;
  const time_t now = now_ns(CLOCK_REALTIME_COARSE) / 1000000000;
  if (now == written) return;
  written = now;
  char date[64];
  struct tm parts;
  strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &parts));
  response_length = (size_t)sprintf(response, "HTTP/1.1 200 OK\r\nDate: %s\r\nServer: bench\r\nContent-Type: text/plain\r\n"
                                    "Connection: keep-alive\r\nContent-Length: 13\r\n\r\nHello, world!", date);
  for (int copy = 1; copy < kPipelined; ++copy) memcpy(response + copy * response_length, response, response_length);
}

static int listen_on_free_port(void) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof address;
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 65535) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &size) != 0)
    fail("cannot listen");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

static void watch(int poll, int fd, uint32_t events) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
}

static void accept_all(int poll, int listener) {
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    if ((size_t)fd >= connections_size) {
      close(fd);
      continue;
    }
    const int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    connections[fd] = (struct connection){0, 0};
    watch(poll, fd, EPOLLIN | EPOLLET);  // level-triggered asks each socket twice
  }
}

static void begin_request(void) {
  if (first_request == 0) first_request = now_ns(CLOCK_MONOTONIC);
  if (times && times_size < times_capacity) times[times_size++] = now_ns(CLOCK_MONOTONIC);
}

// Whether there may be more to read.
static int answer(int fd) {
  static char request[65536];
  const ssize_t size = recv(fd, request, sizeof request, 0);
  if (size <= 0) {
    if (size == 0 || errno != EAGAIN) close(fd);
    return 0;
  }
  struct connection *from = &connections[fd];
  size_t finished = 0;
  for (ssize_t i = 0; i < size; ++i) {
    if (!from->inside) {
      from->inside = 1;
      begin_request();
    }
    from->last_four = from->last_four << 8 | (unsigned char)request[i];
    if (from->last_four == kEndOfRequest) {
      ++finished;
      from->inside = 0;
    }
  }
  while (finished > 0) {
    const size_t now = finished < kPipelined ? finished : kPipelined;
    if (send(fd, response, now * response_length, MSG_NOSIGNAL) != (ssize_t)(now * response_length)) {
      close(fd);  // somebody who sends and does not read
      return 0;
    }
    finished -= now;
  }
  return size == sizeof request;
}

static void sleep_through_stall(void) {
  if (period == 0 || first_request == 0) return;
  const int64_t inside = (now_ns(CLOCK_MONOTONIC) - first_request) % period - period / 2;
  if (inside < 0 || inside >= stall) return;
  const int64_t end = now_ns(CLOCK_MONOTONIC) + stall - inside;
  const struct timespec until = {end / 1000000000, end % 1000000000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) continue;
}

static void prepare(int argc, char **argv) {
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) fail("getrlimit");
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  connections_size = files.rlim_cur < 1 << 20 ? files.rlim_cur : 1 << 20;
  if (!(connections = calloc(connections_size, sizeof *connections))) fail("memory");
  if (argc == 4 && strcmp(argv[1], "record") == 0) {
    times_capacity = strtoull(argv[3], NULL, 10);
    if (!(times = malloc(times_capacity * sizeof *times))) fail("memory");
    memset(times, 0, times_capacity * sizeof *times);  // no page fault later
  } else if (argc == 4 && strcmp(argv[1], "stall") == 0) {
    period = strtoll(argv[2], NULL, 10) * 1000000;
    stall = strtoll(argv[3], NULL, 10) * 1000000;
  } else if (argc != 1) {
    fprintf(stderr, "usage: server [record FILE CAPACITY | stall PERIOD_MS STALL_MS]\n");
    exit(2);
  }
}

int main(int argc, char **argv) {
  prepare(argc, argv);
  sigset_t end;
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  sigprocmask(SIG_BLOCK, &end, NULL);
  signal(SIGPIPE, SIG_IGN);
  const int stop = signalfd(-1, &end, SFD_CLOEXEC), poll = epoll_create1(EPOLL_CLOEXEC), listener = listen_on_free_port();
  watch(poll, stop, EPOLLIN);
  watch(poll, listener, EPOLLIN);
  struct epoll_event events[kBatch];
  for (int running = 1; running;) {
    const int count = epoll_wait(poll, events, kBatch, times ? 0 : -1);
    sleep_through_stall();
    refresh_response();
    for (int i = 0; i < count; ++i) {
      if (events[i].data.fd == stop) running = 0;
      else if (events[i].data.fd == listener) accept_all(poll, listener);
      else while (answer(events[i].data.fd)) continue;
    }
  }
  if (times) {
    FILE *file = fopen(argv[2], "wb");
    if (!file || fwrite(times, sizeof *times, times_size, file) != times_size || fclose(file) != 0) fail(argv[2]);
  }
  return 0;
}
