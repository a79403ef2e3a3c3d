/* SPDX-License-Identifier: ISC */

/* A journal whose files vanish under the reader, for a program that is run with this preloaded:
 * while there is a file FAULT_JOURNAL, sd_journal_next() fails as it does then, until
 * sd_journal_process() was called as many times as that file says, which is removed then.  What
 * comes of it is kept in FAULT_JOURNAL.calls: a letter for each call, n or p. */

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define VISIBLE __attribute__((visibility("default")))
#define NEXT(name) ((int (*)(void *))dlsym(RTLD_NEXT, #name))

static int processed;

static int wanted(void)
{
	const char *path = getenv("FAULT_JOURNAL");
	FILE *f = path ? fopen(path, "re") : NULL;
	int n = 0;

	if (!f)
		return 0;
	if (fscanf(f, "%d", &n) != 1)
		n = 0;
	fclose(f);
	return n;
}

static void note(const char *call)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s.calls", getenv("FAULT_JOURNAL"));
	f = fopen(path, "ae");
	if (!f)
		return;
	fputs(call, f);
	fclose(f);
}

VISIBLE int sd_journal_next(void *journal)
{
	int n = wanted();

	if (n == 0)
		return NEXT(sd_journal_next)(journal);
	if (processed < n) {
		note("n");
		return processed % 2 ? -EADDRNOTAVAIL : -EBADMSG;
	}
	processed = 0;
	unlink(getenv("FAULT_JOURNAL"));
	return NEXT(sd_journal_next)(journal);
}

VISIBLE int sd_journal_process(void *journal)
{
	if (wanted() > 0) {
		note("p");
		processed++;
	}
	return NEXT(sd_journal_process)(journal);
}
