/* SPDX-License-Identifier: ISC */
#include "base/diag.h"

#include "base/memory.h"
#include <stdlib.h>

int diag_set(struct diag *d, int error, const char *file, unsigned line, unsigned column,
    const char *format, ...)
{
	struct buffer text = {0};
	va_list arguments;

	if (d->text)
		return -error;
	va_start(arguments, format);
	buffer_vprintf(&text, format, arguments);
	va_end(arguments);
	*d = (struct diag){
	    .file = memory_string(file),
	    .line = line,
	    .column = column,
	    .text = buffer_take(&text),
	};
	return -error;
}

void diag_move(struct diag *to, struct diag *from)
{
	*to = *from;
	*from = (struct diag){0};
}

void diag_text(const struct diag *d, struct buffer *to)
{
	if (d->file)
		buffer_text_add(to, d->file);
	if (d->file && d->line)
		buffer_printf(to, ":%u", d->line);
	if (d->file && d->line && d->column)
		buffer_printf(to, ":%u", d->column);
	if (d->file)
		buffer_text_add(to, ": ");
	buffer_text_add(to, d->text ? d->text : "");
}

void diag_free(struct diag *d)
{
	free(d->file);
	free(d->text);
	*d = (struct diag){0};
}
