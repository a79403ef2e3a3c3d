/* SPDX-License-Identifier: ISC */
#include "input/journal_check.h"

#include "base/buffer.h"
#include "base/open_files.h"
#include <errno.h>
#include <glob.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_TO_COME 128 /* of a journal that is followed */

int journal_no_permission(const char *path, struct diag *d)
{
	struct stat st;
	struct group *group = stat(path, &st) == 0 ? getgrgid(st.st_gid) : NULL;
	const char *name = group && st.st_gid != 0 ? group->gr_name : "systemd-journal";

	return diag_set(d, EACCES, NULL, 0, 0,
	    "the journal '%s' may not be read by this user; join the group '%s' (adduser USER "
	    "%s) or try as root",
	    path, name, name);
}

static int is_forbidden(const char *path _unused_, int error)
{
	return error == EACCES;
}

/* The count of journal files that match, each of which can be read, or the first error.  A folder
 * that may not be read is one. */
static int check_files(const char *folder, const char *pattern, struct diag *d)
{
	_cleanup_buffer_ struct buffer path = {0};
	glob_t found;
	int r, n;

	buffer_printf(&path, "%s/%s", folder, pattern);
	r = glob(buffer_text(&path), GLOB_NOSORT, is_forbidden, &found);
	if (r == GLOB_NOMATCH)
		return 0;
	if (r != 0)
		return journal_no_permission(folder, d);
	for (size_t i = 0; i < found.gl_pathc && r == 0; i++)
		r = journal_check_file(found.gl_pathv[i], d);
	n = (int)found.gl_pathc;
	globfree(&found);
	return r < 0 ? r : n;
}

/* As check_files(), for the files in a folder and in the machines' folders below it. */
static int check_folder(const char *folder, struct diag *d)
{
	static const char *const patterns[] = {
	    "*.journal", "*/*.journal", "*.journal~", "*/*.journal~"};
	int n = 0;

	if (access(folder, R_OK | X_OK) < 0 && errno == EACCES)
		return journal_no_permission(folder, d);
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		int found = check_files(folder, patterns[i], d);

		if (found < 0)
			return found;
		n += found;
	}
	return n;
}

/* Of this machine: its own, or a namespace's, * for all. */
static int check_local(const char *namespace, struct diag *d)
{
	static const char *const folders[] = {"/var/log/journal", "/run/log/journal"};
	const char *dot = !namespace || *namespace == '*' ? "" : ".";
	char machine[JOURNAL_ID_MAX];
	int files = 0, r;

	r = journal_machine(machine);
	for (size_t i = 0; i < ARRAY_SIZE(folders) && r >= 0; i++) {
		_cleanup_buffer_ struct buffer folder = {0};

		buffer_printf(
		    &folder, "%s/%s%s%s", folders[i], machine, dot, namespace ? namespace : "");
		r = check_folder(buffer_text(&folder), d);
		if (r < 0)
			return r;
		files += r;
	}
	if (files == 0)
		return diag_set(d, ENOENT, NULL, 0, 0,
		    "this machine has no journal%s%s: there is none in '%s' or '%s'",
		    *dot ? " of the namespace " : "", *dot ? namespace : "", folders[0],
		    folders[1]);
	return files;
}

static const struct slice namespace_prefix = SLICE("namespace=");

const char *journal_namespace(const char *where)
{
	return slice_starts(slice_of(where), namespace_prefix) ? where + namespace_prefix.n : NULL;
}

static int check(const char *where, struct diag *d)
{
	struct stat st;
	int files;

	if (!where || journal_namespace(where))
		return check_local(where ? journal_namespace(where) : NULL, d);
	if (stat(where, &st) < 0)
		return errno == EACCES
			   ? journal_no_permission(where, d)
			   : diag_set(d, errno, NULL, 0, 0, "'%s' does not exist", where);
	if (!S_ISDIR(st.st_mode))
		return journal_check_file(where, d);
	files = check_folder(where, d);
	return files ? files
		     : diag_set(
			   d, ENOENT, NULL, 0, 0, "the folder '%s' holds no journal files", where);
}

/* The library has every file open at the same time, and leaves out those that it cannot. */
int journal_check(const char *where, struct diag *d)
{
	int files = check(where, d);

	if (files >= 0 && open_files_allow((size_t)files + FILES_TO_COME) < (size_t)files)
		return diag_set(d, EMFILE, NULL, 0, 0,
		    "the journal '%s' has %d files, more than this process may open (ulimit -n)",
		    where ? where : "of this machine", files);
	return files < 0 ? files : 0;
}
