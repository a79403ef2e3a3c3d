/* SPDX-License-Identifier: ISC */
#include "cmd/data_path.h"

#include "base/buffer.h"
#include "base/memory.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/* The folder of the running program, or nothing. */
static void program_folder(struct buffer *to)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));
	const char *slash = n > 0 ? memrchr(path, '/', (size_t)n) : NULL;

	if (slash)
		buffer_append(to, path, (size_t)(slash - path));
}

/* build/mailtls-report finds ../patterns, and an installed program those that were installed with
 * it, wherever `make install` was told to put both after they were built. */
static char *beside_program(const struct data_kind *kind)
{
	static const char *const places[] = {"/..", "/../share/mailtls"};
	_cleanup_buffer_ struct buffer program = {0};

	program_folder(&program);
	for (size_t i = 0; program.n && i < ARRAY_SIZE(places); i++) {
		_cleanup_buffer_ struct buffer folder = {0}, file = {0};

		buffer_printf(&folder, "%s%s/%s", program.p, places[i], kind->folder);
		buffer_printf(&file, "%s/%s", folder.p, kind->file);
		if (access(file.p, R_OK) == 0)
			return buffer_take(&folder);
	}
	return NULL;
}

/* One that this user may not read is no reason to work by other files than root does. */
static bool exists(const char *folder)
{
	return access(folder, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

static void add(struct data_path *to, const char *folder)
{
	to->paths = memory_grow(to->paths, to->count + 1, sizeof(*to->paths));
	to->paths[to->count++] = memory_string(folder);
}

void data_path_find(
    const struct data_kind *kind, const char *given, char *const *own, struct data_path *ret)
{
	_cleanup_buffer_ struct buffer usual = {0};
	_cleanup_free_ char *beside = NULL;

	*ret = (struct data_path){0};
	if (!given)
		given = getenv(kind->variable);
	if (given && *given) {
		add(ret, given);
		return;
	}
	beside = beside_program(kind);
	add(ret, beside ? beside : kind->built_for);
	for (size_t i = 0; own[i]; i++)
		add(ret, own[i]);
	buffer_printf(&usual, MAILTLS_SYSCONF "/%s", kind->folder);
	if (!own[0] && exists(usual.p))
		add(ret, usual.p);
}

void data_path_free(struct data_path *path)
{
	for (size_t i = 0; i < path->count; i++)
		free(path->paths[i]);
	free(path->paths);
	*path = (struct data_path){0};
}
