/* SPDX-License-Identifier: ISC */

/* Any text as a pattern file, or as reasons.yaml: it is refused with a place and a sentence, or
 * taken, and then its samples are run. */

#include "parse/pattern_set.h"
#include "parse/prove.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore_failure(void *context, const char *path, unsigned line, const char *text)
{
	(void)context;
	(void)path;
	(void)line;
	if (!text[0])
		abort();
}

static void load_reasons(const char *path, struct diag *d)
{
	struct reason *reasons;
	size_t count;

	if (reasons_load(path, &reasons, &count, d) == 0)
		reasons_free(reasons, count);
	else if (!d->text || !d->line)
		abort();
}

static void load_patterns(const char *path, struct diag *d)
{
	struct pattern_set *set = NULL;

	if (pattern_set_read(&path, 1, &set, d) < 0) {
		if (!d->text)
			abort();
		return;
	}
	prove_mta(set, set->mtas[0], ignore_failure, NULL);
	pattern_set_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_diag_ struct diag d = {0};
	_cleanup_close_ int fd = memfd_create("patterns", MFD_CLOEXEC);
	char path[32];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	lseek(fd, 0, SEEK_SET);
	if (size > 8 && memcmp(data, "reasons:", 8) == 0)
		load_reasons(path, &d);
	else
		load_patterns(path, &d);
	return 0;
}
