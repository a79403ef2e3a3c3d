/* SPDX-License-Identifier: ISC */
#pragma once

/* Allocation that succeeds or ends the process.
 *
 * Counts and positions are committed together, so a process that ends here loses nothing: it reads
 * the same lines again.  That is why no caller checks for NULL.  Nothing on the path of a line
 * allocates; these are for start-up, for tables with a bound and for reports. */

#include <stddef.h>

void *memory_alloc(size_t size);			 /* zeroed */
void *memory_room(size_t size);				 /* not zeroed */
void *memory_array(size_t count, size_t size);		 /* zeroed; overflow ends the process */
void *memory_grow(void *old, size_t count, size_t size); /* like reallocarray, never fails */
char *memory_copy(const char *p, size_t n);		 /* n bytes and a NUL */
char *memory_string(const char *text);			 /* NULL gives NULL */

/* Zeroed pages straight from the system, for a table that is as large as its bound: what is never
 * touched is never there.  (calloc may hand out memory that was used before, and clears all of it.)
 */
void *memory_pages(size_t count, size_t size);
void *memory_pages_free(void *p, size_t count, size_t size);
