/* SPDX-License-Identifier: ISC */
#pragma once

#include <stdbool.h>

/* Whether what lies at that path may be changed by another machine: inotify is not told of it then,
 * and memory cannot be shared with it. */
bool file_system_is_shared(const char *path);
