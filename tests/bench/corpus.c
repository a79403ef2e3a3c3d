/* SPDX-License-Identifier: ISC */

/* corpus: writes a mail log of any size and the true counts of what is in it.
 *
 *   corpus [--mode MODE] [--seed N] [--bytes N] --out FILE --truth FILE
 *
 * Mode journal writes entries for systemd-journal-remote.  The same mode, seed and size give the
 * same bytes on every machine.  The log is at least as long as asked for: when it is, no session
 * begins any more and those that are open end. */

#include "corpus/corpus.h"
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JOURNAL_BOOT 1740000000 /* before the first line */

static void head_rfc3164(struct corpus *c, const struct session *s, const char *ident, uint32_t pid)
{
	output_format(&c->output, "%s %s %s[%d]: ", c->stamp.rfc3164, s->host->name, ident, pid);
}

static void head_rfc3339(struct corpus *c, const struct session *s, const char *ident, uint32_t pid)
{
	output_format(&c->output, "%sT%s.%6+00:00 %s %s[%d]: ", c->stamp.iso_day, c->stamp.hms,
	    (uint32_t)(c->stamp.microseconds % 1000000), s->host->name, ident, pid);
}

static void head_exim(struct corpus *c, const struct session *s, const char *ident, uint32_t pid)
{
	(void)s, (void)ident, (void)pid;
	output_format(&c->output, "%s %s ", c->stamp.iso_day, c->stamp.hms);
}

/* A login process speaks for nobody yet; the others name user, process and session. */
static void dovecot_process(struct corpus *c, const struct session *s, const char *process)
{
	if (strchr(process, '-'))
		output_format(&c->output, "%s: ", process);
	else
		output_format(&c->output, "%s(%s)<%d><%b>: ", process, s->user, s->pid, s->id);
}

static void dovecot_rfc3164(struct corpus *c, const struct session *s, const char *process)
{
	output_format(&c->output, "%s %s dovecot: ", c->stamp.rfc3164, s->host->name);
	dovecot_process(c, s, process);
}

static void dovecot_rfc3339(struct corpus *c, const struct session *s, const char *process)
{
	output_format(&c->output, "%sT%s.%6+00:00 %s dovecot: ", c->stamp.iso_day, c->stamp.hms,
	    (uint32_t)(c->stamp.microseconds % 1000000), s->host->name);
	dovecot_process(c, s, process);
}

static void dovecot_own(struct corpus *c, const struct session *s, const char *process)
{
	output_format(&c->output, "%s ", c->stamp.zero_padded);
	dovecot_process(c, s, process);
	output_format(&c->output, "Info: ");
}

/* An entry of the journal's export format, with the fields that journald adds to a daemon's. */
static void journal_entry(
    struct corpus *c, const struct session *s, const char *ident, const char *unit, uint32_t pid)
{
	uint32_t seconds = (uint32_t)(c->stamp.microseconds / 1000000);

	output_format(&c->output,
	    "__REALTIME_TIMESTAMP=%d%6\n__MONOTONIC_TIMESTAMP=%d%6\n"
	    "_BOOT_ID=0f0e0d0c0b0a09080706050403020100\n"
	    "_MACHINE_ID=000102030405060708090a0b0c0d0e0f\n_HOSTNAME=%s\n_TRANSPORT=syslog\n"
	    "PRIORITY=6\nSYSLOG_FACILITY=2\nSYSLOG_IDENTIFIER=%s\n_SYSTEMD_UNIT=%s\n"
	    "_SYSTEMD_CGROUP=/system.slice/%s\n_SYSTEMD_SLICE=system.slice\n"
	    "_SYSTEMD_INVOCATION_ID=5d0a1f6f0c1c4f1f8a6a2b3c4d5e6f70\n_UID=0\n_GID=0\n"
	    "_CAP_EFFECTIVE=0\n_SELINUX_CONTEXT=unconfined\n",
	    seconds, (uint32_t)(c->stamp.microseconds % 1000000), seconds - JOURNAL_BOOT,
	    (uint32_t)(c->stamp.microseconds % 1000000), s->host->name, ident, unit, unit);
	if (pid)
		output_format(&c->output, "SYSLOG_PID=%d\n_PID=%d\n", pid, pid);
	output_format(&c->output, "MESSAGE=");
}

static void head_journal(struct corpus *c, const struct session *s, const char *ident, uint32_t pid)
{
	journal_entry(c, s, ident, "postfix@-.service", pid);
}

static void dovecot_journal(struct corpus *c, const struct session *s, const char *process)
{
	journal_entry(c, s, "dovecot", "dovecot.service", 790);
	dovecot_process(c, s, process);
}

static const struct script *const mail_server[] = {postfix_scripts, dovecot_scripts, NULL};
static const struct script *const only_postfix[] = {postfix_scripts, NULL};
static const struct script *const only_exim[] = {exim_scripts, NULL};
static const struct script *const only_dovecot[] = {dovecot_scripts, NULL};
static const struct script *const no_tls[] = {quiet_scripts, NULL};
static const struct script *const strangers[] = {hostile_scripts, NULL};

static const struct mode modes[] = {
    {"mixed", mail_server, head_rfc3164, dovecot_rfc3164, 1, false},
    {"postfix-rfc3339", only_postfix, head_rfc3339, dovecot_rfc3339, 1, false},
    {"exim", only_exim, head_exim, dovecot_own, 1, false},
    {"dovecot", only_dovecot, head_rfc3164, dovecot_own, 1, false},
    {"hosts", mail_server, head_rfc3339, dovecot_rfc3339, WORLD_HOSTS, false},
    {"journal", mail_server, head_journal, dovecot_journal, 1, true},
    {"quiet", no_tls, head_rfc3164, dovecot_rfc3164, 1, false},
    {"hostile", strangers, head_rfc3164, dovecot_rfc3164, 1, false},
};

