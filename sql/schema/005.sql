-- SPDX-License-Identifier: ISC
--
-- Schema 5: the files of a folder of journals are read one by one; sessions that were ended early are
-- told, as more were open at once than there is room for.  What came of them later is counted
-- without what came before.

ALTER TABLE source ADD COLUMN evicted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE import_log ADD COLUMN evicted INTEGER NOT NULL DEFAULT 0;

-- How far each journal file was read, whatever it is called: file is the identity in its header.
CREATE TABLE journal_file (
	file TEXT PRIMARY KEY,
	source INTEGER NOT NULL REFERENCES source (id), -- that read it last
	cursor TEXT NOT NULL,      -- of the entry that was read last
	realtime INTEGER NOT NULL, -- of that entry, microseconds
	ended INTEGER NOT NULL     -- 1: nothing more is to come of it
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_file_source ON journal_file (source);
