-- SPDX-License-Identifier: ISC
CREATE VIEW imports AS
-- Every log that mailtls-import counted lines of, with what they gave.
SELECT i.id AS import, strftime('%Y-%m-%dT%H:%M:%SZ', i.time, 'unixepoch') AS time_utc, l.name,
	l.before_offset AS from_byte, l.offset AS to_byte, l.lines, l.handshakes, l.sessions,
	l.failures
FROM import i JOIN import_log l ON l.import = i.id;
