// SPDX-License-Identifier: Apache-2.0
#ifndef STRATA_REDIS_GUARDIAN_H
#define STRATA_REDIS_GUARDIAN_H

#include <stddef.h>
#include <stdint.h>

/// Starts a process that sends a request to a Redis server when the calling process ends without having told it not to, however it ends.
///
/// It is a copy of the caller that executes nothing else and holds nothing of the caller's open but one end of a pair of sockets.
///
/// - socket_path: of a Unix socket; or NULL, and then host and port, as numbers.
/// - request: commands, one after the other; it is copied with the process and stands in no argument and no variable.
/// - replies: how many lines the server answers; deciding: which of them, from 0, tells whether that was heard.
/// - our_end: gets our end of it.
///
/// Returns the process; -1 when it cannot be started, with errno.
int strata_guardian_start(const char *socket_path, const char *host, const char *port, const uint8_t *request,
                          size_t size, int replies, int deciding, int *our_end);

/// Tells it that there is nothing left to do, and waits for its end.
void strata_guardian_end(int process, int our_end);

/// Lets go of it, as the end of the calling process does, and waits until it has done its work.
void strata_guardian_abandon(int process, int our_end);

#endif
