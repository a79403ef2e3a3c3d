/* SPDX-License-Identifier: ISC */
#include "base/memory.h"

#include "base/macros.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static _noreturn_ void out_of_memory(void)
{
	fputs("mailtls: out of memory; nothing that was committed is lost\n", stderr);
	exit(EXIT_FAILURE);
}

void *memory_alloc(size_t size)
{
	return memory_array(1, size);
}

void *memory_room(size_t size)
{
	return memory_grow(NULL, 1, size ? size : 1);
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

void *memory_pages(size_t count, size_t size)
{
	size_t bytes;
	void *p;

	if (__builtin_mul_overflow(count ? count : 1, size ? size : 1, &bytes))
		out_of_memory();
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		out_of_memory();
	return p;
}

void *memory_pages_free(void *p, size_t count, size_t size)
{
	if (p)
		munmap(p, (count ? count : 1) * (size ? size : 1));
	return NULL;
}
