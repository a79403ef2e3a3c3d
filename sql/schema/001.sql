-- SPDX-License-Identifier: ISC
--
-- Schema 1 of the store.
--
-- Tables may change with the schema number; the views (sql/view/) are the stable interface for
-- people, the sqlite3 shell and dashboards.  Times are UTC seconds, hours the second they begin at.
-- Hour 0 holds what was counted with a stamp that cannot be true.  In texts '' and in numbers -1
-- say that the log did not tell.
--
-- Not here yet, each a table of its own in a later schema: peers by day, counters by minute, days
-- that hours are rolled up into, and which source is authoritative where two hold the same lines.

-- One of a kind: uuid, created, secret (of the content hash), rev (raised by each counting
-- transaction), derived (version of the derived names).
CREATE TABLE meta (
	key TEXT PRIMARY KEY,
	value ANY
) STRICT, WITHOUT ROWID;

-- Every combination of dimensions that was ever counted; texts are spelled as logged.  A row is
-- never deleted, so its id can be kept between transactions.
CREATE TABLE tuple (
	id INTEGER PRIMARY KEY,
	host TEXT NOT NULL,
	mta TEXT NOT NULL,
	fact TEXT NOT NULL,
	direction TEXT NOT NULL,
	service TEXT NOT NULL,
	unit TEXT NOT NULL,
	internal INTEGER NOT NULL,
	protocol TEXT NOT NULL,
	cipher TEXT NOT NULL,
	bits INTEGER NOT NULL,
	group_name TEXT NOT NULL,
	signature TEXT NOT NULL,
	verify TEXT NOT NULL,
	resumed INTEGER NOT NULL,
	mail INTEGER NOT NULL,
	auth INTEGER NOT NULL,
	reason TEXT NOT NULL,
	UNIQUE (host, mta, fact, direction, service, unit, internal, protocol, cipher, bits,
		group_name, signature, verify, resumed, mail, auth, reason)
) STRICT;

-- What the spellings of a tuple mean; made from tuple, and made anew when mailtls learns more
-- names.  Counters are never rewritten for that.
CREATE TABLE derived (
	tuple INTEGER PRIMARY KEY REFERENCES tuple (id) ON DELETE CASCADE,
	protocol TEXT NOT NULL,
	cipher TEXT NOT NULL,   -- IANA name, or as logged where it cannot be rendered
	kx TEXT,
	auth TEXT,
	enc TEXT,
	bits INTEGER,           -- by the suite's name
	mode TEXT,
	mac TEXT,
	pfs INTEGER,            -- forward secrecy
	aead INTEGER,
	group_name TEXT NOT NULL,
	pq TEXT NOT NULL,       -- post-quantum: '' no draft yes
	signature TEXT NOT NULL
) STRICT;

-- The counters.  A row taken back to 0 stays, because its rev tells a fleet that it went down.
CREATE TABLE count (
	hour INTEGER NOT NULL,
	tuple INTEGER NOT NULL REFERENCES tuple (id),
	n INTEGER NOT NULL CHECK (n >= 0),
	rev INTEGER NOT NULL,
	PRIMARY KEY (hour, tuple)
) STRICT, WITHOUT ROWID;

-- Where lines came from: a file as it was named when first read, standard input, the journal.
CREATE TABLE source (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	class TEXT NOT NULL,                   -- file, journal
	lines INTEGER NOT NULL DEFAULT 0,
	bytes INTEGER NOT NULL DEFAULT 0,      -- decompressed
	overlong INTEGER NOT NULL DEFAULT 0,   -- lines that were cut
	nul_bytes INTEGER NOT NULL DEFAULT 0,  -- skipped: holes in the file
	bad_time INTEGER NOT NULL DEFAULT 0,   -- lines with a stamp that cannot be true
	unparsed INTEGER NOT NULL DEFAULT 0,   -- lines with a header of no known kind
	UNIQUE (class, name)
) STRICT;

CREATE TABLE origin (
	id INTEGER PRIMARY KEY,
	source INTEGER NOT NULL REFERENCES source (id),
	host TEXT NOT NULL,
	mta TEXT NOT NULL,
	UNIQUE (source, host, mta)
) STRICT;

-- What became of the lines that looked like TLS, hour by hour.
CREATE TABLE coverage (
	origin INTEGER NOT NULL REFERENCES origin (id),
	hour INTEGER NOT NULL,
	matched INTEGER NOT NULL,
	ignored INTEGER NOT NULL,
	near_miss INTEGER NOT NULL,
	limit_hit INTEGER NOT NULL,
	PRIMARY KEY (origin, hour)
) STRICT, WITHOUT ROWID;

