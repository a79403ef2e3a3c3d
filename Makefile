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
DOCDIR ?= $(DATADIR)/doc/mailtls
# systemd looks below /usr/local/lib, too.
SYSTEMDUNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d
BASHCOMPDIR ?= $(DATADIR)/bash-completion/completions
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
LIBS = -lbz2 -lm
# Twice as fast as zlib where it is packaged.
ifeq ($(shell $(PKG_CONFIG) --exists libisal && echo yes),yes)
PACKAGES += libisal
ALL_CPPFLAGS += -DHAVE_ISAL
endif

ALL_CPPFLAGS += -Isrc -I$(BUILD)/generated -D_GNU_SOURCE $(CPPFLAGS) \
	-DMAILTLS_VERSION='"$(VERSION)"' \
	-DMAILTLS_PATTERNS='"$(DATADIR)/mailtls/patterns"' \
	-DMAILTLS_POLICIES='"$(DATADIR)/mailtls/policies"' \
	-DMAILTLS_SYSCONF='"$(SYSCONFDIR)/mailtls"' \
	-DMAILTLS_STATE='"$(LOCALSTATEDIR)/lib/mailtls"'
# Hidden symbols: a name of ours that a library also has must not take its place inside the
# library, as a yaml_free() once did in libyaml.
ALL_CFLAGS += -std=gnu11 -pthread -Wall -Wextra -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wformat=2 -Wvla -Wundef -Wpointer-arith -Wwrite-strings \
	-fvisibility=hidden -fstack-protector-strong -fPIE -ffile-prefix-map=$(CURDIR)=. \
	$(shell $(PKG_CONFIG) --cflags $(PACKAGES)) $(CFLAGS)
# gcc would copy short texts by `rep movs` where it knows a bound of their length, which takes longer
# to begin than they take to copy; clang does not, and does not know the option.
STRINGOP = -mstringop-strategy=libcall
ALL_CFLAGS += $(shell $(CC) -Werror $(STRINGOP) -E -x c /dev/null >/dev/null 2>&1 && echo $(STRINGOP))
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

