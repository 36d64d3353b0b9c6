// What an HTTP client on epoll must pay at least: ./dev bench loadgen holds everybody against it.
//
//   floor PORT CONNECTIONS SECONDS
//
// Closed loop, one thread. Fixed request bytes; responses are counted by their length alone, which the first one tells;
// no parser, no clock (a signal ends it), no results but their number, which it prints.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kBatch = 512 };

struct connection {
  int fd;
  long missing;  // bytes of the response that have not come yet
};

static volatile sig_atomic_t over;
static char request[128];
static size_t request_length;
static char buffer[65536];

static void fail(const char *what) {
  fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void end(int signal_number) {
  (void)signal_number;
  over = 1;
}

static int open_connection(const char *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((in_port_t)atoi(port)), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) fail("cannot connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return fd;
}

static void send_request(int fd) {
  if (send(fd, request, request_length, MSG_NOSIGNAL) != (ssize_t)request_length) fail("cannot send");
}

// The length of a whole response, by asking for one.
static long learn_length(int fd) {
  send_request(fd);
  size_t size = 0;
  for (;;) {
    const ssize_t more = read(fd, buffer + size, sizeof buffer - 1 - size);
    if (more <= 0) fail("no first response");
    size += (size_t)more;
    buffer[size] = 0;
    const char *body = strstr(buffer, "\r\n\r\n"), *length = strcasestr(buffer, "\r\nContent-Length:");
    if (!body) continue;
    if (!length || length > body) {
      fprintf(stderr, "floor: the response has no Content-Length\n");
      exit(1);
    }
    const long whole = body + 4 - buffer + strtol(length + 17, NULL, 10);
    if ((long)size >= whole) return whole;
  }
}

static long run(int poll, long response_length) {
  long completed = 0;
  struct epoll_event events[kBatch];
  while (!over) {
    const int count = epoll_wait(poll, events, kBatch, -1);
    for (int i = 0; i < count; ++i) {
      struct connection *of = events[i].data.ptr;
      const ssize_t size = recv(of->fd, buffer, sizeof buffer, 0);
      if (size <= 0 || (of->missing -= size) < 0) fail("unexpected response");
      if (of->missing > 0) continue;
      ++completed;
      send_request(of->fd);
      of->missing = response_length;
    }
  }
  return completed;
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: floor PORT CONNECTIONS SECONDS\n");
    return 2;
  }
  const long connections = atol(argv[2]);
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  request_length = (size_t)sprintf(request, "GET / HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n\r\n", argv[1]);
  struct connection *all = calloc((size_t)connections, sizeof *all);
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  long response_length = 0;
  for (long i = 0; i < connections; ++i) {
    all[i].fd = open_connection(argv[1]);
    if (i == 0) response_length = learn_length(all[i].fd);
    all[i].missing = response_length;
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = &all[i]};  // level-triggered asks each socket twice
    if (epoll_ctl(poll, EPOLL_CTL_ADD, all[i].fd, &event) != 0) fail("epoll_ctl");
  }
  const struct sigaction action = {.sa_handler = end};
  sigaction(SIGALRM, &action, NULL);
  alarm((unsigned)atoi(argv[3]));
  for (long i = 0; i < connections; ++i) send_request(all[i].fd);
  printf("%ld\n", run(poll, response_length));
  return 0;
}
