/* SPDX-License-Identifier: ISC */

/* compare: the time of one command as a ratio to that of another, in pairs.
 *
 *   compare [-n PAIRS] [-p PREPARE] [-c CHECK] [-s FACTOR] A B
 *
 * Each command is given to sh.  After one run of each that is not counted, A and B run in turn, so
 * that whatever else the machine does falls on both.  PREPARE runs before and CHECK after each A,
 * outside of the time taken.  FACTOR is how much more A has to do than B, whose times are
 * multiplied by it.  Anything that fails ends it with status 1.  Prints tab-separated
 *
 *   median seconds of A, of B; ratio A/B of the pairs: least, median, most; median ratio of CPU
 *   time; the largest resident set of A in KiB */

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAIRS_MAX 99

struct run {
	double wall, cpu; /* seconds */
	long resident;	  /* KiB */
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
	return t.tv_sec + t.tv_usec / 1e6;
}

static struct run run(const char *command)
{
	double begin = now();
	struct rusage usage;
	pid_t pid = fork();
	int status;

	if (pid < 0)
		err(1, "no process for \"%s\"", command);
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	if (wait4(pid, &status, 0, &usage) < 0)
		err(1, "\"%s\"", command);
	if (status != 0)
		errx(1, "\"%s\" ended with status %d", command,
		    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return (struct run){
	    now() - begin, seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss};
}

static int by_size(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return a < b ? -1 : a > b;
}

/* Sorts. */
static double median(double *value, int count)
{
	qsort(value, count, sizeof(*value), by_size);
	return count % 2 ? value[count / 2] : (value[count / 2 - 1] + value[count / 2]) / 2;
}

struct pair {
	const char *a, *b, *prepare, *check;
	double factor;
};

static void compare(const struct pair *p, int pairs)
{
	double wall_a[PAIRS_MAX], wall_b[PAIRS_MAX], wall[PAIRS_MAX], cpu[PAIRS_MAX];
	long resident = 0;

	for (int i = -1; i < pairs; i++) {
		struct run of_a, of_b;

		if (p->prepare)
			run(p->prepare);
		of_a = run(p->a);
		if (p->check)
			run(p->check);
		of_b = run(p->b);
		of_b.wall *= p->factor;
		of_b.cpu *= p->factor;
		if (i < 0)
			continue;
		wall_a[i] = of_a.wall;
		wall_b[i] = of_b.wall;
		wall[i] = of_a.wall / of_b.wall;
		cpu[i] = of_a.cpu / of_b.cpu;
		if (of_a.resident > resident)
			resident = of_a.resident;
	}
	double middle = median(wall, pairs);

	printf("%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%ld\n", median(wall_a, pairs),
	    median(wall_b, pairs), wall[0], middle, wall[pairs - 1], median(cpu, pairs), resident);
}

int main(int argc, char **argv)
{
	struct pair p = {.factor = 1};
	int pairs = 7;

	for (int letter; (letter = getopt(argc, argv, "n:p:c:s:")) != -1;) {
		switch (letter) {
		case 'n':
			pairs = atoi(optarg);
			break;
		case 'p':
			p.prepare = optarg;
			break;
		case 'c':
			p.check = optarg;
			break;
		case 's':
			p.factor = atof(optarg);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 2 || pairs < 1 || pairs > PAIRS_MAX || !(p.factor > 0))
		errx(2,
		    "usage: compare [-n PAIRS (1 to %d)] [-p PREPARE] [-c CHECK] [-s FACTOR] A B",
		    PAIRS_MAX);
	p.a = argv[optind];
	p.b = argv[optind + 1];
	compare(&p, pairs);
	return 0;
}
