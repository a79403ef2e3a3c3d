/* SPDX-License-Identifier: ISC */
#include "cmd/config.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/yaml_read.h"
#include "cmd/config_read.h"
#include "store/peer_policy.h"
#include "store/rollup.h"
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static struct config *config_new(void)
{
	struct config *c = memory_alloc(sizeof(*c));

	c->patterns = memory_array(1, sizeof(*c->patterns));
	c->policies = memory_array(1, sizeof(*c->policies));
	c->peers = c->peer_addresses = -1;
	c->poll = 60;
	return c;
}

struct config *config_free(struct config *c)
{
	if (!c)
		return NULL;
	for (size_t i = 0; i < c->source_count; i++) {
		free(c->sources[i].path);
		free(c->sources[i].host);
		zone_free(c->sources[i].zone);
		free(c->sources[i].directory);
		free(c->sources[i].namespace);
		texts_free(c->sources[i].units);
	}
	free(c->sources);
	free(c->path);
	free(c->store);
	free(c->timezone);
	texts_free(c->patterns);
	texts_free(c->policies);
	networks_free(&c->internal);
	free(c);
	return NULL;
}

/* An empty file is no mistake: everything is as it is without one. */
static int take_tree(
    int r, const struct yaml *root, const char *name, struct config **ret, struct diag *d)
{
	_cleanup_config_ struct config *c = config_new();

	if (r == -ENODATA)
		diag_free(d);
	else if (r == 0)
		r = config_read(root, name, c, d);
	if (r < 0 && r != -ENODATA)
		return r;
	c->path = memory_string(name);
	*ret = c;
	c = NULL;
	return 0;
}

int config_parse(struct slice text, const char *name, struct config **ret, struct diag *d)
{
	_cleanup_yaml_ struct yaml *root = NULL;
	int r = yaml_tree_parse(text, name, &root, d);

	return take_tree(r, root, name, ret, d);
}

int config_load(const char *given, struct config **ret, struct diag *d)
{
	_cleanup_yaml_ struct yaml *root = NULL;
	const char *path = given ? given : getenv("MAILTLS_CONFIG");
	int r;

	if (!path || !*path) {
		path = MAILTLS_SYSCONF "/mailtls.yaml";
		/* One that this user may not read is no reason to count otherwise than root does.
		 */
		if (access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR)) {
			*ret = config_new();
			return 0;
		}
	}
	r = yaml_tree_load(path, &root, d);
	return take_tree(r, root, path, ret, d);
}

int config_open(const char *given, struct config **ret)
{
	_cleanup_diag_ struct diag d = {0};
	int r = config_load(given, ret, &d);

	if (r < 0)
		log_diag(&d);
	return r;
}

int config_settle(const struct config *c, struct store *s, int64_t now, struct diag *d)
{
	struct peer_policy policy;
	int r = c->timezone ? rollup_set_zone(s, c->timezone, d) : 0;

	if (r == -EEXIST) { /* a store that has days keeps theirs, and says so where it matters */
		diag_free(d);
		r = 0;
	}
	if (r == 0)
		r = retention_change(s, &c->retention, d);
	if (r < 0 || (c->peers < 0 && c->peer_addresses < 0))
		return r;
	r = peer_policy_read(s, &policy, d);
	if (r < 0)
		return r;
	if (c->peers >= 0)
		policy.peers = (enum peers)c->peers;
	if (c->peer_addresses >= 0)
		policy.addresses = (enum peer_addresses)c->peer_addresses;
	return peer_policy_change(s, policy.peers, policy.addresses, now, d);
}

/* mail.log, and mail.log.1, mail.log.2.gz, mail.log-20261124: what rotation makes of a name. */
static bool is_of(const char *pattern, const char *path)
{
	_cleanup_free_ char *shorter = memory_string(path);

	for (;;) {
		char *name = strrchr(shorter, '/');
		size_t cut = 0;

		if (fnmatch(pattern, shorter, FNM_PATHNAME) == 0)
			return true;
		for (size_t i = 1; name && name[i]; i++)
			if (name[i] == '.' || name[i] == '-')
				cut = i;
		if (!cut)
			return false;
		name[cut] = '\0';
	}
}

const struct config_source *config_source_of(const struct config *c, const char *path)
{
	_cleanup_free_ char *real = realpath(path, NULL);

	for (size_t i = 0; real && i < c->source_count; i++)
		if (c->sources[i].kind == CONFIG_FILES && is_of(c->sources[i].path, real))
			return &c->sources[i];
	return NULL;
}

void config_apply(const struct config *c, const char *path, bool zone_given,
    const struct zone **zone, const char **host)
{
	const struct config_source *source = config_source_of(c, path);

	if (source && source->zone && !zone_given)
		*zone = source->zone;
	if (source && source->host && !*host)
		*host = source->host;
}
