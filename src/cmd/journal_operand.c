/* SPDX-License-Identifier: ISC */
#include "cmd/journal_operand.h"

#include "base/slice.h"
#include "cmd/feed_folder.h"
#include "cmd/feed_journal.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct slice prefix = SLICE("journal:"), namespace_prefix = SLICE("namespace=");

static bool ends(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && strcmp(text + n - m, end) == 0;
}

bool journal_operand(const char *text, const char **ret_where)
{
	struct stat st;

	if (slice_starts(slice_of(text), prefix)) {
		*ret_where = text + prefix.n;
		return true;
	}
	if (stat(text, &st) < 0)
		return false;
	*ret_where = text;
	return S_ISDIR(st.st_mode) || ends(text, ".journal") || ends(text, ".journal~");
}

/* NULL is the machine's own journal without a namespace. */
static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : !a && !b;
}

static const struct config_source *find_source(
    const struct config *config, const char *folder, const char *namespace)
{
	for (size_t i = 0; i < config->source_count; i++) {
		const struct config_source *s = &config->sources[i];

		if (s->kind == CONFIG_JOURNAL && is_same(s->directory, folder) &&
		    is_same(s->namespace, namespace))
			return s;
	}
	return NULL;
}

struct feed *journal_operand_feed(
    struct feed_environment *e, const struct config *config, const char *where)
{
	bool has_namespace = slice_starts(slice_of(where), namespace_prefix);
	bool is_folder = where[0] && !has_namespace;
	_cleanup_free_ char *absolute = is_folder ? realpath(where, NULL) : NULL;
	const char *folder = absolute ? absolute : where;
	const struct config_source *source = find_source(
	    config, is_folder ? folder : NULL, has_namespace ? where + namespace_prefix.n : NULL);
	char *const *units = source ? source->units : NULL;

	if (is_folder)
		return feed_folder_new(e, folder, units, source ? source->trust : CONFIG_TRUST_ANY);
	return feed_journal_new(
	    e, where[0] ? where : NULL, units, source ? source->trust : CONFIG_TRUST_USERS);
}
