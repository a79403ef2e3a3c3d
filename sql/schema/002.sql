-- SPDX-License-Identifier: ISC
--
-- Schema 2: who spoke (peers, by day), how much at a time (counters by minute), and the words of
-- failures.  Days are UTC days, kept as the second they begin at; day or minute 0 holds what was
-- counted with a stamp that cannot be true.

-- What of peers is kept: off, weak (those who proved that they do worse than peers_weak says), or
-- all, and since when; how addresses are shortened before they are stored: full, net, hash, none.
INSERT INTO meta VALUES
	('peers', 'weak'),
	('peers_changed', CAST(strftime('%s', 'now') AS INTEGER)),
	('peer_addresses', 'full'),
	('peers_weak', 'clear text with mail or a login; a failure but not-tls and lost-connection;'
		|| ' a protocol below TLSv1.2; a suite neither of TLSv1.3 nor ECDHE with AEAD');

-- Who spoke on a day: peer is an address, '' where the log told none, and '(other)' for those
-- beyond the bound of a day.  The name is but a label, the last one seen.
CREATE TABLE peer_day (
	id INTEGER PRIMARY KEY,
	day INTEGER NOT NULL,
	peer TEXT NOT NULL,
	user TEXT NOT NULL,    -- of successful logins
	domain TEXT NOT NULL,  -- of recipients, outbound
	tuple INTEGER NOT NULL REFERENCES tuple (id),
	name TEXT NOT NULL,
	net TEXT NOT NULL,     -- /24 or /48
	weak INTEGER NOT NULL,
	first_seen INTEGER NOT NULL,  -- hours
	last_seen INTEGER NOT NULL,
	handshakes INTEGER NOT NULL,
	sessions INTEGER NOT NULL,
	sessions_mail INTEGER NOT NULL,
	failures INTEGER NOT NULL,
	UNIQUE (day, peer, user, domain, tuple)
) STRICT;
CREATE INDEX peer_day_weak ON peer_day (peer) WHERE weak;

-- Whose minutes are counted together.
CREATE TABLE place (
	id INTEGER PRIMARY KEY,
	host TEXT NOT NULL,
	direction TEXT NOT NULL,
	internal INTEGER NOT NULL,
	UNIQUE (host, direction, internal)
) STRICT;

CREATE TABLE minute (
	minute INTEGER NOT NULL,
	place INTEGER NOT NULL REFERENCES place (id),
	handshakes INTEGER NOT NULL,
	failures INTEGER NOT NULL,
	PRIMARY KEY (minute, place)
) STRICT, WITHOUT ROWID;

-- The words of the TLS library or of the server, once a class and day; '(other)' for those beyond
-- the bound of a day.
CREATE TABLE reason_day (
	id INTEGER PRIMARY KEY,
	day INTEGER NOT NULL,
	mta TEXT NOT NULL,
	direction TEXT NOT NULL,
	service TEXT NOT NULL,
	internal INTEGER NOT NULL,
	reason TEXT NOT NULL,
	raw TEXT NOT NULL,
	n INTEGER NOT NULL,
	UNIQUE (day, mta, direction, service, internal, reason, raw)
) STRICT;

-- What each log of an import added to these, as import_count.
CREATE TABLE import_peer (
	log INTEGER NOT NULL REFERENCES import_log (id) ON DELETE CASCADE,
	peer_day INTEGER NOT NULL REFERENCES peer_day (id) ON DELETE CASCADE,
	first_seen INTEGER NOT NULL,
	last_seen INTEGER NOT NULL,
	handshakes INTEGER NOT NULL,
	sessions INTEGER NOT NULL,
	sessions_mail INTEGER NOT NULL,
	failures INTEGER NOT NULL,
	PRIMARY KEY (log, peer_day)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_peer_day ON import_peer (peer_day);

CREATE TABLE import_minute (
	log INTEGER NOT NULL REFERENCES import_log (id) ON DELETE CASCADE,
	minute INTEGER NOT NULL,
	place INTEGER NOT NULL REFERENCES place (id),
	handshakes INTEGER NOT NULL,
	failures INTEGER NOT NULL,
	PRIMARY KEY (log, minute, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE import_reason (
	log INTEGER NOT NULL REFERENCES import_log (id) ON DELETE CASCADE,
	reason_day INTEGER NOT NULL REFERENCES reason_day (id) ON DELETE CASCADE,
	n INTEGER NOT NULL,
	PRIMARY KEY (log, reason_day)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_reason_day ON import_reason (reason_day);
