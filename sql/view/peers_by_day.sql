-- SPDX-License-Identifier: ISC
CREATE VIEW peers_by_day AS
-- Who spoke on each UTC day, and how.  Which peers are here is said by peer_policy: with 'weak', one
-- that is not here may well have spoken.  peer NULL: the log does not tell; '(other)': beyond the
-- bound of a day.
SELECT date(nullif(p.day, 0), 'unixepoch') AS day_utc,
	nullif(p.peer, '') AS peer, nullif(p.name, '') AS name, nullif(p.net, '') AS net,
	nullif(p.user, '') AS user, nullif(p.domain, '') AS domain, p.weak,
	d.host, d.mta, d.fact, d.direction, d.service, d.unit, d.internal, d.protocol, d.cipher,
	d.reason, p.handshakes, p.sessions, p.sessions_mail, p.failures,
	strftime('%Y-%m-%dT%H:%M:%SZ', nullif(p.first_seen, 0), 'unixepoch') AS first_hour_utc,
	strftime('%Y-%m-%dT%H:%M:%SZ', nullif(p.last_seen, 0), 'unixepoch') AS last_hour_utc
FROM peer_day p JOIN dimensions d ON d.tuple = p.tuple;
