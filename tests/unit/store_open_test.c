/* SPDX-License-Identifier: ISC */
/* Opening a store: what it makes, what it refuses with which words, and migrations. */
#include "store/store.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "store/audit.h"
#include "store/commit.h"
#include "store/query.h"
#include "store/schema.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

struct folder {
	char path[64], store[96];
};

static int set_up(void **state)
{
	struct folder *f = memory_alloc(sizeof(*f));

	snprintf(f->path, sizeof(f->path), "/tmp/store_open_test.XXXXXX");
	assert_non_null(mkdtemp(f->path));
	snprintf(f->store, sizeof(f->store), "%s/mailtls.db", f->path);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct folder *f = *state;
	_cleanup_buffer_ struct buffer command = {0};

	buffer_printf(&command, "chmod -R u+w '%s'; rm -rf '%s'", f->path, f->path);
	assert_int_equal(system(buffer_text(&command)), 0);
	free(f);
	return 0;
}

static void refuses(const char *path, enum store_mode mode, int error, const char *words)
{
	_cleanup_diag_ struct diag d = {0};
	struct store *s = (struct store *)-1;

	assert_int_equal(store_open(path, mode, &s, &d), -error);
	assert_ptr_equal(s, (struct store *)-1);
	if (!strstr(d.text, words))
		fail_msg("'%s' does not say '%s'", d.text, words);
}

static struct store *opens(const char *path, enum store_mode mode)
{
	_cleanup_diag_ struct diag d = {0};
	struct store *s = NULL;

	if (store_open(path, mode, &s, &d) < 0)
		fail_msg("%s", d.text);
	return s;
}

static void sql(const char *path, const char *text)
{
	_cleanup_diag_ struct diag d = {0};
	struct database *db = NULL;

	assert_int_equal(database_open(path, DATABASE_WRITE, &db, &d), 0);
	assert_int_equal(database_script(db, text, &d), 0);
	database_close(db);
}

static void write_file(const char *path, const void *bytes, size_t n, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
}

static void count_one(struct store *s)
{
	_cleanup_diag_ struct diag d = {0};
	_cleanup_aggregate_ struct aggregate *a = aggregate_new();
	struct fact fact = {
	    .kind = FACT_HANDSHAKE, .time = 1795482000, .host = SLICE("mx1"), .bits = -1};

	aggregate_fact(a, &fact);
	assert_int_equal(store_commit(s,
			     &(struct batch){
				 .aggregate = a,
				 .source = SLICE("mail.log"),
				 .class = "file",
			     },
			     &d),
	    0);
}

static int64_t handshakes(struct store *s)
{
	_cleanup_diag_ struct diag d = {0};
	struct store_info info;

	assert_int_equal(store_info(s, &info, &d), 0);
	return info.facts[FACT_HANDSHAKE];
}

