/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cmd/config.h"
#include "store/peer_policy.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct config *parsed(const char *text)
{
	_cleanup_diag_ struct diag d = {0};
	_cleanup_buffer_ struct buffer told = {0};
	struct config *c = NULL;

	if (config_parse(slice_of(text), "it.yaml", &c, &d) < 0) {
		diag_text(&d, &told);
		fail_msg("%s: %s", text, buffer_text(&told));
	}
	return c;
}

static void test_defaults(void **state)
{
	static const char *const texts[] = {"", "# nothing but a comment\n",
	    "sources:\ninternal:\n"
	    "retention:\n"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_config_ struct config *c = parsed(texts[i]);

		assert_string_equal(c->path, "it.yaml");
		assert_null(c->store);
		assert_null(c->timezone);
		assert_null(c->patterns[0]);
		assert_null(c->policies[0]);
		assert_int_equal(c->source_count, 0);
		assert_int_equal(c->peers, -1);
		assert_int_equal(c->peer_addresses, -1);
		assert_int_equal(c->internal.n, 0);
		assert_int_equal(c->poll, 60);
		assert_int_equal(c->retention.peers, 0);
		assert_int_equal(c->retention.imports, 0);
	}
}

static void test_everything(void **state)
{
	_cleanup_config_ struct config *c = parsed("store: /srv/m.db\n"
						   "timezone: Europe/Berlin\n"
						   "patterns: [/etc/a, /etc/b]\n"
						   "sources:\n"
						   "  - path: /var/log/mail.log\n"
						   "    host: mx1\n"
						   "    timezone: UTC\n"
						   "  - journal: local\n"
						   "    namespace: '*'\n"
						   "    units: postfix@-.service\n"
						   "    trust: units\n"
						   "  - journal: /var/log/journal/remote\n"
						   "  - journal: local\n"
						   "peers: off\n"
						   "peer_addresses: net\n"
						   "retention:\n"
						   "  reasons: forever\n"
						   "  minutes: 2d\n"
						   "  peers: 52w\n"
						   "internal: [10.0.0.0/8, 2001:db8::/32]\n"
						   "trusted_proxies: [192.0.2.80]\n"
						   "poll: 5min\n"
						   "policies: /etc/p\n");

	(void)state;
	assert_string_equal(c->store, "/srv/m.db");
	assert_string_equal(c->timezone, "Europe/Berlin");
	assert_string_equal(c->patterns[0], "/etc/a");
	assert_string_equal(c->patterns[1], "/etc/b");
	assert_null(c->patterns[2]);
	assert_string_equal(c->policies[0], "/etc/p");
	assert_null(c->policies[1]);
	assert_int_equal(c->source_count, 4);
	assert_int_equal(c->sources[0].kind, CONFIG_FILES);
	assert_string_equal(c->sources[0].path, "/var/log/mail.log");
	assert_string_equal(c->sources[0].host, "mx1");
	assert_string_equal(zone_name(c->sources[0].zone), "UTC");
	assert_int_equal(c->sources[0].line, 5);
	assert_int_equal(c->sources[1].kind, CONFIG_JOURNAL);
	assert_string_equal(c->sources[1].namespace, "*");
	assert_string_equal(c->sources[1].units[0], "postfix@-.service");
	assert_null(c->sources[1].units[1]);
	assert_int_equal(c->sources[1].trust, CONFIG_TRUST_UNITS);
	assert_null(c->sources[1].directory);
	assert_string_equal(c->sources[2].directory, "/var/log/journal/remote");
	assert_int_equal(c->sources[2].trust, CONFIG_TRUST_ANY);
	assert_null(c->sources[2].units[0]);
	assert_int_equal(c->sources[3].trust, CONFIG_TRUST_USERS);
	assert_int_equal(c->peers, PEERS_OFF);
	assert_int_equal(c->peer_addresses, PEER_ADDRESSES_NET);
	assert_true(c->retention.reasons == RETENTION_FOREVER);
	assert_int_equal(c->retention.minutes, 2 * 86400);
	assert_int_equal(c->retention.peers, 364 * 86400);
	assert_int_equal(c->retention.imports, 0);
	assert_true(networks_match(&c->internal, SLICE("10.9.9.9")));
	assert_true(networks_match(&c->internal, SLICE("2001:db8::9")));
	assert_true(networks_match(&c->internal, SLICE("192.0.2.80")));
	assert_false(networks_match(&c->internal, SLICE("192.0.2.81")));
	assert_int_equal(c->poll, 300);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
#define SOURCE                                                                                     \
	"a source is a mapping with either 'path' (a file, or a pattern such as "                  \
	"/var/log/*/mail.log) or 'journal'"
#define JOURNAL                                                                                    \
	"'journal' is local, for this machine's, or the absolute path of a folder of journal "     \
	"files"
	    {"sorces: []\n", "1:1: 'sorces' is not a key of the configuration; did you mean "
			     "'sources'?"},
	    {"store: /a\nzzz: 1\n",
		"2:1: 'zzz' is not a key of the configuration; its keys: store, timezone, sources, "
		"patterns, policies, peers, peer_addresses, retention, internal, trusted_proxies, "
		"poll"},
	    {"store: /a\npeers: weak\nstore: /b\n",
		"3:1: key 'store' is there twice, first in line 1"},
	    {"[store]\n", "1:1: the configuration is a mapping of `key: value`"},
	    {"store: mailtls.db\n",
		"1:8: 'store' is an absolute path, such as " MAILTLS_STATE "/mailtls.db"},
	    {"store: ''\n",
		"1:8: 'store' is an absolute path, such as " MAILTLS_STATE "/mailtls.db"},
	    {"store: [/a]\n", "1:8: store is a word or text"},
	    {"timezone: Europe/Berlni\n", "1:11: 'Europe/Berlni' is not a time zone known here; "
					  "names are like Europe/Berlin"},
	    {"timezone:\n", "1:10: 'timezone' is a name such as Europe/Berlin or UTC"},
	    {"policies: house\n", "1:11: 'policies' is a list of folders, each an absolute path "
				  "such as " MAILTLS_SYSCONF "/policies"},
	    {"patterns: [/a, b]\n", "1:16: 'patterns' is a list of folders, each an absolute path "
				    "such as " MAILTLS_SYSCONF "/patterns"},
	    {"peers: strong\n", "1:8: 'peers' is off, weak or all"},
	    {"peers: [all]\n", "1:8: 'peers' is off, weak or all"},
	    {"peer_addresses: hashed\n", "1:17: 'peer_addresses' is full, net, hash or none"},
	    {"retention: 90d\n", "1:12: 'retention' is a mapping of `key: value`"},
	    {"retention:\n  peer: 90d\n",
		"2:3: 'peer' is not a key of 'retention'; did you mean 'peers'?"},
	    {"retention: {peers: 12h}\n", "1:20: 'peers' is 1d at least"},
	    {"retention: {peers: 1y}\n", "1:20: '1y' has no fixed length: months and years differ; "
					 "write it in days or weeks"},
	    {"retention: {peers: 120}\n", "1:20: '120' has no unit: write 120s, 120min, 120h, 120d "
					  "or 120w"},
	    {"retention: {peers: 9999999d}\n", "1:20: 'peers' is 36600d at most"},
	    {"poll: 0s\n", "1:7: 'poll' is 1s at least"},
	    {"poll: 25h\n", "1:7: 'poll' is 1d at most"},
	    {"internal: 10.0.0.0/8\n", "1:11: 'internal' is a list"},
	    {"internal:\n  - 10.0.0.0/8\n  - 10.0.0.0/80\n",
		"3:5: '10.0.0.0/80' has no mask behind its '/': a number of bits up to 32"},
	    {"internal: [10.0.0.0/8]\ntrusted_proxies: [10.0.0.0/8]\n",
		"2:19: '10.0.0.0/8' is named twice"},
	    {"trusted_proxies: [proxy1]\n", "1:19: 'proxy1' is not a network: write 192.0.2.0/24, "
					    "2001:db8::/32 or one address"},
	    {"sources: /var/log/mail.log\n", "1:10: 'sources' is a list"},
	    {"sources: [/var/log/mail.log]\n", "1:11: " SOURCE},
	    {"sources: [{host: a}]\n", "1:11: " SOURCE},
	    {"sources: [{path: /a, journal: local}]\n", "1:11: " SOURCE},
	    {"sources: [{path: mail.log}]\n", "1:18: 'path' is an absolute path, such as "
					      "/var/log/mail.log"},
	    {"sources: [{path: /a, trust: any}]\n",
		"1:22: 'trust' is not a key of a source of files; its keys: path, host, timezone"},
	    {"sources: [{path: /a, host: ''}]\n", "1:28: 'host' is the name of a machine"},
	    {"sources: [{path: /a, timezone: CETT}]\n",
		"1:32: 'CETT' is not a time zone known here; names are like Europe/Berlin"},
	    {"sources: [{journal: remote}]\n", "1:21: " JOURNAL},
	    {"sources: [{journal: }]\n", "1:21: " JOURNAL},
	    {"sources: [{journal: local, unit: a}]\n",
		"1:28: 'unit' is not a key of a source that is a journal; did you mean 'units'?"},
	    {"sources: [{journal: local, trust: all}]\n", "1:35: 'trust' is units, users or any"},
	    {"sources: [{journal: /j, namespace: a}]\n",
		"1:36: 'namespace' is the name of a journal of this machine, or * for all: it goes "
		"with 'journal: local'"},
	    {"sources:\n  - path: /a\n  - journal: local\n  - path: /a\n    host: b\n",
		"4:5: the source of line 2 is named again"},
	    {"sources:\n  - journal: local\n  - journal: local\n",
		"3:5: the source of line 2 is named again"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_diag_ struct diag d = {0};
		_cleanup_buffer_ struct buffer told = {0};
		struct config *c = NULL;
		char says[512];

		assert_int_equal(config_parse(slice_of(rows[i].text), "it.yaml", &c, &d), -EINVAL);
		assert_null(c);
		diag_text(&d, &told);
		snprintf(says, sizeof(says), "it.yaml:%s", rows[i].says);
		assert_string_equal(buffer_text(&told), says);
	}
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void test_load(void **state)
{
	char folder[] = "/tmp/mailtls-config.XXXXXX", given[64], named[64];
	_cleanup_diag_ struct diag d = {0};
	struct config *c = NULL;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(given, sizeof(given), "%s/given.yaml", folder);
	snprintf(named, sizeof(named), "%s/named.yaml", folder);
	write_file(given, "poll: 1s\n");
	write_file(named, "poll: 2s\n");
	setenv("MAILTLS_CONFIG", named, 1);
	assert_int_equal(config_load(given, &c, &d), 0);
	assert_int_equal(c->poll, 1);
	config_free(c);
	assert_int_equal(config_load(NULL, &c, &d), 0);
	assert_int_equal(c->poll, 2);
	assert_string_equal(c->path, named);
	config_free(c);
	remove(named);
	assert_int_equal(config_load(NULL, &c, &d), -ENOENT);
	unsetenv("MAILTLS_CONFIG");
	remove(given);
	rmdir(folder);
}

static void touch(const char *folder, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	write_file(path, "");
}

static void expect_source(const struct config *c, const char *folder, const char *name, int which)
{
	char path[128];
	const struct config_source *source;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	source = config_source_of(c, path);
	if (source != (which < 0 ? NULL : &c->sources[which]))
		fail_msg("%s is of another source", name);
	remove(path);
}

static void test_source_of(void **state)
{
	static const struct {
		const char *name;
		int source;
	} rows[] = {
	    {"mail.log", 0},
	    {"mail.log.1", 0},
	    {"mail.log.12.gz", 0},
	    {"mail.log-20261124.xz", 0},
	    {"mail.logs", -1},
	    {"mail.err", -1},
	    {"mx1.log", 1},
	    {"mx1.log.1", 1},
	    {"mx12.log", -1},
	};
	char folder[] = "/tmp/mailtls-config.XXXXXX", text[256];
	_cleanup_config_ struct config *c = NULL;
	_cleanup_diag_ struct diag d = {0};

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(text, sizeof(text), "sources: [{path: %s/mail.log}, {path: '%s/mx?.log'}]", folder,
	    folder);
	assert_int_equal(config_parse(slice_of(text), "it.yaml", &c, &d), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		touch(folder, rows[i].name);
		expect_source(c, folder, rows[i].name, rows[i].source);
	}
	expect_source(c, folder, "mail.log", -1);
	rmdir(folder);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_defaults),
	    cmocka_unit_test(test_everything),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_load),
	    cmocka_unit_test(test_source_of),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
