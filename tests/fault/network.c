/* SPDX-License-Identifier: ISC */

/* A file system of another machine, for a program that is run with this preloaded: statfs(2) says
 * of paths that begin with FAULT_NETWORK that they lie on NFS. */

#include <dlfcn.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#define VISIBLE __attribute__((visibility("default")))

VISIBLE int statfs(const char *path, struct statfs *ret)
{
	int (*next)(const char *, struct statfs *) =
	    (int (*)(const char *, struct statfs *))dlsym(RTLD_NEXT, "statfs");
	const char *prefix = getenv("FAULT_NETWORK");
	int r = next(path, ret);

	if (r == 0 && prefix && strncmp(path, prefix, strlen(prefix)) == 0)
		ret->f_type = NFS_SUPER_MAGIC;
	return r;
}
