/* SPDX-License-Identifier: ISC */
#include "base/memory.h"

#include "base/macros.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _noreturn_ void out_of_memory(void)
{
	fputs("mailtls: out of memory; nothing that was committed is lost\n", stderr);
	exit(EXIT_FAILURE);
}

void *memory_alloc(size_t size)
{
	return memory_array(1, size);
}

void *memory_array(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *memory_grow(void *old, size_t count, size_t size)
{
	void *p = reallocarray(old, count ? count : 1, size);

	if (!p)
		out_of_memory();
	return p;
}

char *memory_copy(const char *p, size_t n)
{
	char *copy = memory_array(n + 1, 1);

	if (n)
		memcpy(copy, p, n);
	return copy;
}

char *memory_string(const char *text)
{
	return text ? memory_copy(text, strlen(text)) : NULL;
}
