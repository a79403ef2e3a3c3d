/* SPDX-License-Identifier: ISC */
#include "cmd/pattern_path.h"

#include "base/log.h"
#include "base/memory.h"
#include "parse/prove.h"
#include <stdlib.h>
#include <unistd.h>

static const struct data_kind patterns = {
    .folder = "patterns",
    .variable = "MAILTLS_PATTERNS",
    .file = "reasons.yaml",
    .built_for = MAILTLS_PATTERNS,
};

void pattern_path_find(const char *given, const struct config *config, struct data_path *ret)
{
	data_path_find(&patterns, given, config->patterns, ret);
}

void pattern_path_keep_reasons(struct data_path *path)
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

typedef int (*read_fn)(
    const char *const *paths, size_t count, struct pattern_set **ret, struct diag *d);

static int load(
    const char *given, const struct config *config, read_fn read, struct pattern_set **ret)
{
	_cleanup_(data_path_free) struct data_path path;
	_cleanup_diag_ struct diag d = {0};
	int r;

	pattern_path_find(given, config, &path);
	r = read((const char *const *)path.paths, path.count, ret, &d);
	if (r < 0)
		log_diag(&d);
	return r;
}

int pattern_path_load(const char *given, const struct config *config, struct pattern_set **ret)
{
	return load(given, config, patterns_load, ret);
}

int pattern_path_load_notes(
    const char *given, const struct config *config, struct pattern_set **ret)
{
	return load(given, config, pattern_set_read_notes, ret);
}
