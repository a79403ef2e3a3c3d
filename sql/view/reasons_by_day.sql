-- SPDX-License-Identifier: ISC
CREATE VIEW reasons_by_day AS
-- Failures of each UTC day by class of reason and by the words that were logged.  raw NULL: none
-- were; '(other)': beyond the bound of a day.
SELECT date(nullif(day, 0), 'unixepoch') AS day_utc, mta,
	nullif(direction, 'unknown') AS direction, nullif(service, 'unknown') AS service, internal,
	nullif(reason, '') AS reason, nullif(raw, '') AS raw, n
FROM reason_day;
