/* SPDX-License-Identifier: ISC */
#include "base/file_system.h"

#include "base/macros.h"
#include <stddef.h>
#include <sys/vfs.h>

bool file_system_is_shared(const char *path)
{
	/* Network file systems: statfs(2), linux/magic.h; fuse and 9p may be one. */
	static const unsigned long shared[] = {
	    0x6969, 0xff534d42, 0xfe534d42, 0x517b, 0x65735546, 0x01021997, 0x00c36400, 0x5346414f};
	struct statfs st;

	if (statfs(path, &st) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(shared); i++)
		if ((unsigned long)st.f_type == shared[i])
			return true;
	return false;
}
