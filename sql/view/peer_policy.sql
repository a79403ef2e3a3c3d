-- SPDX-License-Identifier: ISC
CREATE VIEW peer_policy AS
-- Which peers are kept: off, weak or all, since when, what weak means, and how their addresses are
-- shortened before they are stored.
SELECT max(iif(key = 'peers', value, NULL)) AS peers,
	strftime('%Y-%m-%dT%H:%M:%SZ', max(iif(key = 'peers_changed', value, NULL)), 'unixepoch')
		AS since_utc,
	max(iif(key = 'peers_weak', value, NULL)) AS weak,
	max(iif(key = 'peer_addresses', value, NULL)) AS addresses
FROM meta WHERE key IN ('peers', 'peers_changed', 'peers_weak', 'peer_addresses');
