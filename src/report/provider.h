/* SPDX-License-Identifier: ISC */
#pragma once

/* The domain that the name of a peer belongs to: mail-wr1-f52.google.com is google.com.
 *
 * The last two labels, or three below a second level such as co.uk or com.br; there is no list of
 * registries behind it.  A name is what the log says of an address: a label, and no proof. */

#include "base/buffer.h"

/* Appends it in lower case; nothing for what is no name with a dot. */
void provider_of(const char *name, struct buffer *to);
