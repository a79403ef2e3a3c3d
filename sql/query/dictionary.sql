-- SPDX-License-Identifier: ISC
-- All tuples in the fixed order of a report's rows.  The canonical names are worked out by the
-- program that reads, not taken from `derived`, so an old store is read with today's knowledge.
SELECT id, host, mta, fact, direction, service, unit, internal, protocol, cipher, bits, group_name,
	signature, verify, resumed, mail, auth, reason
FROM tuple
ORDER BY host, mta, fact, direction, service, unit, internal, protocol, cipher, bits, group_name,
	signature, verify, resumed, mail, auth, reason;