static void a_new_store(void **state)
{
	const struct folder *f = *state;
	_cleanup_diag_ struct diag d = {0};
	struct store *s = opens(f->store, STORE_CREATE), *again;
	unsigned char secret[STORE_SECRET];
	struct store_info info, second;
	struct stat st;

	assert_int_equal(stat(f->store, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(store_info(s, &info, &d), 0);
	assert_int_equal(info.schema, schema_latest(sql_texts));
	assert_int_equal(strlen(info.uuid), 36);
	memcpy(secret, store_secret(s), STORE_SECRET);
	count_one(s);
	again = opens(f->store, STORE_CREATE);
	assert_memory_equal(secret, store_secret(again), STORE_SECRET);
	assert_int_equal(store_info(again, &second, &d), 0);
	assert_string_equal(info.uuid, second.uuid);
	assert_int_equal(handshakes(again), 1);
	store_free(again);
	store_free(s);
}

static void refusals(void **state)
{
	const struct folder *f = *state;
	char link[128];

	refuses(f->store, STORE_READ, ENOENT, "there is no store");
	refuses(f->store, STORE_WRITE, ENOENT, "there is no store");
	refuses("/nonexistent/folder/x.db", STORE_CREATE, ENOENT, "no such folder");
	refuses(f->path, STORE_READ, EINVAL, "a folder");
	refuses(f->path, STORE_CREATE, EISDIR, "a folder");
	refuses("/dev/null", STORE_READ, EINVAL, "no regular file");
	write_file(f->store, "", 0, 0644);
	refuses(f->store, STORE_READ, ENODATA, "is empty");
	refuses(f->store, STORE_WRITE, ENODATA, "is empty");
	write_file(
	    f->store, "Nov 24 10:00:00 mx1 postfix/smtpd[1]: this is a log, you see\n", 61, 0644);
	for (int mode = STORE_READ; mode <= STORE_CREATE; mode++)
		refuses(f->store, (enum store_mode)mode, EBADMSG, "not a mailtls store");
	snprintf(link, sizeof(link), "%s/link.db", f->path);
	assert_int_equal(symlink(f->store, link), 0);
	refuses(link, STORE_READ, ELOOP, "symbolic link");
	refuses(link, STORE_CREATE, ELOOP, "symbolic link");
}

static void a_database_of_somebody_else(void **state)
{
	const struct folder *f = *state;

	write_file(f->store, "", 0, 0644);
	sql(f->store, "CREATE TABLE bookmarks (url TEXT)");
	for (int mode = STORE_READ; mode <= STORE_CREATE; mode++)
		refuses(f->store, (enum store_mode)mode, EINVAL,
		    "is an SQLite database, but not a mailtls store");
	sql(f->store, "PRAGMA application_id = 77; PRAGMA user_version = 1");
	refuses(f->store, STORE_CREATE, EINVAL, "not a mailtls store");
	sql(f->store, "INSERT INTO bookmarks VALUES ('still there')");
}

static void a_newer_store(void **state)
{
	const struct folder *f = *state;
	_cleanup_buffer_ struct buffer words = {0};

	store_free(opens(f->store, STORE_CREATE));
	sql(f->store, "PRAGMA user_version = 999");
	buffer_printf(&words, "was made by a newer mailtls (schema 999, this one knows %d)",
	    schema_latest(sql_texts));
	for (int mode = STORE_READ; mode <= STORE_CREATE; mode++)
		refuses(f->store, (enum store_mode)mode, EPROTO, buffer_text(&words));
}

/* Whatever byte is hit: a refusal, a failed check or an unharmed store, and never a crash. */
static void damage(void **state)
{
	const struct folder *f = *state;
	_cleanup_diag_ struct diag first = {0};
	struct store *s = opens(f->store, STORE_CREATE);
	struct stat st;
	char *bytes;
	int fd;

	count_one(s);
	store_free(s);
	assert_int_equal(stat(f->store, &st), 0);
	bytes = memory_array((size_t)st.st_size, 1);
	fd = open(f->store, O_RDONLY);
	assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
	close(fd);
	for (int place = 0; place < 64; place++) {
		_cleanup_diag_ struct diag d = {0};
		size_t at = (size_t)st.st_size / 64 * (size_t)place;
		struct store_info info;

		bytes[at] = (char)~bytes[at];
		write_file(f->store, bytes, (size_t)st.st_size, 0644);
		bytes[at] = (char)~bytes[at];
		if (store_open(f->store, STORE_READ, &s, &d) < 0) {
			assert_non_null(d.text);
			continue;
		}
		if (store_info(s, &info, &d) < 0)
			assert_non_null(d.text);
		store_free(s);
	}
	/* The half of a file is none. */
	write_file(f->store, bytes, (size_t)st.st_size / 2, 0644);
	assert_true(store_open(f->store, STORE_CREATE, &s, &first) < 0);
	assert_non_null(strstr(first.text, "damaged"));
	free(bytes);
}

/* In a process of its own: uid 0 may read everything. */
static int as_nobody(void (*check)(const struct folder *f), const struct folder *f)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(77);
		check(f);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void read_by_nobody(const struct folder *f)
{
	_cleanup_diag_ struct diag d = {0};
	struct store *s = NULL;

	if (store_open(f->store, STORE_READ, &s, &d) < 0) {
		fprintf(stderr, "# %s\n", d.text);
		_exit(1);
	}
	if (handshakes(s) != 1)
		_exit(2);
	store_free(s);
}

static void refused_to_nobody(const struct folder *f)
{
	_cleanup_diag_ struct diag d = {0};
	struct store *s = NULL;
	int r = store_open(f->store, STORE_READ, &s, &d);

	if (r != -EACCES || !strstr(d.text, "belongs to user root and group root")) {
		fprintf(stderr, "# %d %s\n", r, d.text ? d.text : "");
		_exit(1);
	}
}

static void readers_without_permission(void **state)
{
	const struct folder *f = *state;
	char beside[128];
	struct store *s;

	if (geteuid() != 0) {
		fprintf(stderr, "# SKIPPED: only root can become another user\n");
		skip();
	}
	assert_int_equal(chmod(f->path, 0755), 0);
	s = opens(f->store, STORE_CREATE);
	count_one(s);
	assert_int_equal(as_nobody(refused_to_nobody, f), 0);
	/* A group may read it: what is beside it is made with the same mode. */
	for (int i = 0; i < 3; i++) {
		static const char *const ends[] = {"", "-wal", "-shm"};

		snprintf(beside, sizeof(beside), "%s%s", f->store, ends[i]);
		assert_int_equal(chmod(beside, 0644), 0);
	}
	assert_int_equal(as_nobody(read_by_nobody, f), 0); /* with the writer up */
	store_free(s);
	assert_int_equal(as_nobody(read_by_nobody, f), 0); /* and down */
	snprintf(beside, sizeof(beside), "%s-wal", f->store);
	unlink(beside);
	snprintf(beside, sizeof(beside), "%s-shm", f->store);
	unlink(beside);
	assert_int_equal(as_nobody(read_by_nobody, f), 0); /* a copy of the file alone */
}

static void the_owner_is_the_folder_s(void **state)
{
	const struct folder *f = *state;
	struct stat st;

	if (geteuid() != 0) {
		fprintf(stderr, "# SKIPPED: only root can give a file away\n");
		skip();
	}
	assert_int_equal(chown(f->path, 12345, 54321), 0);
	store_free(opens(f->store, STORE_CREATE));
	assert_int_equal(stat(f->store, &st), 0);
	assert_int_equal(st.st_uid, 12345);
	assert_int_equal(st.st_gid, 54321);
}

static void a_copy_changes_nothing(void **state)
{
	const struct folder *f = *state;
	struct store *s = opens(f->store, STORE_CREATE), *copy;

	count_one(s);
	copy = opens(f->store, STORE_COPY);
	count_one(copy);
	assert_int_equal(handshakes(copy), 2);
	assert_int_equal(handshakes(s), 1);
	store_free(copy);
	store_free(s);
}

static void a_reader_does_not_write(void **state)
{
	const struct folder *f = *state;
	_cleanup_diag_ struct diag d = {0};
	_cleanup_aggregate_ struct aggregate *a = aggregate_new();
	struct store *s;

	store_free(opens(f->store, STORE_CREATE));
	s = opens(f->store, STORE_READ);
	assert_int_equal(
	    store_commit(s, &(struct batch){.aggregate = a, .class = "file"}, &d), -EROFS);
	store_free(s);
}

/* The texts of this mailtls and two steps of the future; the caller frees them. */
static struct sql_text *add_steps(char names[2][32], const char *first, const char *second)
{
	struct sql_text *texts;
	size_t n = 0;

	while (sql_texts[n].name)
		n++;
	texts = memory_array(n + 3, sizeof(*texts));
	memcpy(texts, sql_texts, n * sizeof(*texts));
	for (int i = 0; i < 2; i++)
		snprintf(
		    names[i], sizeof(names[i]), "schema/%03d", schema_latest(sql_texts) + 1 + i);
	texts[n] = (struct sql_text){names[0], first};
	texts[n + 1] = (struct sql_text){names[1], second};
	return texts;
}

/* Steps of the future, one of which fails: the store is as it was. */
static void migrations(void **state)
{
	const struct folder *f = *state;
	_cleanup_diag_ struct diag d = {0}, second = {0};
	char names[2][32];
	_cleanup_free_ struct sql_text *bad = add_steps(names, "CREATE TABLE x (y INTEGER)",
	    "CREATE TABLE z (m INTEGER); CREATE TABLE x (again INTEGER)");
	_cleanup_free_ struct sql_text *good =
	    add_steps(names, "CREATE TABLE x (y INTEGER)", "CREATE TABLE z (m INTEGER)");
	int latest = schema_latest(sql_texts);
	_cleanup_buffer_ struct buffer words = {0};
	struct database *db = NULL;
	struct store *s = opens(f->store, STORE_CREATE);
	int64_t n;

	count_one(s);
	store_free(s);
	assert_int_equal(database_open(f->store, DATABASE_WRITE, &db, &d), 0);
	assert_true(schema_migrate(db, f->store, bad, &d) < 0);
	assert_int_equal(schema_number(db, f->store, bad, &second), latest);
	assert_int_equal(database_integer(db, &second, -1, &n,
			     "SELECT count(*) FROM sqlite_schema WHERE name IN ('x', 'z')", ""),
	    0);
	assert_int_equal(n, 0);
	assert_int_equal(database_integer(db, &second, -1, &n, "SELECT sum(n) FROM count", ""), 0);
	assert_int_equal(n, 1);
	assert_int_equal(schema_migrate(db, f->store, good, &second), 0);
	assert_int_equal(schema_number(db, f->store, good, &second), latest + 2);
	database_close(db);
	buffer_printf(&words, "schema %d, this one knows %d", latest + 2, latest);
	refuses(f->store, STORE_CREATE, EPROTO, buffer_text(&words));
}

static void a_lock_is_waited_for_and_named(void **state)
{
	const struct folder *f = *state;
	_cleanup_diag_ struct diag d = {0};
	struct store *s = opens(f->store, STORE_CREATE);
	struct database *holder = NULL, *waiting = NULL;

	assert_int_equal(database_open(f->store, DATABASE_WRITE, &holder, &d), 0);
	assert_int_equal(database_open(f->store, DATABASE_WRITE, &waiting, &d), 0);
	database_patience(waiting, 10);
	assert_int_equal(database_begin(holder, true, &d), 0);
	assert_int_equal(database_begin(waiting, true, &d), -EBUSY);
	assert_non_null(strstr(d.text, "is locked by another program"));
	assert_int_equal(handshakes(s), 0); /* reading goes on meanwhile */
	database_rollback(holder);
	assert_int_equal(database_begin(waiting, true, &d), 0);
	database_close(waiting);
	database_close(holder);
	store_free(s);
}

static void query_sees_one_snapshot(void **state)
{
	const struct folder *f = *state;
	_cleanup_diag_ struct diag d = {0};
	struct store *writer = opens(f->store, STORE_CREATE), *reader;
	int64_t first, last;

	reader = opens(f->store, STORE_READ);
	assert_int_equal(query_begin(reader, &d), 0);
	assert_int_equal(query_span(reader, &first, &last, &d), -ENODATA);
	count_one(writer);
	assert_int_equal(query_span(reader, &first, &last, &d), -ENODATA);
	query_end(reader);
	assert_int_equal(query_begin(reader, &d), 0);
	assert_int_equal(query_span(reader, &first, &last, &d), 0);
	query_end(reader);
	store_free(reader);
	store_free(writer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_new_store, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(refusals, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_database_of_somebody_else, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_newer_store, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(damage, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(readers_without_permission, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_owner_is_the_folder_s, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_copy_changes_nothing, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_reader_does_not_write, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(migrations, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_lock_is_waited_for_and_named, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(query_sees_one_snapshot, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
