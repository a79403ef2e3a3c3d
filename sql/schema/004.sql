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
