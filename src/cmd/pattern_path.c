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

static void add(struct pattern_path *to, const char *folder)
{
	to->paths = memory_grow(to->paths, to->count + 1, sizeof(*to->paths));
	to->paths[to->count++] = memory_string(folder);
}

void pattern_path_find(const char *given, const struct config *config, struct pattern_path *ret)
{
	_cleanup_free_ char *beside = NULL;

	*ret = (struct pattern_path){0};
	if (!given)
		given = getenv("MAILTLS_PATTERNS");
	if (given && *given) {
		add(ret, given);
		return;
	}
	beside = beside_program();
	add(ret, beside ? beside : MAILTLS_PATTERNS);
	for (size_t i = 0; config->patterns[i]; i++)
		add(ret, config->patterns[i]);
	if (!config->patterns[0] && exists(MAILTLS_SYSCONF "/patterns"))
		add(ret, MAILTLS_SYSCONF "/patterns");
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
	free(path->paths);
	*path = (struct pattern_path){0};
}

int pattern_path_load(const char *given, const struct config *config, struct pattern_set **ret)
{
	_cleanup_(pattern_path_free) struct pattern_path path;
	_cleanup_diag_ struct diag d = {0};
	_cleanup_buffer_ struct buffer text = {0};
	int r;

	pattern_path_find(given, config, &path);
	r = patterns_load((const char *const *)path.paths, path.count, ret, &d);
	if (r < 0) {
		diag_text(&d, &text);
		log_error("%s", buffer_text(&text));
	}
	return r;
}
