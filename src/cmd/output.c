/* SPDX-License-Identifier: ISC */
#include "cmd/output.h"

#include "base/log.h"
#include "cmd/options.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

int output_end(int code)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	/* An earlier write failed: its cause is no longer known. */
	log_error("cannot write to standard output: %s",
	    errno ? strerror(errno) : "an earlier write failed");
	return EXIT_FAILED;
}
