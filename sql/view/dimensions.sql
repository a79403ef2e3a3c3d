-- SPDX-License-Identifier: ISC
CREATE VIEW dimensions AS
-- All combinations of dimensions: as logged (*_raw), and by their canonical names.  NULL: the log
-- does not tell.
SELECT
	t.id AS tuple, t.fact,
	t.host, t.mta,
	nullif(t.direction, 'unknown') AS direction,
	nullif(t.service, 'unknown') AS service,
	nullif(t.unit, 'unknown') AS unit,
	t.internal,
	coalesce(d.protocol, 'unknown') AS protocol,
	nullif(t.protocol, '') AS protocol_raw,
	nullif(coalesce(d.cipher, t.cipher), '') AS cipher,
	nullif(t.cipher, '') AS cipher_raw,
	nullif(d.kx, '?') AS kx, nullif(d.auth, '?') AS cipher_auth, nullif(d.enc, '?') AS enc,
	nullif(d.mode, '?') AS mode, nullif(d.mac, '?') AS mac, d.pfs, d.aead,
	nullif(t.bits, -1) AS bits,
	nullif(coalesce(d.group_name, t.group_name), '') AS group_name,
	nullif(d.pq, '') AS post_quantum,
	nullif(coalesce(d.signature, t.signature), '') AS signature,
	nullif(t.verify, 'unknown') AS verify,
	nullif(t.resumed, -1) AS resumed,
	nullif(t.mail, -1) AS mail,
	nullif(t.auth, -1) AS auth,
	nullif(t.reason, '') AS reason
FROM tuple t LEFT JOIN derived d ON d.tuple = t.id;
