# SPDX-License-Identifier: ISC
#
# mailtls.  `make help` lists the targets.
#
# One Makefile, no recursion.  A source file is found by its folder; adding one needs no line here.
# CFLAGS, CPPFLAGS and LDFLAGS are the packager's; what the code needs is in the ALL_ variables.

VERSION = 0.1.0

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(PREFIX)/share/man
SYSCONFDIR ?= /etc
LOCALSTATEDIR ?= /var
DESTDIR ?=

BUILD ?= build
CC ?= cc
CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
WERROR ?=
# make V=1 shows whole commands.
V ?=
QUIET = $(if $(V),,@echo "  $(1) $(2)";)
SANITIZE ?=

PACKAGES = libsystemd sqlite3 libpcre2-8 yaml-0.1 smartcols jansson libxxhash zlib libzstd liblzma
LIBS = -lbz2
# Twice as fast as zlib where it is packaged.
ifeq ($(shell $(PKG_CONFIG) --exists libisal && echo yes),yes)
PACKAGES += libisal
ALL_CPPFLAGS += -DHAVE_ISAL
endif

ALL_CPPFLAGS += -Isrc -I$(BUILD)/generated -D_GNU_SOURCE $(CPPFLAGS) \
	-DMAILTLS_VERSION='"$(VERSION)"' \
	-DMAILTLS_PATTERNS='"$(DATADIR)/mailtls/patterns"' \
	-DMAILTLS_SYSCONF='"$(SYSCONFDIR)/mailtls"' \
	-DMAILTLS_STATE='"$(LOCALSTATEDIR)/lib/mailtls"'
ALL_CFLAGS += -std=gnu11 -pthread -Wall -Wextra -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wformat=2 -Wvla -Wundef -Wpointer-arith -Wwrite-strings \
	-fvisibility=hidden -fstack-protector-strong -fPIE -ffile-prefix-map=$(CURDIR)=. \
	$(shell $(PKG_CONFIG) --cflags $(PACKAGES)) $(CFLAGS)
ALL_LDFLAGS += -pie -pthread -Wl,-z,relro,-z,now,--as-needed $(LDFLAGS)
ALL_LIBS = $(shell $(PKG_CONFIG) --libs $(PACKAGES)) $(LIBS)

ifneq ($(WERROR),)
ALL_CFLAGS += -Werror
endif
ifneq ($(SANITIZE),)
ALL_CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
ALL_LDFLAGS += -fsanitize=address,undefined
else
ALL_CFLAGS += -fcf-protection -fstack-clash-protection
ALL_CPPFLAGS += $(if $(findstring -O0,$(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif

PROGRAMS = mailtls-report mailtls-import mailtls-pattern mailtls-store
MAINS = $(wildcard $(PROGRAMS:%=src/cmd/%.c))
SOURCES = $(filter-out $(MAINS),$(wildcard src/*/*.c)) $(BUILD)/generated/sql.c
OBJECTS = $(patsubst %.c,$(BUILD)/%.o,$(SOURCES:$(BUILD)/%=%))
BINARIES = $(PROGRAMS:%=$(BUILD)/%)

UNIT_SOURCES = $(wildcard tests/unit/*_test.c)
UNIT_TESTS = $(UNIT_SOURCES:tests/unit/%.c=$(BUILD)/tests/%)

.PHONY: all
all: $(BINARIES)

$(BUILD)/libmailtls.a: $(OBJECTS)
	$(call QUIET,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(BINARIES): $(BUILD)/%: $(BUILD)/src/cmd/%.o $(BUILD)/libmailtls.a
	$(call QUIET,LD,$@)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call QUIET,CC,$<)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/generated/%.o: $(BUILD)/generated/%.c
	$(call QUIET,CC,$<)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Schema and queries are files that a person can read and run; the programs carry them as text.
$(BUILD)/generated/sql.c: sql/embed.awk $(wildcard sql/schema/*.sql sql/query/*.sql)
	@mkdir -p $(@D)
	LC_ALL=C awk -f sql/embed.awk $(sort $(filter %.sql,$^)) >$@.new
	mv $@.new $@

$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libmailtls.a
	@mkdir -p $(@D)
	$(call QUIET,CC,$<)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP $(ALL_LDFLAGS) -o $@ $< $(BUILD)/libmailtls.a \
		$(ALL_LIBS) -lcmocka

# Timing, by hand only: nothing in the tests depends on how fast this machine is.
BENCH_CFLAGS = -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -O2 -g

$(BUILD)/tests/corpus: tests/bench/corpus.c $(wildcard tests/bench/corpus/*.c tests/bench/corpus/*.h)
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE $(BENCH_CFLAGS) -o $@ $(filter %.c,$^)

$(BUILD)/tests/compare: tests/bench/compare.c
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE $(BENCH_CFLAGS) -o $@ $<

.PHONY: bench deps-bench
bench: all $(BUILD)/tests/corpus $(BUILD)/tests/compare
	BUILD='$(BUILD)' tests/bench/run.sh

deps-bench:
	apt-get install -y --no-install-recommends gzip isal mawk perl ripgrep xz-utils zstd

.PHONY: clean
clean:
	rm -rf $(BUILD)

-include $(OBJECTS:.o=.d) $(BINARIES:$(BUILD)/%=$(BUILD)/src/cmd/%.d) $(UNIT_TESTS:=.d)
