// SPDX-License-Identifier: Apache-2.0
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include "guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif

#if defined(__APPLE__)
// The socket is told instead (SO_NOSIGPIPE).
#define STRATA_NO_SIGNAL 0
#else
#define STRATA_NO_SIGNAL MSG_NOSIGNAL
#endif

// From the fork on, nothing but what is allowed in a handler of signals: other threads of the caller may hold any lock.

struct task {
    struct sockaddr_storage address;
    socklen_t length;
    const uint8_t *request;
    size_t size;
    int replies;
    int deciding;
};

enum outcome { heard, refused, busy, unreachable };

static enum outcome ask(const struct task *task) {
    int server = socket(task->address.ss_family, SOCK_STREAM, 0);
    if (server < 0) return unreachable;
    struct timeval limit = {.tv_sec = 5};
    setsockopt(server, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    enum outcome outcome = unreachable;
    if (connect(server, (const struct sockaddr *)&task->address, task->length) != 0) goto done;
    for (size_t sent = 0; sent < task->size;) {
        ssize_t count = write(server, task->request + sent, task->size - sent);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) goto done;
        sent += (size_t)count;
    }
    char line[16];
    size_t used = 0;
    for (int number = 0; number < task->replies;) {
        char byte;
        ssize_t count = read(server, &byte, 1);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) goto done;
        if (byte != '\n') {
            if (used < sizeof line) line[used++] = byte;
            continue;
        }
        if (number == task->deciding) {
            outcome = used > 0 && line[0] == '+' ? heard : refused;
            if (used >= 8 && memcmp(line, "-LOADING", 8) == 0) outcome = busy;
            // A script that runs, and too many clients: that passes.
            if (used >= 5 && memcmp(line, "-BUSY", 5) == 0) outcome = unreachable;
            if (used >= 8 && memcmp(line, "-ERR max", 8) == 0) outcome = unreachable;
        }
        used = 0;
        number++;
    }
done:
    close(server);
    return outcome;
}

static void close_all_but(int kept) {
#if defined(__linux__) && defined(SYS_close_range)
    int below = kept == 0 || syscall(SYS_close_range, 0u, (unsigned)kept - 1, 0u) == 0;
    if (below && syscall(SYS_close_range, (unsigned)kept + 1, ~0u, 0u) == 0) return;
#endif
    long limit = sysconf(_SC_OPEN_MAX);
    if (limit < 0 || limit > 65536) limit = 65536;
    for (int descriptor = 0; descriptor < limit; descriptor++)
        if (descriptor != kept) close(descriptor);
}

static void guard(int end, const struct task *task) {
    // What ends the caller, such as Ctrl-C in the terminal, must not end this.
    const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE};
    for (size_t index = 0; index < sizeof ignored / sizeof *ignored; index++) signal(ignored[index], SIG_IGN);
    setsid();
    close_all_but(end);
    char byte;
    ssize_t count;
    do count = read(end, &byte, 1);
    while (count < 0 && errno == EINTR);
    if (count == 1) _exit(0);
    // A server that loads answers nothing else meanwhile, and one that is gone may be starting again.
    int unreachable_left = 100, busy_left = 18000;
    while (unreachable_left > 0 && busy_left > 0) {
        switch (ask(task)) {
        case heard: _exit(0);
        case refused: _exit(1);
        case busy: busy_left--; break;
        case unreachable: unreachable_left--; break;
        }
        struct timespec pause = {.tv_nsec = 200000000};
        nanosleep(&pause, NULL);
    }
    _exit(1);
}

static int resolve(const char *socket_path, const char *host, const char *port, struct task *task) {
    if (socket_path) {
        struct sockaddr_un *address = (struct sockaddr_un *)&task->address;
        if (strlen(socket_path) >= sizeof address->sun_path) {
            errno = ENAMETOOLONG;
            return -1;
        }
        address->sun_family = AF_UNIX;
        strcpy(address->sun_path, socket_path);
        task->length = sizeof *address;
        return 0;
    }
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(host, port, &hints, &found) != 0) {
        errno = EINVAL;
        return -1;
    }
    memcpy(&task->address, found->ai_addr, found->ai_addrlen);
    task->length = found->ai_addrlen;
    freeaddrinfo(found);
    return 0;
}

int strata_guardian_start(const char *socket_path, const char *host, const char *port, const uint8_t *request,
                          size_t size, int replies, int deciding, int *our_end) {
    struct task task = {.request = request, .size = size, .replies = replies, .deciding = deciding};
    if (resolve(socket_path, host, port, &task) != 0) return -1;
    int ends[2];
    // No pipe: writing to one whose reader was killed raises SIGPIPE, which ends the caller.
    // No program that is started meanwhile keeps our end open.
#if defined(__linux__)
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
#else
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return -1;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#endif
#if defined(__APPLE__)
    int on = 1;
    setsockopt(ends[1], SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    pid_t process = fork();
    if (process == 0) {
        close(ends[1]);
        guard(ends[0], &task);
    }
    int problem = errno;
    close(ends[0]);
    if (process < 0) {
        close(ends[1]);
        errno = problem;
        return -1;
    }
    *our_end = ends[1];
    return process;
}

void strata_guardian_end(int process, int our_end) {
    if (process <= 0) return;
    const char done = 'd';
    while (send(our_end, &done, 1, STRATA_NO_SIGNAL) < 0 && errno == EINTR) {}
    strata_guardian_abandon(process, our_end);
}

void strata_guardian_abandon(int process, int our_end) {
    // Waiting for -1 would be waiting for any child of the caller's.
    if (process <= 0) return;
    close(our_end);
    while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {}
}