-- A log, known by its content: every byte up to `offset` is counted.  head, chain and partial are
-- keyed hashes (meta.secret).  A closed one was compressed and read to its end: it never grows.
CREATE TABLE stream (
	id INTEGER PRIMARY KEY,
	source INTEGER NOT NULL REFERENCES source (id),
	name TEXT NOT NULL,  -- as it was called last
	closed INTEGER NOT NULL,
	offset INTEGER NOT NULL,
	head_length INTEGER NOT NULL,
	head BLOB NOT NULL,
	chain BLOB NOT NULL,
	partial BLOB NOT NULL
) STRICT;
CREATE INDEX stream_head ON stream (head_length, head);

-- Earlier positions of a stream, by which a shorter copy of it is known: at each line end of its
-- first 4 KiB, every 4 MiB, and at the last 256 commits.
CREATE TABLE ladder (
	stream INTEGER NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
	offset INTEGER NOT NULL,
	chain BLOB NOT NULL,
	partial BLOB NOT NULL,
	kind TEXT NOT NULL,  -- mark: kept for good; commit: the last 256 are kept
	PRIMARY KEY (stream, offset)
) STRICT, WITHOUT ROWID;
CREATE INDEX ladder_position ON ladder (offset, partial);

-- One run of mailtls-import, and the logs that it read.  before_* is where the stream stood, so
-- that an undo can put it back; offset is where the import left it.
CREATE TABLE import (
	id INTEGER PRIMARY KEY,
	time INTEGER NOT NULL,
	arguments TEXT NOT NULL
) STRICT;

CREATE TABLE import_log (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	import INTEGER NOT NULL REFERENCES import (id) ON DELETE CASCADE,
	name TEXT NOT NULL,
	source INTEGER NOT NULL REFERENCES source (id),
	stream INTEGER NOT NULL,
	offset INTEGER NOT NULL,
	before_offset INTEGER NOT NULL,  -- 0: the stream was new
	before_closed INTEGER NOT NULL,
	before_head_length INTEGER NOT NULL,
	before_head BLOB,
	before_chain BLOB,
	before_partial BLOB,
	lines INTEGER NOT NULL DEFAULT 0,
	bytes INTEGER NOT NULL DEFAULT 0,
	overlong INTEGER NOT NULL DEFAULT 0,
	nul_bytes INTEGER NOT NULL DEFAULT 0,
	bad_time INTEGER NOT NULL DEFAULT 0,
	unparsed INTEGER NOT NULL DEFAULT 0,
	handshakes INTEGER NOT NULL DEFAULT 0,
	sessions INTEGER NOT NULL DEFAULT 0,
	failures INTEGER NOT NULL DEFAULT 0,
	pruned INTEGER NOT NULL DEFAULT 0  -- 1: its import_count rows are gone, no undo any more
) STRICT;
CREATE INDEX import_log_import ON import_log (import);
CREATE INDEX import_log_stream ON import_log (stream);

-- What each log of an import added, kept 30 days, so that it can be taken back exactly.
CREATE TABLE import_count (
	log INTEGER NOT NULL REFERENCES import_log (id) ON DELETE CASCADE,
	hour INTEGER NOT NULL,
	tuple INTEGER NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (log, hour, tuple)
) STRICT, WITHOUT ROWID;

CREATE TABLE import_coverage (
	log INTEGER NOT NULL REFERENCES import_log (id) ON DELETE CASCADE,
	origin INTEGER NOT NULL,
	hour INTEGER NOT NULL,
	matched INTEGER NOT NULL,
	ignored INTEGER NOT NULL,
	near_miss INTEGER NOT NULL,
	limit_hit INTEGER NOT NULL,
	PRIMARY KEY (log, origin, hour)
) STRICT, WITHOUT ROWID;

-- Facts whose spelling went into '(other)' because its dimension was full; log 0: of no import,
-- or of one that cannot be undone any more.
CREATE TABLE folded (
	dimension TEXT NOT NULL,
	log INTEGER NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (dimension, log)
) STRICT, WITHOUT ROWID;

-- Mail sessions that were open at the last commit, as the parser saves them, and the log of the
-- import that it belongs to (0: none).
CREATE TABLE session_state (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	log INTEGER NOT NULL,
	data BLOB NOT NULL
) STRICT;
