/* SPDX-License-Identifier: ISC */
#include "base/buffer.h"

#include "base/memory.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void reserve(struct buffer *b, size_t more)
{
	size_t need = b->n + more + 1;

	if (need <= b->size)
		return;
	b->size = need < 64 ? 64 : need + need / 2;
	b->p = memory_grow(b->p, b->size, 1);
}

void *buffer_extend(struct buffer *b, size_t n)
{
	char *new;

	reserve(b, n);
	new = b->p + b->n;
	b->n += n;
	b->p[b->n] = '\0';
	return new;
}

void buffer_append(struct buffer *b, const void *p, size_t n)
{
	char *new = buffer_extend(b, n);

	if (n)
		memcpy(new, p, n);
}

void buffer_add(struct buffer *b, struct slice s)
{
	buffer_append(b, s.p, s.n);
}

void buffer_text_add(struct buffer *b, const char *text)
{
	buffer_append(b, text, strlen(text));
}

void buffer_vprintf(struct buffer *b, const char *format, va_list arguments)
{
	va_list again;
	int n;

	va_copy(again, arguments);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (n <= 0)
		return;
	reserve(b, (size_t)n);
	vsnprintf(b->p + b->n, (size_t)n + 1, format, arguments);
	b->n += (size_t)n;
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	buffer_vprintf(b, format, arguments);
	va_end(arguments);
}

void buffer_clear(struct buffer *b)
{
	b->n = 0;
	if (b->p)
		b->p[0] = '\0';
}

void buffer_free(struct buffer *b)
{
	free(b->p);
	*b = (struct buffer){0};
}

char *buffer_take(struct buffer *b)
{
	char *text = b->p ? b->p : memory_string("");

	*b = (struct buffer){0};
	return text;
}
