/* SPDX-License-Identifier: ISC */
#include "cmd/nameless.h"

#include "base/memory.h"
#include <stdlib.h>

void nameless_keep(struct nameless **list, struct tail *t, const struct family *family)
{
	struct nameless *held;

	if (t->archive || family_member(family, &t->file))
		return;
	held = memory_alloc(sizeof(*held));
	held->path = memory_string(t->path);
	held->reader = t->reader;
	t->reader = NULL;
	while (*list)
		list = &(*list)->next;
	*list = held;
}

struct nameless *nameless_take(struct nameless **list)
{
	struct nameless *held = *list;

	*list = held->next;
	return held;
}

struct nameless *nameless_free(struct nameless *held)
{
	if (!held)
		return NULL;
	reader_free(held->reader);
	free(held->path);
	free(held);
	return NULL;
}
