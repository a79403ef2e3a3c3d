-- SPDX-License-Identifier: ISC
-- Peers of the days ?1 <= day < ?2, along the index that keeps them unique.
SELECT day, peer, user, domain, tuple, name, net, weak, first_seen, last_seen, handshakes, sessions,
	sessions_mail, failures
FROM peer_day
WHERE day >= ?1 AND day < ?2 AND handshakes + sessions + failures > 0
ORDER BY day, peer, user, domain, tuple;
