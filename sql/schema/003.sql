-- SPDX-License-Identifier: ISC
--
-- Schema 3: a service that follows sources: open sessions of each, times of which nothing is known,
-- and where it stands in journals.

-- Mail sessions that were open at the last commit, as a parser saves them, of each that reads on
-- its own: 'import', and each source that a service follows.  They have no more in common than the
-- store: a source that lags must not end another's sessions.
CREATE TABLE open_sessions (
	owner TEXT PRIMARY KEY,
	data BLOB NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO open_sessions SELECT 'import', data FROM session_state;
DROP TABLE session_state;

-- What was open before an import's log, for its undo; NULL: nothing.
ALTER TABLE import_log ADD COLUMN before_sessions BLOB;

-- Times of a source of which nothing is known, or not all: lines that were there and could not be
-- read.  n is how many, -1 where that is not known.
CREATE TABLE gap (
	id INTEGER PRIMARY KEY,
	source INTEGER NOT NULL REFERENCES source (id),
	from_time INTEGER NOT NULL, -- UTC seconds; 0: since when is not known
	to_time INTEGER NOT NULL,
	kind TEXT NOT NULL,
	n INTEGER NOT NULL,
	note TEXT NOT NULL
) STRICT;
CREATE INDEX gap_source ON gap (source);

-- Where a service stands in a journal: the entry that was read last.
CREATE TABLE journal_position (
	source INTEGER PRIMARY KEY REFERENCES source (id),
	cursor TEXT NOT NULL,
	boot TEXT NOT NULL,
	realtime INTEGER NOT NULL,  -- microseconds
	monotonic INTEGER NOT NULL  -- microseconds since the boot
) STRICT;

-- How far each boot of each machine was read, for journals that are sent more than once: monotonic
-- is the latest time that was counted, hashes are the entries of just that time.
CREATE TABLE journal_boot (
	source INTEGER NOT NULL REFERENCES source (id),
	machine TEXT NOT NULL,
	boot TEXT NOT NULL,
	monotonic INTEGER NOT NULL,
	hashes BLOB NOT NULL,
	PRIMARY KEY (source, machine, boot)
) STRICT, WITHOUT ROWID;

ALTER TABLE source ADD COLUMN followed INTEGER NOT NULL DEFAULT 0;   -- since when, 0: it is not
ALTER TABLE source ADD COLUMN last_read INTEGER NOT NULL DEFAULT 0;  -- the last commit
ALTER TABLE source ADD COLUMN last_event INTEGER NOT NULL DEFAULT 0; -- stamp of the latest line
ALTER TABLE source ADD COLUMN unfinished INTEGER NOT NULL DEFAULT 0; -- lines without their end
ALTER TABLE source ADD COLUMN untrusted INTEGER NOT NULL DEFAULT 0;  -- of senders that are not mail's
