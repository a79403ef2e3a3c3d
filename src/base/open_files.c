/* SPDX-License-Identifier: ISC */
#include "base/open_files.h"

#include <dirent.h>
#include <sys/resource.h>

#define OTHERS 64  /* logs, the store, libraries */
#define MOST 65536 /* that are asked for */

static size_t open_now(void)
{
	DIR *folder = opendir("/proc/self/fd");
	size_t n = 0;

	if (!folder)
		return 0;
	while (readdir(folder))
		n++;
	closedir(folder);
	return n;
}

size_t open_files_allow(size_t count)
{
	size_t others = OTHERS + open_now();
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return count;
	if (limit.rlim_cur < MOST && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max < MOST ? limit.rlim_max : MOST;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur >= count + others)
		return count;
	return limit.rlim_cur > others ? limit.rlim_cur - others : 0;
}
