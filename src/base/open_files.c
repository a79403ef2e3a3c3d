/* SPDX-License-Identifier: ISC */
#include "base/open_files.h"

#include <sys/resource.h>

#define OTHERS 64 /* logs, the store, libraries */

size_t open_files_allow(size_t count)
{
	struct rlimit limit;
	size_t wanted = count + OTHERS;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return count;
	if (limit.rlim_cur < wanted) {
		limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	return limit.rlim_cur >= wanted	 ? count
	       : limit.rlim_cur > OTHERS ? limit.rlim_cur - OTHERS
					 : 0;
}
