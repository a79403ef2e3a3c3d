/* SPDX-License-Identifier: ISC */
#include "cmd/pattern_path.h"

#include "base/log.h"
#include "base/memory.h"
#include "parse/prove.h"
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/* build/mailtls-report finds ../patterns beside its folder; an installed program finds nothing
 * there. */
static char *beside_program(void)
{
	char path[PATH_MAX];
	_cleanup_buffer_ struct buffer beside = {0};
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (n <= 0)
		return NULL;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	buffer_printf(&beside, "%s/../patterns/reasons.yaml", path);
	if (access(beside.p, R_OK) < 0)
		return NULL;
	beside.p[beside.n - strlen("/reasons.yaml")] = '\0';
	return memory_string(beside.p);
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
	if (access(MAILTLS_SYSCONF "/patterns", R_OK) == 0)
		ret->paths[ret->count++] = memory_string(MAILTLS_SYSCONF "/patterns");
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
