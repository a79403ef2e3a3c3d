/* SPDX-License-Identifier: ISC */
#include "cmd/pattern_path.h"

#include "base/log.h"
#include "base/memory.h"
#include "parse/prove.h"
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
static char *beside_program(void)
{
	static const char *const places[] = {"/../patterns", "/../share/mailtls/patterns"};
	_cleanup_buffer_ struct buffer folder = {0};

	program_folder(&folder);
	for (size_t i = 0; folder.n && i < ARRAY_SIZE(places); i++) {
		_cleanup_buffer_ struct buffer reasons = {0};

		buffer_printf(&reasons, "%s%s/reasons.yaml", folder.p, places[i]);
		if (access(reasons.p, R_OK) == 0)
			return memory_copy(reasons.p, reasons.n - strlen("/reasons.yaml"));
	}
	return NULL;
}

/* One that this user may not read is no reason to count by other patterns than root does. */
static bool exists(const char *folder)
{
	return access(folder, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

void pattern_path_find(const char *given, struct pattern_path *ret)
{
	char *beside;

	*ret = (struct pattern_path){0};
	if (!given)
		given = getenv("MAILTLS_PATTERNS");
	if (given && *given) {
		ret->paths[ret->count++] = memory_string(given);
		return;
	}
	beside = beside_program();
	ret->paths[ret->count++] = beside ? beside : memory_string(MAILTLS_PATTERNS);
	if (exists(MAILTLS_SYSCONF "/patterns"))
		ret->paths[ret->count++] = memory_string(MAILTLS_SYSCONF "/patterns");
}

void pattern_path_keep_reasons(struct pattern_path *path)
{
	size_t kept = 0;

	for (size_t i = 0; i < path->count; i++) {
		struct buffer reasons = {0};

		buffer_printf(&reasons, "%s/reasons.yaml", path->paths[i]);
		free(path->paths[i]);
		if (access(reasons.p, R_OK) == 0)
			path->paths[kept++] = buffer_take(&reasons);
		buffer_free(&reasons);
	}
	path->count = kept;
}

void pattern_path_free(struct pattern_path *path)
{
	for (size_t i = 0; i < path->count; i++)
		free(path->paths[i]);
	path->count = 0;
}

int pattern_path_load(const char *given, struct pattern_set **ret)
{
	_cleanup_(pattern_path_free) struct pattern_path path;
	_cleanup_diag_ struct diag d = {0};
	_cleanup_buffer_ struct buffer text = {0};
	int r;

	pattern_path_find(given, &path);
	r = patterns_load((const char *const *)path.paths, path.count, ret, &d);
	if (r < 0) {
		diag_text(&d, &text);
		log_error("%s", buffer_text(&text));
	}
	return r;
}
