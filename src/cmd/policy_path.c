/* SPDX-License-Identifier: ISC */
#include "cmd/policy_path.h"

#include "base/escape.h"
#include "base/log.h"
#include "cmd/data_path.h"
#include "cmd/options.h"
#include <errno.h>
#include <string.h>

static const struct data_kind policies = {
    .folder = "policies",
    .variable = "MAILTLS_POLICIES",
    .file = "bcp195-2026.yaml",
    .built_for = MAILTLS_POLICIES,
};

int policy_path_load(const char *given, const struct config *config, struct policy_set **ret)
{
	_cleanup_(data_path_free) struct data_path path;
	_cleanup_diag_ struct diag d = {0};
	int r;

	data_path_find(&policies, given, config->policies, &path);
	r = policy_set_load((const char *const *)path.paths, path.count, ret, &d);
	if (r < 0)
		log_diag(&d);
	return r;
}

int policy_list_write(const struct policy_set *set, FILE *out)
{
	size_t width = 0;

	for (size_t i = 0; i < set->n; i++)
		if (strlen(set->p[i]->name) > width)
			width = strlen(set->p[i]->name);
	for (size_t i = 0; i < set->n; i++) {
		const struct policy *p = set->p[i];
		_cleanup_buffer_ struct buffer title = {0}, source = {0};

		escape_terminal(&title, slice_of(p->title));
		escape_terminal(&source, slice_of(p->source));
		fprintf(out, "%-*s  %-10s  %s\n%*s%s\n", (int)width, p->name, p->date,
		    buffer_text(&title), (int)width + 14, "", buffer_text(&source));
	}
	if (fflush(out) == 0 && !ferror(out))
		return EXIT_DONE;
	log_error("cannot write the list of policies: %s", strerror(errno));
	return EXIT_FAILED;
}
