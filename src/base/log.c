/* SPDX-License-Identifier: ISC */
#include "base/log.h"

#include "base/buffer.h"
#include "base/diag.h"
#include "base/escape.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *log_program = "mailtls";
static enum log_level log_quietest = LOG_LEVEL_INFO;
static bool log_to_journal;

/* systemd puts the device and inode of the stream it connected to stderr into $JOURNAL_STREAM. */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	if (!stream || sscanf(stream, "%llu:%llu", &device, &inode) != 2)
		return false;
	return fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

void log_open(const char *program, enum log_level quietest)
{
	log_program = program;
	log_quietest = quietest;
	log_to_journal = stderr_is_journal();
}

void log_message(enum log_level level, const char *format, ...)
{
	_cleanup_buffer_ struct buffer text = {0}, line = {0};
	va_list arguments;

	if (level > log_quietest)
		return;
	va_start(arguments, format);
	buffer_vprintf(&text, format, arguments);
	va_end(arguments);
	if (log_to_journal)
		buffer_printf(&line, "<%d>", (int)level);
	else
		buffer_printf(
		    &line, "%s: %s", log_program, level == LOG_LEVEL_WARNING ? "warning: " : "");
	escape_terminal(&line, buffer_slice(&text));
	buffer_char(&line, '\n');
	fwrite(line.p, 1, line.n, stderr);
}

void log_diag(const struct diag *d)
{
	_cleanup_buffer_ struct buffer text = {0};

	diag_text(d, &text);
	log_error("%s", buffer_text(&text));
}