PROGRAMS = mailtlsd mailtls-report mailtls-import mailtls-pattern mailtls-store
MAINS = $(wildcard $(PROGRAMS:%=src/cmd/%.c))
SOURCES = $(filter-out $(MAINS),$(wildcard src/*/*.c)) $(BUILD)/generated/sql.c \
	$(BUILD)/generated/page.c
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
$(BUILD)/generated/sql.c: sql/embed.awk $(wildcard sql/*/*.sql)
	@mkdir -p $(@D)
	LC_ALL=C awk -f sql/embed.awk $(sort $(filter %.sql,$^)) >$@.new
	mv $@.new $@

# So is the style of a report as a page; a page names its hash, and allows no other.
$(BUILD)/generated/page.c: src/report/page.awk src/report/page.css
	@mkdir -p $(@D)
	{ { echo; cat src/report/page.css; } | sha256sum && cat src/report/page.css; } | \
		LC_ALL=C awk -f src/report/page.awk >$@.new
	mv $@.new $@

$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libmailtls.a
	@mkdir -p $(@D)
	$(call QUIET,CC,$<)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP $(ALL_LDFLAGS) -o $@ $< $(BUILD)/libmailtls.a \
		$(ALL_LIBS) -lcmocka

FAULTS = $(patsubst tests/fault/%.c,$(BUILD)/tests/%.so,$(wildcard tests/fault/*.c))

# Tests.  All speak TAP and run from here under one prove, which ends with one verdict.
TESTS = tests/style.sh tests/layers.sh $(UNIT_TESTS) \
	$(wildcard tests/cli/*.bats tests/scenario/*.sh)
# What this machine has in /etc/mailtls is no part of a test.
PROVE = BUILD='$(BUILD)' MAILTLS_CONFIG=/dev/null MAILTLS_PATTERNS='$(CURDIR)/patterns' \
	MAILTLS_POLICIES='$(CURDIR)/policies' LC_ALL=C TZ=UTC prove -e ''

# Many of them wait most of the time.  WITHOUT leaves some out, with % for any text.
CHECK_JOBS ?= 6
WITHOUT ?=
.PHONY: check
check: all $(UNIT_TESTS) $(BUILD)/tests/corpus $(BUILD)/tests/mailtls-report-portable $(FAULTS)
	$(PROVE) -j$(CHECK_JOBS) $(filter-out $(WITHOUT),$(TESTS))

# As root: real servers in roots of their own, the units under a real systemd, and README's commands
# on a bare Debian.
.PHONY: check-real
check-real: all
	MAILTLS_KILLS=520 MAILTLS_SIDE_BY_SIDE=8 $(PROVE) --timer tests/scenario/daemon-random.sh
	$(PROVE) --timer tests/real/run.sh tests/real/service.sh tests/real/service-journal.sh \
		tests/real/service-postfix.sh tests/bare.sh

# What needs no build.
.PHONY: quick
quick:
	$(PROVE) tests/style.sh tests/layers.sh

# Fuzzing with clang's libFuzzer, each target from its stored corpus; what is found on the way stays
# in $(BUILD)/fuzz/.
FUZZ_CC ?= clang
FUZZ_SECONDS ?= 20
FUZZ_FLAGS = -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
	-DSESSIONS_MAX=16
FUZZ_SOURCES = $(wildcard src/base/*.c src/input/*.c src/parse/*.c src/tls/*.c)
FUZZ_OBJECTS = $(FUZZ_SOURCES:%.c=$(BUILD)/fuzz/%.o)
FUZZERS = $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/*.c))

$(BUILD)/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(call QUIET,FUZZ_CC,$<)$(FUZZ_CC) $(ALL_CPPFLAGS) -U_FORTIFY_SOURCE -std=gnu11 -pthread \
		$(FUZZ_FLAGS) -MMD -MP -c -o $@ $<

$(FUZZERS): $(BUILD)/fuzz/%: $(BUILD)/fuzz/tests/fuzz/%.o $(FUZZ_OBJECTS)
	$(call QUIET,LD,$@)$(FUZZ_CC) -pthread $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $^ $(ALL_LIBS)

.PHONY: fuzz
fuzz: $(FUZZERS:$(BUILD)/fuzz/%=fuzz-%)

fuzz-%: $(BUILD)/fuzz/%
	mkdir -p "$(BUILD)/fuzz/corpus/$*"
	$< -max_total_time=$(FUZZ_SECONDS) -timeout=10 -max_len=4096 -verbosity=0 \
		-artifact_prefix="$(BUILD)/fuzz/$*-" "$(BUILD)/fuzz/corpus/$*" "tests/fuzz/corpus/$*"

# Packages, by their names in Debian 12.
BUILD_PACKAGES = gcc libc6-dev make pkg-config libsystemd-dev libsqlite3-dev libpcre2-dev \
	libyaml-dev libsmartcols-dev libjansson-dev libxxhash-dev zlib1g-dev libzstd-dev \
	liblzma-dev libbz2-dev $(ISAL_PACKAGE)
# Built for two architectures only; where it is missing, zlib does its work.
ISAL_PACKAGE = $(if $(filter x86_64 aarch64,$(shell uname -m)),libisal-dev)
CHECK_PACKAGES = libcmocka-dev bats perl mandoc shellcheck clang-format-14 python3 sqlite3 jq \
	openssl gzip xz-utils zstd bzip2 isal logrotate strace e2fsprogs util-linux \
	systemd-journal-remote cmark-gfm valgrind
# logwatch wants some mail server: where there is none, apt brings exim4 along.
BENCH_PACKAGES = bzip2 gzip isal lnav logwatch mawk mtail perl pflogsumm ripgrep sqlite3 \
	systemd-journal-remote valgrind xz-utils zstd
# A browser and Prometheus: what tests/scenario/ skips without them.
REAL_PACKAGES = debootstrap debian-archive-keyring git systemd-container procps chromium \
	fonts-dejavu-core prometheus
# clang has its sanitizers' and libFuzzer's runtime in a package of its own.
FUZZ_PACKAGES = clang libclang-rt-14-dev

.PHONY: deps deps-check deps-real deps-bench deps-fuzz
deps:
	$(call install-packages,$(BUILD_PACKAGES))
deps-check:
	$(call install-packages,$(CHECK_PACKAGES))
deps-real:
	$(call install-packages,$(REAL_PACKAGES))
deps-bench:
	$(call install-packages,$(BENCH_PACKAGES))
deps-fuzz:
	$(call install-packages,$(FUZZ_PACKAGES))

# Asks nothing of the network where all is installed already.
define install-packages
@dpkg -s $(1) >/dev/null 2>&1 || { \
	[ "$$(id -u)" -eq 0 ] || { echo 'make $@ installs packages: run it as root' >&2; exit 1; }; \
	apt-get update && DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends $(1); }
endef

PATTERNS = $(wildcard patterns/*.yaml)
POLICIES = $(wildcard policies/*.yaml)
PAGES = $(wildcard man/*.[1-8])
UNITS = $(wildcard systemd/*.service.in systemd/*.timer)
DROP_INS = $(wildcard systemd/drop-in/*/*.conf)

# What stands in units and the like for where things were put.
PLACES = -e 's|@BINDIR@|$(BINDIR)|g' -e 's|@DATADIR@|$(DATADIR)|g' \
	-e 's|@STATE@|$(LOCALSTATEDIR)/lib/mailtls|g'

.PHONY: install
install: all
	install -d '$(DESTDIR)$(BINDIR)' '$(DESTDIR)$(DATADIR)/mailtls/patterns' \
		'$(DESTDIR)$(DATADIR)/mailtls/policies'
	install -m 0755 $(BINARIES) '$(DESTDIR)$(BINDIR)'
	$(if $(PATTERNS),install -m 0644 $(PATTERNS) '$(DESTDIR)$(DATADIR)/mailtls/patterns')
	$(if $(POLICIES),install -m 0644 $(POLICIES) '$(DESTDIR)$(DATADIR)/mailtls/policies')
	install -D -m 0644 share/grafana/mailtls.json '$(DESTDIR)$(DATADIR)/mailtls/grafana/mailtls.json'
	install -m 0755 share/measure-costs.sh '$(DESTDIR)$(DATADIR)/mailtls/measure-costs'
	install -m 0755 share/report-mail.sh '$(DESTDIR)$(DATADIR)/mailtls/report-mail'
	for page in $(PAGES); do \
		install -D -m 0644 "$$page" "$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}" || exit 1; \
	done
	install -d '$(DESTDIR)$(SYSTEMDUNITDIR)' '$(DESTDIR)$(SYSUSERSDIR)' '$(DESTDIR)$(TMPFILESDIR)'
	for unit in $(UNITS); do \
		to="$(DESTDIR)$(SYSTEMDUNITDIR)/$$(basename "$$unit" .in)" && \
		install -m 0644 "$$unit" "$$to" && sed -i $(PLACES) "$$to" || exit 1; \
	done
	install -m 0644 systemd/sysusers.conf '$(DESTDIR)$(SYSUSERSDIR)/mailtls.conf'
	install -m 0644 systemd/tmpfiles.conf '$(DESTDIR)$(TMPFILESDIR)/mailtls.conf'
	sed -i $(PLACES) '$(DESTDIR)$(SYSUSERSDIR)/mailtls.conf' '$(DESTDIR)$(TMPFILESDIR)/mailtls.conf'
	install -d '$(DESTDIR)$(BASHCOMPDIR)'
	for program in $(PROGRAMS); do \
		install -m 0644 completion/mailtls.bash "$(DESTDIR)$(BASHCOMPDIR)/$$program" || exit 1; \
	done
	install -D -m 0644 systemd/mailtls.yaml '$(DESTDIR)$(DOCDIR)/mailtls.yaml'
	for conf in $(DROP_INS:systemd/%=%); do \
		to="$(DESTDIR)$(DOCDIR)/$$conf" && install -D -m 0644 "systemd/$$conf" "$$to" && \
		sed -i $(PLACES) "$$to" || exit 1; \
	done

# What install put there; a folder that others use too stays.
.PHONY: uninstall
uninstall:
	rm -f $(PROGRAMS:%='$(DESTDIR)$(BINDIR)/%')
	rm -rf '$(DESTDIR)$(DATADIR)/mailtls' '$(DESTDIR)$(DOCDIR)'
	rm -f $(PROGRAMS:%='$(DESTDIR)$(BASHCOMPDIR)/%')
	rm -f $(patsubst %,'$(DESTDIR)$(SYSTEMDUNITDIR)/%',$(notdir $(UNITS:.in=)))
	rm -f '$(DESTDIR)$(SYSUSERSDIR)/mailtls.conf' '$(DESTDIR)$(TMPFILESDIR)/mailtls.conf'
	for page in $(PAGES); do \
		rm -f "$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}"; \
	done

# Timing, by hand only: nothing in the tests depends on how fast this machine is.
BENCH_CFLAGS = -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -O2 -g

# Libraries to be preloaded: what a disk, a clock or a network file system may do.
$(BUILD)/tests/%.so: tests/fault/%.c
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE $(BENCH_CFLAGS) -fPIC -shared -o $@ $<

$(BUILD)/tests/corpus: tests/bench/corpus.c $(wildcard tests/bench/corpus/*.c tests/bench/corpus/*.h)
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE $(BENCH_CFLAGS) -o $@ $(filter %.c,$^)

$(BUILD)/tests/compare $(BUILD)/tests/pace: $(BUILD)/tests/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE $(BENCH_CFLAGS) -o $@ $<

$(BUILD)/tests/old-store: tests/bench/old-store.c $(BUILD)/libmailtls.a
	@mkdir -p $(@D)
	$(call QUIET,CC,$<)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(ALL_LIBS)

# The report as a machine without AVX2 runs it.
$(BUILD)/tests/mailtls-report-portable: tests/bench/portable.c $(BUILD)/src/cmd/mailtls-report.o \
		$(BUILD)/libmailtls.a
	@mkdir -p $(@D)
	$(call QUIET,LD,$@)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) \
		-Wl,--wrap=literal_set_new -o $@ $^ $(ALL_LIBS)

# Instructions instead of seconds, so that it can be part of CI; UPDATE=1 writes what they are held to.
.PHONY: bench-quick
bench-quick: all $(BUILD)/tests/corpus $(BUILD)/tests/mailtls-report-portable
	BUILD='$(BUILD)' tests/bench/quick.sh $(if $(UPDATE),--update)

.PHONY: bench
bench: all $(addprefix $(BUILD)/tests/,corpus compare pace old-store mailtls-report-portable)
	BUILD='$(BUILD)' tests/bench/run.sh

.PHONY: clean
clean:
	rm -rf $(BUILD)

.PHONY: help
help:
	@echo 'make               build the programs in $(BUILD)/'
	@echo 'make deps          install what the build needs (root, Debian)'
	@echo 'make deps-check    install what the tests need'
	@echo 'make deps-real     install what check-real needs'
	@echo 'make deps-fuzz     install what fuzz needs'
	@echo 'make check         run the tests'
	@echo 'make check-real    run real mail servers, the service under systemd, README on a bare Debian (root)'
	@echo 'make quick         check style and layers only'
	@echo 'make fuzz          fuzz for FUZZ_SECONDS a target (clang)'
	@echo 'make bench         time mailtls and what people use instead on logs of its own'
	@echo 'make bench-quick   hold the instructions that a line costs to what they were'
	@echo '                   (UPDATE=1: from now on to what they are)'
	@echo 'make deps-bench    install what bench compares with'
	@echo 'make install       install; DESTDIR, PREFIX, BINDIR, DATADIR, MANDIR, DOCDIR, SYSCONFDIR,'
	@echo '                   LOCALSTATEDIR, SYSTEMDUNITDIR, SYSUSERSDIR, TMPFILESDIR, BASHCOMPDIR'
	@echo 'make uninstall     remove what install put there'
	@echo 'make clean         remove $(BUILD)/'
	@echo
	@echo 'Variables: CC CFLAGS CPPFLAGS LDFLAGS, BUILD=folder, WERROR=1, SANITIZE=1'

-include $(OBJECTS:.o=.d) $(BINARIES:$(BUILD)/%=$(BUILD)/src/cmd/%.d) $(UNIT_TESTS:=.d) $(FUZZ_OBJECTS:.o=.d) \
	$(FUZZERS:$(BUILD)/fuzz/%=$(BUILD)/fuzz/tests/fuzz/%.d)
