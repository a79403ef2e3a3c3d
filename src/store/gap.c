/* SPDX-License-Identifier: ISC */
#include "store/gap.h"

const char *gap_kind_name(enum gap_kind kind)
{
	static const char *const names[GAP_KIND_MAX] = {
	    [GAP_VANISHED] = "vanished",
	    [GAP_TRUNCATED] = "truncated",
	    [GAP_REWOUND] = "rewound",
	    [GAP_DAMAGED] = "damaged",
	    [GAP_VACUUMED] = "vacuumed",
	    [GAP_SUPPRESSED] = "suppressed",
	    [GAP_CLOCK_BACK] = "clock-back",
	    [GAP_UNCLEAR] = "unclear",
	    [GAP_READ_ERROR] = "read-error",
	};

	return names[kind];
}
