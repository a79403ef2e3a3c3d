/* SPDX-License-Identifier: ISC */
#include "cmd/judged.h"

#include "base/memory.h"
#include <stdlib.h>

static struct judged_file *find(const struct judged *list, const struct family_file *file)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->files[i].device == file->device && list->files[i].inode == file->inode)
			return &list->files[i];
	return NULL;
}

static struct judged_file *place(struct judged *list, const struct family_file *file)
{
	struct judged_file *found = find(list, file);

	if (found)
		return found;
	list->files = memory_grow(list->files, list->count + 1, sizeof(*list->files));
	return &list->files[list->count++];
}

bool judged_is(const struct judged *list, const struct family_file *file)
{
	const struct judged_file *j = find(list, file);

	return j && j->size == file->size && j->mtime == file->mtime;
}

void judged_add(struct judged *list, const struct family_file *file)
{
	*place(list, file) =
	    (struct judged_file){file->device, file->inode, file->size, file->mtime};
}

bool judged_again(struct judged *list, const struct family_file *file)
{
	const struct judged_file *found = find(list, file);
	bool known = found && found->mtime == -1;

	*place(list, file) = (struct judged_file){file->device, file->inode, -1, -1};
	return known;
}

void judged_keep(struct judged *list, const struct family *family)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		for (size_t k = 0; k < family->count; k++)
			if (list->files[i].device == family->files[k].device &&
			    list->files[i].inode == family->files[k].inode) {
				list->files[kept++] = list->files[i];
				break;
			}
	list->count = kept;
}

void judged_free(struct judged *list)
{
	free(list->files);
	*list = (struct judged){0};
}
