/* SPDX-License-Identifier: ISC */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "parse/regex.h"

#include "base/memory.h"
#include <errno.h>
#include <pcre2.h>
#include <stdlib.h>

/* Above what any shipped pattern needs on a line of 64 KiB (machine code counts each step back in a
 * repetition, the interpreter only some); a line that takes all of it costs milliseconds. */
#define MATCH_LIMIT 1000000
#define DEPTH_LIMIT 2000
#define JIT_STACK_MAX (512 * 1024)
#define OFTEN 64 /* matches */

#define OPTIONS                                                                                    \
	(PCRE2_ANCHORED | PCRE2_DOLLAR_ENDONLY | PCRE2_DUPNAMES | PCRE2_NEVER_UTF |                \
	    PCRE2_NEVER_BACKSLASH_C)

struct regex {
	pcre2_code *code;
	uint32_t options;
	unsigned matches; /* by the interpreter, until OFTEN */
	bool jit;
	struct slice expression;
};

struct regex_memory {
	pcre2_match_data *data;
	const size_t *ends; /* of the groups, in data */
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
};

struct regex *regex_free(struct regex *r)
{
	if (!r)
		return NULL;
	pcre2_code_free(r->code);
	free((char *)r->expression.p);
	free(r);
	return NULL;
}

static pcre2_code *compile(
    struct slice expression, uint32_t options, int *ret_error, size_t *ret_at)
{
	return pcre2_compile(
	    (PCRE2_SPTR)expression.p, expression.n, options, ret_error, ret_at, NULL);
}

int regex_compile(struct slice expression, bool whole, struct regex **ret, struct diag *d)
{
	uint32_t options = OPTIONS | (whole ? PCRE2_ENDANCHORED : 0), groups = 0;
	PCRE2_UCHAR message[160];
	size_t at = 0;
	int error = 0;
	pcre2_code *code = compile(expression, options, &error, &at);
	struct regex *r;

	if (!code) {
		size_t from = at > 30 ? at - 30 : 0;

		pcre2_get_error_message(error, message, sizeof(message));
		return diag_set(d, EINVAL, NULL, 0, 0, "%s, after `%.*s`", (char *)message,
		    (int)(at - from), expression.p + from);
	}
	pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
	if (groups >= REGEX_GROUPS_MAX) {
		pcre2_code_free(code);
		return diag_set(d, EINVAL, NULL, 0, 0, "more than %d groups", REGEX_GROUPS_MAX - 1);
	}
	r = memory_alloc(sizeof(*r));
	r->code = code;
	r->options = options;
	r->expression = (struct slice){memory_copy(expression.p, expression.n), expression.n};
	if (getenv("MAILTLS_NO_JIT"))
		r->matches = OFTEN;
	*ret = r;
	return 0;
}

static void compile_now(struct regex *r)
{
	r->jit = pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE) == 0;
	r->matches = OFTEN;
}

bool regex_hurry(struct regex *r)
{
	if (r->matches < OFTEN)
		compile_now(r);
	return r->jit;
}

bool regex_can_hurry(void)
{
	struct diag none = {0};
	struct regex *r;
	bool can;

	if (regex_compile(SLICE("x"), false, &r, &none) < 0)
		return false;
	can = regex_hurry(r);
	regex_free(r);
	return can;
}

static pcre2_match_context *new_context(uint32_t match_limit, uint32_t depth_limit)
{
	pcre2_match_context *context = pcre2_match_context_create(NULL);

	pcre2_set_match_limit(context, match_limit);
	pcre2_set_depth_limit(context, depth_limit);
	return context;
}

struct regex_memory *regex_memory_new(void)
{
	struct regex_memory *m = memory_alloc(sizeof(*m));

	m->data = pcre2_match_data_create(REGEX_GROUPS_MAX, NULL);
	m->ends = pcre2_get_ovector_pointer(m->data);
	m->context = new_context(MATCH_LIMIT, DEPTH_LIMIT);
	m->stack = pcre2_jit_stack_create(32 * 1024, JIT_STACK_MAX, NULL);
	pcre2_jit_stack_assign(m->context, NULL, m->stack);
	return m;
}

