/* SPDX-License-Identifier: ISC */

/* pace: a log that is written at a steady pace, as by a logger: one write(2) for each line.
 *
 *   pace [-e] RATE LOG TO
 *
 * Appends the lines of LOG to TO ("-" is standard output), RATE a second, and ends with the last.
 * -e: entries of the journal's export format, each ended by an empty line, instead of lines.  Every
 * millisecond it writes what is due; it prints on standard error how long it took and how much
 * later than meant it ended, in seconds. */

#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TICK 1000000 /* nanoseconds */

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void sleep_until(int64_t when)
{
	struct timespec t = {when / 1000000000, when % 1000000000};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static const char *end_of(const char *p, const char *end, bool entries)
{
	const char *found = entries ? memmem(p, end - p, "\n\n", 2) : memchr(p, '\n', end - p);

	return found ? found + (entries ? 2 : 1) : end;
}

static void write_all(int fd, const char *p, const char *end)
{
	while (p < end) {
		ssize_t n = write(fd, p, end - p);

		if (n < 0)
			err(1, "the log cannot be written");
		p += n;
	}
}

static void pace(int fd, const char *p, const char *end, int64_t rate, bool entries)
{
	int64_t begin = now(), written = 0;

	for (int64_t tick = 1; p < end; tick++) {
		int64_t due = rate * tick * (TICK / 1000) / 1000000;

		for (; written < due && p < end; written++) {
			const char *next = end_of(p, end, entries);

			write_all(fd, p, next);
			p = next;
		}
		sleep_until(begin + tick * TICK);
	}
	double took = (now() - begin) / 1e9;

	fprintf(stderr, "%.3f %.3f\n", took, took - (double)written / rate);
}

int main(int argc, char **argv)
{
	bool entries = false;
	struct stat log;
	int64_t rate;
	int from, to;
	char *text;

	for (int letter; (letter = getopt(argc, argv, "e")) != -1;) {
		if (letter != 'e')
			return 2;
		entries = true;
	}
	if (argc - optind != 3 || (rate = atoll(argv[optind])) < 1)
		errx(2, "usage: pace [-e] RATE LOG TO");
	argv += optind;
	from = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (from < 0 || fstat(from, &log) < 0 || log.st_size == 0)
		err(1, "\"%s\" cannot be read", argv[1]);
	text = mmap(NULL, log.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, from, 0);
	if (text == MAP_FAILED)
		err(1, "\"%s\" cannot be read", argv[1]);
	to = strcmp(argv[2], "-") == 0
		 ? STDOUT_FILENO
		 : open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (to < 0)
		err(1, "\"%s\" cannot be written", argv[2]);
	pace(to, text, text + log.st_size, rate, entries);
	return 0;
}
