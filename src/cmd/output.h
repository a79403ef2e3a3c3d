/* SPDX-License-Identifier: ISC */
#pragma once

/* Standard output at the end of a program: what did not arrive there is a failure, as a script
 * would take half of a list for all of it.
 *
 * Returns code, or EXIT_FAILED, said once, if something that was printed could not be written. */

int output_end(int code);
