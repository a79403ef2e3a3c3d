/* SPDX-License-Identifier: ISC */
#include "base/yaml_folder.h"

#include "base/memory.h"
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

const char *yaml_file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void add(struct yaml_folder *list, const char *path)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(yaml_file_name(list->paths[i]), yaml_file_name(path)) == 0) {
			free(list->paths[i]);
			list->paths[i] = memory_string(path);
			return;
		}
	list->paths = memory_grow(list->paths, list->count + 1, sizeof(*list->paths));
	list->paths[list->count++] = memory_string(path);
}

void yaml_folder_free(struct yaml_folder *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->paths[i]);
	free(list->paths);
	*list = (struct yaml_folder){0};
}

static int by_name(const void *a, const void *b)
{
	return strcmp(yaml_file_name(*(char *const *)a), yaml_file_name(*(char *const *)b));
}

static bool ends_with_yaml(const char *name)
{
	size_t n = strlen(name);

	return n > 5 && name[0] != '.' && strcmp(name + n - 5, ".yaml") == 0;
}

static int cannot_read(const char *path, struct diag *d)
{
	return diag_set(d, errno, path, 0, 0, "cannot be read: %s", strerror(errno));
}

static int list_path(struct yaml_folder *list, const char *path, struct diag *d)
{
	struct stat st;
	struct dirent *entry;
	DIR *directory;

	if (stat(path, &st) < 0)
		return cannot_read(path, d);
	if (!S_ISDIR(st.st_mode)) {
		add(list, path);
		return 0;
	}
	directory = opendir(path);
	if (!directory)
		return cannot_read(path, d);
	while ((entry = readdir(directory))) {
		_cleanup_buffer_ struct buffer file = {0};

		if (!ends_with_yaml(entry->d_name))
			continue;
		buffer_printf(&file, "%s/%s", path, entry->d_name);
		add(list, file.p);
	}
	closedir(directory);
	return 0;
}

int yaml_folder_list(
    const char *const *paths, size_t count, struct yaml_folder *ret, struct diag *d)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++)
		r = list_path(ret, paths[i], d);
	if (r == 0 && ret->count)
		qsort(ret->paths, ret->count, sizeof(*ret->paths), by_name);
	return r;
}
