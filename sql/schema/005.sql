-- SPDX-License-Identifier: ISC
--
-- Schema 5: sessions that were ended early, as more were open at once than there is room for.  What
-- came of them later is counted without what came before.

ALTER TABLE source ADD COLUMN evicted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE import_log ADD COLUMN evicted INTEGER NOT NULL DEFAULT 0;
