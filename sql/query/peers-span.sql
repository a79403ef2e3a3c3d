-- SPDX-License-Identifier: ISC
-- The first and the last day of peers, and what is beyond the bounds of the days ?1 <= day < ?2.
SELECT
	coalesce((SELECT min(day) FROM peer_day WHERE day > 0), 0),
	coalesce((SELECT max(day) FROM peer_day WHERE day > 0), 0),
	(SELECT coalesce(sum(handshakes + sessions + failures), 0) FROM peer_day
		WHERE day >= ?1 AND day < ?2 AND peer = '(other)');