static void end_line(struct corpus *c)
{
	if (c->mode->entries)
		output_format(&c->output, "\n");
	output_end_line(&c->output);
	c->lines++;
	stamp_advance(&c->stamp, &c->random);
}

void corpus_line(struct corpus *c, const struct session *s, const char *ident, uint32_t pid,
    const char *format, ...)
{
	va_list arguments;

	c->mode->head(c, s, ident, pid);
	va_start(arguments, format);
	output_vformat(&c->output, format, arguments);
	va_end(arguments);
	end_line(c);
}

void corpus_dovecot_line(
    struct corpus *c, const struct session *s, const char *process, const char *format, ...)
{
	va_list arguments;

	c->mode->dovecot_head(c, s, process);
	va_start(arguments, format);
	output_vformat(&c->output, format, arguments);
	va_end(arguments);
	end_line(c);
}

static const struct peer *peer_pick(struct corpus *c)
{
	return &c->world.peer[random_skewed(&c->random, WORLD_PEERS)];
}

static const struct script *script_pick(struct corpus *c)
{
	uint32_t draw = random_below(&c->random, c->weights);

	for (const struct script *const *list = c->mode->scripts; *list; list++) {
		for (const struct script *script = *list; script->weight > 0; script++) {
			if (draw < script->weight)
				return script;
			draw -= script->weight;
		}
	}
	abort();
}

/* A process serves one after another, as servers keep theirs for a while. */
static void session_begin(struct corpus *c, struct session *s)
{
	uint32_t pid = s->pid;

	if (pid == 0 || random_percent(&c->random, 10))
		pid = c->last_pid = (c->last_pid + 10) % 4000000 + 1000;
	*s = (struct session){.pid = pid, .protocol = "none"};
	s->script = script_pick(c);
	s->host = &c->world.host[random_below(&c->random, c->mode->hosts)];
	s->peer = peer_pick(c);
	s->hop = peer_pick(c);
	s->user = world_user(&c->world, &c->random);
	s->id = random_next(&c->random);
}

static bool session_ended(const struct session *s)
{
	return !s->script || !s->script->step[s->next];
}

static void session_step(struct corpus *c, struct session *s)
{
	step_fn step = s->script->step[s->next++];

	step(c, s);
}

static void corpus_write(struct corpus *c, uint64_t bytes)
{
	stamp_start(&c->stamp);
	world_make(&c->world, &c->random);
	for (const struct script *const *list = c->mode->scripts; *list; list++)
		for (const struct script *script = *list; script->weight > 0; script++)
			c->weights += script->weight;

	while (c->output.written + c->output.n < bytes) {
		struct session *s = &c->session[random_below(&c->random, CORPUS_SESSIONS)];

		if (session_ended(s))
			session_begin(c, s);
		session_step(c, s);
	}
	for (int i = 0; i < CORPUS_SESSIONS; i++)
		while (!session_ended(&c->session[i]))
			session_step(c, &c->session[i]);
	output_flush(&c->output);
}

static const struct mode *mode_find(const char *name)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(modes[i].name, name) == 0)
			return &modes[i];
	errx(2,
	    "no mode \"%s\": expected mixed, postfix-rfc3339, exim, dovecot, hosts, journal, quiet "
	    "or hostile",
	    name);
}

static uint64_t number(const char *option, const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 10);

	if (*text < '0' || *text > '9' || *end)
		errx(2, "%s takes a number, not \"%s\"", option, text);
	return value;
}

struct options {
	const char *out, *truth;
	uint64_t bytes;
};

static void options_read(struct corpus *c, struct options *o, int argc, char **argv)
{
	static const struct option table[] = {{"mode", required_argument, NULL, 'm'},
	    {"seed", required_argument, NULL, 's'}, {"bytes", required_argument, NULL, 'b'},
	    {"out", required_argument, NULL, 'o'}, {"truth", required_argument, NULL, 't'},
	    {NULL, 0, NULL, 0}};

	for (int letter; (letter = getopt_long(argc, argv, "", table, NULL)) != -1;) {
		switch (letter) {
		case 'm':
			c->mode = mode_find(optarg);
			break;
		case 's':
			c->random.state = number("--seed", optarg);
			break;
		case 'b':
			o->bytes = number("--bytes", optarg);
			break;
		case 'o':
			o->out = optarg;
			break;
		case 't':
			o->truth = optarg;
			break;
		default:
			exit(2);
		}
	}
	if (!o->out || !o->truth || optind < argc)
		errx(2,
		    "usage: corpus [--mode MODE] [--seed N] [--bytes N] --out FILE --truth FILE");
}

int main(int argc, char **argv)
{
	struct corpus *c = calloc(1, sizeof(*c));
	struct options o = {.bytes = 1000000000};
	FILE *truth;

	if (!c)
		err(1, "no memory");
	c->mode = &modes[0];
	c->random.state = 2;
	options_read(c, &o, argc, argv);

	c->output.random = &c->random;
	c->output.world = &c->world;
	c->output.fd = open(o.out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (c->output.fd < 0)
		err(1, "\"%s\" cannot be written", o.out);
	truth = fopen(o.truth, "we");
	if (!truth)
		err(1, "\"%s\" cannot be written", o.truth);
	corpus_write(c, o.bytes);
	truth_print(&c->truth, truth);
	if (fclose(truth) != 0)
		err(1, "\"%s\" cannot be written", o.truth);
	if (close(c->output.fd) != 0)
		err(1, "\"%s\" cannot be written", o.out);
	fprintf(stderr, "%s: %" PRIu64 " lines, %" PRIu64 " bytes\n", o.out, c->lines,
	    c->output.written);
	free(c);
	return 0;
}
