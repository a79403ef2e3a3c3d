-- SPDX-License-Identifier: ISC
--
-- Schema 4: hours that are old are rolled up into days.
--
-- A day is one of the store's zone, kept as the UTC second it begins at; an hour belongs to the day
-- that it begins in.  All hours before meta.rolled_until are in days, all others, and hour 0, are
-- hours.  What an import added (import_count, import_coverage) carries the day where the counter
-- does.

-- meta.zone is that of the machine, or the configuration's, until the first hours are rolled up.
INSERT INTO meta VALUES ('rolled_until', 0);

CREATE TABLE count_day (
	day INTEGER NOT NULL,
	tuple INTEGER NOT NULL REFERENCES tuple (id),
	n INTEGER NOT NULL CHECK (n >= 0),
	rev INTEGER NOT NULL,
	PRIMARY KEY (day, tuple)
) STRICT, WITHOUT ROWID;

CREATE TABLE coverage_day (
	origin INTEGER NOT NULL REFERENCES origin (id),
	day INTEGER NOT NULL,
	matched INTEGER NOT NULL,
	ignored INTEGER NOT NULL,
	near_miss INTEGER NOT NULL,
	limit_hit INTEGER NOT NULL,
	PRIMARY KEY (origin, day)
) STRICT, WITHOUT ROWID;

-- Which sources speak of a host and MTA.
CREATE INDEX origin_host ON origin (host, mta);

DROP VIEW handshake;
DROP VIEW session;
DROP VIEW failure;
DROP VIEW handshakes_by_day;
DROP VIEW coverage_by_day;

CREATE VIEW counters AS
-- All counters: n of that combination in the hour, or where hours were rolled up in the day, that
-- begins at that second.  span says which.
SELECT hour AS time, 'hour' AS span, tuple, n FROM count
UNION ALL
SELECT day, 'day', tuple, n FROM count_day;

CREATE VIEW handshake AS
-- TLS connections that were established: n of this combination in the hour that begins at
-- hour_utc, or in the day that begins then (span says which).  NULL: the log does not tell
-- (hour_utc: its stamp cannot be true).
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', nullif(c.time, 0), 'unixepoch') AS hour_utc, c.span, c.n,
	d.host, d.mta, d.direction, d.service, d.unit, d.internal,
	d.protocol, d.cipher, d.bits, d.kx, d.cipher_auth, d.enc, d.mode, d.mac, d.pfs, d.aead,
	d.group_name, d.post_quantum, d.signature, d.verify, d.resumed,
	d.protocol_raw, d.cipher_raw
FROM counters c JOIN dimensions d ON d.tuple = c.tuple
WHERE d.fact = 'handshake' AND c.n > 0;

CREATE VIEW session AS
-- What was carried: sessions, messages, deliveries or logins (unit says which; never add different
-- units).  protocol 'none' is clear text, 'unknown' is encrypted and the log does not say how.
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', nullif(c.time, 0), 'unixepoch') AS hour_utc, c.span, c.n,
	d.host, d.mta, d.direction, d.service, d.unit, d.internal,
	d.protocol, d.cipher, d.bits, d.kx, d.cipher_auth, d.enc, d.mode, d.mac, d.pfs, d.aead,
	d.group_name, d.post_quantum, d.signature, d.verify, d.resumed, d.mail, d.auth,
	d.protocol_raw, d.cipher_raw
FROM counters c JOIN dimensions d ON d.tuple = c.tuple
WHERE d.fact = 'session' AND c.n > 0;

CREATE VIEW failure AS
-- Handshakes that did not complete, and refusals by policy, by class of reason.
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', nullif(c.time, 0), 'unixepoch') AS hour_utc, c.span, c.n,
	d.host, d.mta, d.direction, d.service, d.unit, d.internal, d.reason,
	d.protocol, d.cipher, d.protocol_raw, d.cipher_raw
FROM counters c JOIN dimensions d ON d.tuple = c.tuple
WHERE d.fact = 'failure' AND c.n > 0;

CREATE VIEW handshakes_by_day AS
-- Handshakes of each UTC day by direction, service and protocol; internal ones left out.  A day of
-- the store's zone counts for the UTC day that its noon is in.
SELECT date(iif(c.span = 'day', c.time + 43200, c.time), 'unixepoch') AS day_utc, d.direction,
	d.service, d.protocol, sum(c.n) AS n
FROM counters c JOIN dimensions d ON d.tuple = c.tuple
WHERE d.fact = 'handshake' AND c.n > 0 AND c.time > 0 AND d.internal = 0
GROUP BY 1, 2, 3, 4;

CREATE VIEW coverage_by_day AS
-- What became of the lines that looked like TLS, by UTC day, source, host and MTA.  near_miss:
-- speaks of TLS and no pattern took it.  limit_hit: a pattern gave up on it.  A day of the store's
-- zone counts for the UTC day that its noon is in.
SELECT date(nullif(c.time, 0), 'unixepoch') AS day_utc, s.class, s.name AS source, o.host, o.mta,
	sum(c.matched) AS matched, sum(c.ignored) AS ignored, sum(c.near_miss) AS near_miss,
	sum(c.limit_hit) AS limit_hit
FROM (
	SELECT origin, hour AS time, matched, ignored, near_miss, limit_hit FROM coverage
	UNION ALL
	SELECT origin, day + 43200, matched, ignored, near_miss, limit_hit FROM coverage_day
) c JOIN origin o ON o.id = c.origin JOIN source s ON s.id = o.source
GROUP BY 1, 2, 3, 4, 5;
