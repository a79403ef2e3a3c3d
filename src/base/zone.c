/* SPDX-License-Identifier: ISC */
#include "base/zone.h"

#include "base/memory.h"
#include "base/zone_table.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#define ZONE_FOLDER "/usr/share/zoneinfo/"
#define MACHINE_ZONE "/etc/localtime"
#define ZONE_FILE_MAX (64 * 1024)

struct zone {
	char *name;
	struct zone_table table;
};

static int file_read(const char *path, struct zone_table *t)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	_cleanup_free_ char *bytes = NULL;
	struct stat st;
	size_t n = 0;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ENOENT;
	bytes = memory_alloc(ZONE_FILE_MAX);
	while (n < ZONE_FILE_MAX) {
		ssize_t r = read(fd, bytes + n, ZONE_FILE_MAX - n);

		if (r < 0)
			return -errno;
		if (r == 0)
			break;
		n += (size_t)r;
	}
	return zone_table_read(t, (struct slice){bytes, n});
}

/* A name is a path below the folder and leads nowhere else. */
static bool name_is_plain(const char *name)
{
	size_t n =
	    strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");

	return n > 0 && n < NAME_MAX && name[n] == '\0' && name[0] != '/';
}

static int named_read(const char *name, struct zone_table *t)
{
	char path[sizeof(ZONE_FOLDER) + NAME_MAX];
	int r;

	if (!name_is_plain(name))
		return -ENOENT;
	memcpy(path, ZONE_FOLDER, sizeof(ZONE_FOLDER) - 1);
	memcpy(path + sizeof(ZONE_FOLDER) - 1, name, strlen(name) + 1);
	r = file_read(path, t);
	if (r < 0 && strcmp(name, "UTC") == 0) { /* needs no database */
		t->n = 0;
		zone_table_add(t, INT64_MIN, 0);
		r = 0;
	}
	return r;
}

static const char *below_folder(const char *path)
{
	const char *hit = strstr(path, ZONE_FOLDER);

	return hit ? hit + sizeof(ZONE_FOLDER) - 1 : NULL;
}

/* /etc/localtime is a link into the database on most systems, and the name is in it. */
static int machine_read(struct zone *z)
{
	char target[PATH_MAX];
	ssize_t n = readlink(MACHINE_ZONE, target, sizeof(target) - 1);
	const char *name = NULL;
	int r;

	if (n > 0) {
		target[n] = '\0';
		name = below_folder(target);
	}
	r = file_read(MACHINE_ZONE, &z->table);
	if (r == -ENOENT) { /* localtime(5): then it is UTC */
		name = "UTC";
		r = named_read(name, &z->table);
	}
	z->name = memory_string(name ? name : "localtime");
	return r;
}

static int environment_read(struct zone *z, const char *tz)
{
	int r;

	tz += *tz == ':';
	if (strcmp(tz, MACHINE_ZONE) == 0)
		return machine_read(z);
	if (strncmp(tz, ZONE_FOLDER, sizeof(ZONE_FOLDER) - 1) == 0)
		tz += sizeof(ZONE_FOLDER) - 1;
	z->name = memory_string(*tz ? tz : "UTC");
	r = named_read(z->name, &z->table);
	if (r < 0) {
		z->table.n = 0;
		r = zone_table_extend(&z->table, slice_of(z->name));
	}
	return r;
}

int zone_open(const char *name, struct zone **ret, struct diag *d)
{
	_cleanup_zone_ struct zone *z = memory_alloc(sizeof(*z));
	const char *tz = getenv("TZ");
	int r;

	if (name && *name) {
		bool below = strncmp(name, ZONE_FOLDER, sizeof(ZONE_FOLDER) - 1) == 0;

		z->name = memory_string(below ? name + sizeof(ZONE_FOLDER) - 1 : name);
		r = named_read(z->name, &z->table);
		if (r < 0 && access(ZONE_FOLDER, X_OK) < 0)
			return diag_set(d, ENOENT, NULL, 0, 0,
			    "'%s' cannot be read: there are no time zones in %s (package tzdata)",
			    name, ZONE_FOLDER);
		if (r < 0)
			return diag_set(d, ENOENT, NULL, 0, 0,
			    "'%s' is not a time zone known here; names are like Europe/Berlin",
			    name);
	} else if (tz) {
		r = environment_read(z, tz);
		if (r < 0)
			return diag_set(d, ENOENT, NULL, 0, 0,
			    "TZ is '%s', which is not a time zone known here; names are like "
			    "Europe/Berlin",
			    tz);
	} else {
		r = machine_read(z);
		if (r < 0)
			return diag_set(
			    d, -r, MACHINE_ZONE, 0, 0, "is not a time zone file: %s", strerror(-r));
	}
	*ret = z;
	z = NULL;
	return 0;
}

struct zone *zone_free(struct zone *z)
{
	if (z) {
		free(z->name);
		free(z->table.p);
		free(z);
	}
	return NULL;
}

const char *zone_name(const struct zone *z)
{
	return z->name;
}

static size_t period_at(const struct zone *z, int64_t utc)
{
	size_t low = 0, high = z->table.n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (z->table.p[middle].at <= utc)
			low = middle;
		else
			high = middle;
	}
	return low;
}

int zone_offset(const struct zone *z, int64_t utc)
{
	return (int)z->table.p[period_at(z, utc)].offset;
}

/* The first period whose clock had not yet passed that local time when it ended. */
static size_t period_of_local(const struct zone *z, int64_t local)
{
	const struct zone_transition *p = z->table.p;
	size_t low = 0, high = z->table.n - 1;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (local < p[middle + 1].at + p[middle].offset)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

int64_t zone_to_utc(const struct zone *z, const struct civil *local, int64_t after)
{
	const struct zone_transition *p = z->table.p;
	int64_t seconds = civil_to_seconds(local);
	size_t i = period_of_local(z, seconds);
	int64_t utc = seconds - p[i].offset;

	if (i > 0 && utc < p[i].at) /* skipped: read by the clock before the change */
		return seconds - p[i - 1].offset;
	if (utc < after && i + 1 < z->table.n) {
		int64_t later = seconds - p[i + 1].offset;

		if (later >= p[i + 1].at)
			return later;
	}
	return utc;
}

void zone_to_civil(const struct zone *z, int64_t utc, struct civil *ret)
{
	civil_from_seconds(utc + zone_offset(z, utc), ret);
}

/* 00:00 so many days after the local date of an instant. */
static int64_t day_from(const struct zone *z, int64_t utc, int days)
{
	struct civil c, date;

	zone_to_civil(z, utc, &c);
	date = (struct civil){.year = c.year, .month = c.month, .day = c.day};
	civil_from_seconds(civil_to_seconds(&date) + (int64_t)days * 86400, &c);
	return zone_to_utc(z, &c, INT64_MIN);
}

int64_t zone_day_start(const struct zone *z, int64_t utc)
{
	return day_from(z, utc, 0);
}

int64_t zone_day_next(const struct zone *z, int64_t start)
{
	return day_from(z, start, 1);
}