struct regex_memory *regex_memory_free(struct regex_memory *m)
{
	if (!m)
		return NULL;
	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->context);
	pcre2_jit_stack_free(m->stack);
	free(m);
	return NULL;
}

int regex_match(struct regex *r, struct slice subject, struct regex_memory *m)
{
	PCRE2_SPTR text = (PCRE2_SPTR)(subject.p ? subject.p : "");
	int n;

	if (r->matches < OFTEN && ++r->matches == OFTEN)
		compile_now(r);
	n = r->jit ? pcre2_jit_match(r->code, text, subject.n, 0, 0, m->data, m->context)
		   : pcre2_match(r->code, text, subject.n, 0, 0, m->data, m->context);
	/* The machine code's stack may be too small for a line that the interpreter's limits allow.
	 */
	if (n == PCRE2_ERROR_JIT_STACKLIMIT)
		n = pcre2_match(r->code, text, subject.n, 0, PCRE2_NO_JIT, m->data, m->context);
	if (n > 0)
		return REGEX_MATCH;
	return n == PCRE2_ERROR_NOMATCH ? REGEX_NO_MATCH : REGEX_LIMIT;
}

struct slice regex_group(const struct regex_memory *m, struct slice subject, unsigned number)
{
	const size_t *ends = m->ends + 2 * number;

	if (ends[0] == PCRE2_UNSET)
		return SLICE_NONE;
	return (struct slice){subject.p + ends[0], ends[1] - ends[0]};
}

void regex_names(const struct regex *r,
    void (*name)(void *context, const char *name, unsigned number), void *context)
{
	const char *by_number[REGEX_GROUPS_MAX] = {NULL};
	uint32_t count = 0, size = 0;
	PCRE2_SPTR table = NULL;

	pcre2_pattern_info(r->code, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(r->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(r->code, PCRE2_INFO_NAMETABLE, &table);
	for (uint32_t i = 0; i < count; i++) {
		const unsigned char *row = table + (size_t)i * size;

		by_number[row[0] << 8 | row[1]] = (const char *)row + 2;
	}
	for (unsigned i = 1; i < REGEX_GROUPS_MAX; i++)
		if (by_number[i])
			name(context, by_number[i], i);
}

static int keep_furthest(pcre2_callout_block *block, void *context)
{
	size_t *furthest = context;

	if (block->current_position > *furthest)
		*furthest = block->current_position;
	return 0;
}

size_t regex_furthest(const struct regex *r, struct slice subject)
{
	size_t furthest = 0, at;
	int error;
	pcre2_code *code = compile(
	    r->expression, r->options | PCRE2_AUTO_CALLOUT | PCRE2_NO_START_OPTIMIZE, &error, &at);
	pcre2_match_data *data;
	pcre2_match_context *context;

	if (!code)
		return 0;
	data = pcre2_match_data_create_from_pattern(code, NULL);
	context = new_context(MATCH_LIMIT, DEPTH_LIMIT);
	pcre2_set_callout(context, keep_furthest, &furthest);
	pcre2_match(code, (PCRE2_SPTR)subject.p, subject.n, 0, PCRE2_NO_JIT, data, context);
	pcre2_match_context_free(context);
	pcre2_match_data_free(data);
	pcre2_code_free(code);
	return furthest;
}

unsigned regex_steps(const struct regex *r, struct slice subject, unsigned limit)
{
	unsigned low = 0, high = limit;
	size_t at;
	int error;
	pcre2_code *code =
	    compile(r->expression, r->options | PCRE2_NO_START_OPTIMIZE, &error, &at);
	pcre2_match_data *data;
	pcre2_match_context *context;

	if (!code)
		return limit;
	data = pcre2_match_data_create_from_pattern(code, NULL);
	context = new_context(limit, limit);
	while (high - low > 1) {
		unsigned middle = low + (high - low) / 2;

		pcre2_set_match_limit(context, middle);
		if (pcre2_match(code, (PCRE2_SPTR)subject.p, subject.n, 0, PCRE2_NO_JIT, data,
			context) == PCRE2_ERROR_MATCHLIMIT)
			low = middle;
		else
			high = middle;
	}
	pcre2_match_context_free(context);
	pcre2_match_data_free(data);
	pcre2_code_free(code);
	return high;
}

struct slice regex_expression(const struct regex *r)
{
	return r->expression;
}
