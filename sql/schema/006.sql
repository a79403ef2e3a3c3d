-- SPDX-License-Identifier: ISC
--
-- Schema 6: when a log was read last, so that what only logs of these days need can go: what tells
-- how far one that lost its end had been counted, and how far a part of one is.

ALTER TABLE stream ADD COLUMN last_read INTEGER NOT NULL DEFAULT 0;
UPDATE stream SET last_read = CAST(strftime('%s', 'now') AS INTEGER);
