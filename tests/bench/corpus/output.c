/* SPDX-License-Identifier: ISC */
#include "output.h"
#include "suite.h"
#include "world.h"
#include <err.h>
#include <string.h>
#include <unistd.h>

static const char hex[] = "0123456789abcdef";
static const char hex_upper[] = "0123456789ABCDEF";
static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void put(struct output *o, const char *text, size_t n)
{
	memcpy(o->block + o->n, text, n);
	o->n += n;
}

static void put_text(struct output *o, const char *text)
{
	put(o, text, strlen(text));
}

static void put_number(struct output *o, uint32_t value, int digits)
{
	char text[10];
	int i = sizeof(text);

	do {
		text[--i] = '0' + value % 10;
		value /= 10;
	} while (value > 0 || (int)sizeof(text) - i < digits);
	put(o, text + i, sizeof(text) - i);
}

/* The low bits of value, the lowest first: it is only an id. */
static void put_id(struct output *o, uint64_t value, int characters, int bits, const char *alphabet)
{
	for (int i = 0; i < characters; i++, value >>= bits)
		o->block[o->n++] = alphabet[value & ((1u << bits) - 1)];
}

static void put_peer(struct output *o, const struct peer *peer)
{
	put_text(o, peer->name);
	o->block[o->n++] = '[';
	put_text(o, peer->address);
	o->block[o->n++] = ']';
}

static void put_suite(struct output *o, const struct suite *suite)
{
	put_text(o, suite->protocol);
	put_text(o, " with cipher ");
	put_text(o, suite->cipher);
	put_text(o, " (");
	put_text(o, suite->bits);
	put_text(o, " bits)");
}

static void put_message_id(struct output *o, uint64_t value)
{
	static const char letters[] =
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz09";

	o->block[o->n++] = '1';
	put_id(o, value, 5, 6, letters);
	o->block[o->n++] = '-';
	put_id(o, value >> 30, 4, 6, letters);
	put_text(o, "m9-1P");
}

static void put_exim_suite(struct output *o, const struct suite *suite)
{
	put_text(o, suite->protocol);
	o->block[o->n++] = ':';
	put_text(o, suite->cipher);
	o->block[o->n++] = ':';
	put_text(o, suite->bits);
	put_text(o, suite->resumed);
}

/* What the formatter draws; false if letter is none of that. */
static bool put_drawn(struct output *o, char letter, va_list *arguments)
{
	switch (letter) {
	case 'r':
		put_number(o, random_below(o->random, va_arg(*arguments, uint32_t)), 1);
		return true;
	case 'u':
		put_text(o, world_user(o->world, o->random));
		return true;
	case 'Q':
		put_id(o, random_next(o->random), 10, 4, hex_upper);
		return true;
	case 'X':
		put_id(o, random_next(o->random), 16, 4, hex);
		return true;
	case 'B':
		put_id(o, random_next(o->random), 11, 6, base64);
		return true;
	default:
		return false;
	}
}

static bool put_given(struct output *o, char letter, va_list *arguments)
{
	switch (letter) {
	case 's':
		put_text(o, va_arg(*arguments, const char *));
		return true;
	case 'd':
		put_number(o, va_arg(*arguments, uint32_t), 1);
		return true;
	case '6':
		put_number(o, va_arg(*arguments, uint32_t), 6);
		return true;
	case 'q':
		put_id(o, va_arg(*arguments, uint64_t), 10, 4, hex_upper);
		return true;
	case 'x':
		put_id(o, va_arg(*arguments, uint64_t), 16, 4, hex);
		return true;
	case 'b':
		put_id(o, va_arg(*arguments, uint64_t), 11, 6, base64);
		return true;
	case 'i':
		put_message_id(o, va_arg(*arguments, uint64_t));
		return true;
	default:
		return false;
	}
}

static bool put_who_and_how(struct output *o, char letter, va_list *arguments)
{
	switch (letter) {
	case 'n':
		put_text(o, va_arg(*arguments, const struct peer *)->name);
		return true;
	case 'a':
		put_text(o, va_arg(*arguments, const struct peer *)->address);
		return true;
	case 'p':
		put_peer(o, va_arg(*arguments, const struct peer *));
		return true;
	case 'c':
		put_suite(o, va_arg(*arguments, const struct suite *));
		return true;
	case 'k':
		put_exim_suite(o, va_arg(*arguments, const struct suite *));
		return true;
	default:
		return false;
	}
}

void output_vformat(struct output *o, const char *format, va_list given)
{
	va_list arguments;

	va_copy(arguments, given);
	for (const char *p = format; *p; p++) {
		if (*p != '%' || *++p == '%')
			o->block[o->n++] = *p;
		else if (!put_given(o, *p, &arguments) && !put_who_and_how(o, *p, &arguments) &&
			 !put_drawn(o, *p, &arguments))
			errx(1, "no such letter in a line's format: \"%s\"", format);
	}
	va_end(arguments);
}

void output_format(struct output *o, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	output_vformat(o, format, arguments);
	va_end(arguments);
}

void output_flush(struct output *o)
{
	size_t done = 0;

	while (done < o->n) {
		ssize_t n = write(o->fd, o->block + done, o->n - done);

		if (n < 0)
			err(1, "the corpus cannot be written");
		done += n;
	}
	o->written += o->n;
	o->n = 0;
}

void output_end_line(struct output *o)
{
	o->block[o->n++] = '\n';
	if (o->n >= OUTPUT_BLOCK)
		output_flush(o);
}
