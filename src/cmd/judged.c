/* SPDX-License-Identifier: ISC */
#include "cmd/judged.h"

#include "base/memory.h"
#include "base/steady.h"
#include <stdlib.h>

static struct judged_file *find(const struct judged *j, uint64_t device, uint64_t inode)
{
	for (size_t i = 0; i < j->count; i++)
		if (j->files[i].device == device && j->files[i].inode == inode)
			return &j->files[i];
	return NULL;
}

const struct judged_file *judged_of(const struct judged *j, const struct family_file *file)
{
	return find(j, file->device, file->inode);
}

bool judged_holds(const struct judged *j, const struct family_file *file)
{
	const struct judged_file *of = judged_of(j, file);

	if (!of || of->size != file->size || of->mtime != file->mtime)
		return false;
	if (of->as == JUDGED_MAKING || of->as == JUDGED_UNSURE)
		return judged_age(of) <= FILE_SETTLED;
	return of->as == JUDGED_DONE || of->as == JUDGED_COPY || of->as == JUDGED_TOLD;
}

struct judged_file *judged_note(
    struct judged *j, const struct family_file *file, enum judged_as as, int64_t stream, bool whole)
{
	struct judged_file *of = find(j, file->device, file->inode);
	bool first = !of || of->as != as || of->stream != stream;
	int64_t since = first ? steady_seconds() : of->since, end = first ? 0 : of->end;

	if (!of) {
		j->files = memory_grow(j->files, j->count + 1, sizeof(*j->files));
		of = &j->files[j->count++];
	}
	*of = (struct judged_file){
	    .device = file->device,
	    .inode = file->inode,
	    .size = file->size,
	    .mtime = file->mtime,
	    .as = as,
	    .stream = stream,
	    .whole = whole,
	    .since = since,
	    .end = end,
	};
	return of;
}

int64_t judged_age(const struct judged_file *of)
{
	return steady_seconds() - of->since;
}

void judged_release(struct judged *j, int64_t stream)
{
	size_t kept = 0;

	for (size_t i = 0; i < j->count; i++) {
		struct judged_file *of = &j->files[i];

		if (of->as == JUDGED_UNSURE && of->stream == stream)
			of->size = -1; /* not as it is */
		if (of->as != JUDGED_COPY || of->stream != stream)
			j->files[kept++] = *of;
	}
	j->count = kept;
}

bool judged_have_whole(const struct judged *j, int64_t stream)
{
	for (size_t i = 0; i < j->count; i++)
		if (j->files[i].stream == stream && j->files[i].whole)
			return true;
	return false;
}

bool judged_have_making(const struct judged *j)
{
	for (size_t i = 0; i < j->count; i++)
		if ((j->files[i].as == JUDGED_MAKING || j->files[i].as == JUDGED_UNSURE) &&
		    judged_age(&j->files[i]) <= FILE_SETTLED)
			return true;
	return false;
}

void judged_keep(struct judged *j, const struct family *family)
{
	size_t kept = 0;

	for (size_t i = 0; i < j->count; i++)
		if (family_member(family, &(struct family_file){.device = j->files[i].device,
					      .inode = j->files[i].inode}))
			j->files[kept++] = j->files[i];
	j->count = kept;
}

void judged_free(struct judged *j)
{
	free(j->files);
	*j = (struct judged){0};
}
