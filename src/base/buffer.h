/* SPDX-License-Identifier: ISC */
#pragma once

/* A growing run of bytes for building text.
 *
 * Invariants: p is NUL-terminated at p[n] whenever it is not NULL; an empty buffer may have p ==
 * NULL, and buffer_text() then gives "".  {0} is a valid empty buffer.  buffer_clear() keeps the
 * memory, buffer_free() gives it back; buffer_take() hands the text over to the caller, who frees
 * it.  Growth ends the process when memory is short (base/memory.h). */

#include "base/macros.h"
#include "base/slice.h"
#include <stdarg.h>
#include <stddef.h>

struct buffer {
	char *p;
	size_t n, size;
};

/* Adds n bytes for the caller to write, who has them until something else is added. */
void *buffer_extend(struct buffer *b, size_t n);
void buffer_append(struct buffer *b, const void *p, size_t n);
void buffer_add(struct buffer *b, struct slice s);
void buffer_text_add(struct buffer *b, const char *text);
void buffer_printf(struct buffer *b, const char *format, ...) _printf_(2, 3);
void buffer_vprintf(struct buffer *b, const char *format, va_list arguments) _printf_(2, 0);
void buffer_clear(struct buffer *b);
void buffer_free(struct buffer *b);
char *buffer_take(struct buffer *b);

static inline void buffer_char(struct buffer *b, char c)
{
	if (b->n + 1 < b->size) {
		b->p[b->n++] = c;
		b->p[b->n] = '\0';
	} else {
		buffer_append(b, &c, 1);
	}
}

static inline const char *buffer_text(const struct buffer *b)
{
	return b->p ? b->p : "";
}

static inline struct slice buffer_slice(const struct buffer *b)
{
	return (struct slice){buffer_text(b), b->n};
}

#define _cleanup_buffer_ _cleanup_(buffer_free)
