/*
 * Drives an echo server with as little work of its own as it can: `load PORT CONNECTIONS BYTES`.
 *
 * Each connection has one request under way: BYTES bytes out, the same bytes back, then the next one. It prints "ready" when all
 * connections are made. A line "run MILLISECONDS" then sends requests for so long, waits for the last replies, and answers
 * "REQUESTS NANOSECONDS CPU-NANOSECONDS"; so nothing is under way between two runs. client.ts does the same in Node.
 *
 * Every reply is counted to the byte. The contents are compared at the first reply of a run, and at every 64th after that.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256, READ_SIZE = 256 * 1024, COMPARED = 64 };

struct connection {
  int fd;
  size_t sent, received;
  uint64_t replies;
};

static struct connection *connections;
static size_t count, size, active;
static uint64_t replies, deadline;
static char *payload, inbox[READ_SIZE];
static int epoll;

static void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  exit(1);
}

static uint64_t now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* Sends what the system takes; the rest goes when the socket has room again. */
static void send_some(struct connection *c) {
  while (c->sent < size) {
    ssize_t n = send(c->fd, payload + c->sent, size - c->sent, MSG_NOSIGNAL);
    if (n >= 0) c->sent += (size_t)n;
    else if (errno == EAGAIN) return;
    else if (errno != EINTR) fail("send: %s", strerror(errno));
  }
}

static void begin_request(struct connection *c) {
  c->sent = c->received = 0;
  send_some(c);
}

/* Takes part of a reply, and begins the next request when it is complete and there is time left. */
static void take(struct connection *c, size_t n) {
  if (n > size - c->received) fail("%zu bytes came back where %zu were sent", c->received + n, size);
  if (c->replies % COMPARED == 0 && memcmp(inbox, payload + c->received, n) != 0)
    fail("other bytes came back than were sent, between %zu and %zu", c->received, c->received + n);
  c->received += n;
  if (c->received < size) return;
  if (c->sent < size) fail("a reply was complete before its request");
  c->replies++;
  replies++;
  if (now(CLOCK_MONOTONIC) < deadline) begin_request(c);
  else active--;
}

/* Edge-triggered: reads until the socket is empty, which a short read tells. */
static void receive(struct connection *c) {
  for (;;) {
    ssize_t n = recv(c->fd, inbox, READ_SIZE, 0);
    if (n > 0) {
      take(c, (size_t)n);
      if (n < READ_SIZE) return;
    } else if (n == 0) fail("the server closed a connection");
    else if (errno == EAGAIN) return;
    else if (errno != EINTR) fail("recv: %s", strerror(errno));
  }
}

/* Connects, and waits for one byte to come back, so that no server has to accept many at once. */
static void open_connection(struct connection *c, uint16_t port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0) fail("socket: %s", strerror(errno));
  if (connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect: %s", strerror(errno));
  int on = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  char byte = 'x', back = 0;
  if (send(c->fd, &byte, 1, MSG_NOSIGNAL) != 1 || recv(c->fd, &back, 1, 0) != 1 || back != byte)
    fail("a connection does not echo one byte");
}

static void watch(struct connection *c) {
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) < 0) fail("epoll_ctl: %s", strerror(errno));
}

static void run(uint64_t milliseconds) {
  uint64_t start = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
  struct epoll_event events[EVENTS];
  deadline = start + milliseconds * 1000000u;
  replies = 0;
  active = count;
  for (size_t i = 0; i < count; i++) {
    connections[i].replies = 0;
    begin_request(&connections[i]);
  }
  while (active > 0) {
    int n = epoll_wait(epoll, events, EVENTS, 20000);
    if (n == 0) fail("no reply for 20 seconds");
    for (int i = 0; i < n; i++) {
      struct connection *c = events[i].data.ptr;
      if (events[i].events & EPOLLOUT && c->sent < size) send_some(c);
      if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) receive(c);
    }
  }
  printf("%llu %llu %llu\n", (unsigned long long)replies, (unsigned long long)(now(CLOCK_MONOTONIC) - start),
         (unsigned long long)(now(CLOCK_PROCESS_CPUTIME_ID) - cpu));
}

int main(int argc, char **argv) {
  if (argc != 4) fail("load PORT CONNECTIONS BYTES");
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  count = strtoul(argv[2], NULL, 10);
  size = strtoul(argv[3], NULL, 10);
  connections = calloc(count, sizeof *connections);
  payload = malloc(size);
  if (connections == NULL || payload == NULL) fail("no memory");
  uint32_t state = 1;
  for (size_t i = 0; i < size; i++) payload[i] = (char)((state = state * 1664525u + 1013904223u) >> 24);
  epoll = epoll_create1(0);
  for (size_t i = 0; i < count; i++) open_connection(&connections[i], (uint16_t)strtoul(argv[1], NULL, 10));
  for (size_t i = 0; i < count; i++) watch(&connections[i]);
  setvbuf(stdout, NULL, _IOLBF, 0);
  puts("ready");
  char line[64];
  while (fgets(line, sizeof line, stdin) != NULL) run(strtoull(line + strlen("run "), NULL, 10));
  return 0;
}
