/*
 * The least that an echo server on Linux needs: one epoll set, one read and one write for each request. It speaks to the
 * benchmark as server.ts does: it prints its port, and answers a line on its standard input with its CPU time in microseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <malloc.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 512, READ_SIZE = 256 * 1024, BACKLOG = 1024 };

/* What could not be sent at once. */
struct connection {
  int fd;
  char *rest;
  size_t start, end;
};

static int epoll;
static char inbox[READ_SIZE];

static void fail(const char *call) {
  perror(call);
  exit(1);
}

static void watch(int fd, uint32_t events, void *pointer, int operation) {
  struct epoll_event event = {.events = events, .data = {.ptr = pointer}};
  if (epoll_ctl(epoll, operation, fd, &event) < 0) fail("epoll_ctl");
}

static void end(struct connection *c) {
  close(c->fd);
  free(c->rest);
  free(c);
}

static void receive(struct connection *c) {
  ssize_t n = recv(c->fd, inbox, sizeof inbox, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) {
    end(c);
    return;
  }
  ssize_t sent = send(c->fd, inbox, (size_t)n, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) {
    end(c);
    return;
  }
  if (sent < 0) sent = 0;
  if (sent == n) return;
  c->rest = malloc((size_t)(n - sent));
  if (c->rest == NULL) fail("malloc");
  memcpy(c->rest, inbox + sent, (size_t)(n - sent));
  c->start = 0;
  c->end = (size_t)(n - sent);
  watch(c->fd, EPOLLOUT, c, EPOLL_CTL_MOD); /* reads no more until this has gone */
}

static void send_rest(struct connection *c) {
  ssize_t sent = send(c->fd, c->rest + c->start, c->end - c->start, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) {
    end(c);
    return;
  }
  if (sent > 0) c->start += (size_t)sent;
  if (c->start < c->end) return;
  free(c->rest);
  c->rest = NULL;
  watch(c->fd, EPOLLIN, c, EPOLL_CTL_MOD);
}

static void take_connections(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *c = calloc(1, sizeof *c);
    if (c == NULL) fail("calloc");
    c->fd = fd;
    watch(fd, EPOLLIN, c, EPOLL_CTL_ADD);
  }
}

static void answer_mark(void) {
  char line[256];
  if (read(STDIN_FILENO, line, sizeof line) <= 0) exit(0);
  if (line[0] == 'c') { /* "collect": there is no garbage, and no heap that knows its size */
    malloc_trim(0);
    puts("0");
    fflush(stdout);
    return;
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("%lld\n", (long long)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
                       usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  fflush(stdout);
}

int main(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, BACKLOG) < 0)
    fail("listen");
  getsockname(listener, (struct sockaddr *)&address, &length);
  epoll = epoll_create1(EPOLL_CLOEXEC);
  static struct connection standard_input = {.fd = STDIN_FILENO}, listening;
  watch(listener, EPOLLIN, &listening, EPOLL_CTL_ADD);
  watch(STDIN_FILENO, EPOLLIN, &standard_input, EPOLL_CTL_ADD);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(epoll, events, EVENTS, -1);
    for (int index = 0; index < count; index++) {
      struct connection *c = events[index].data.ptr;
      if (c == &listening) take_connections(listener);
      else if (c == &standard_input) answer_mark();
      else if (c->rest != NULL) send_rest(c);
      else receive(c);
    }
  }
}
