# SPDX-License-Identifier: ISC
"""Random logs of many mail servers, and the facts in them as `mailtls-pattern match` tells them.

A log is lines of tests/data/sample-*.log and internal.log, some left out, as other hosts and at
other times: so there are sessions without their handshakes, handshakes without sessions, and
everything in between.  The facts go neither through counters nor through a store, so what a report
adds up can be held against them.
"""

import datetime
import glob
import json
import os
import re
import subprocess

MINUTE = datetime.timedelta(minutes=1)
UTC = datetime.timezone.utc
STAMPS = [  # how a line begins, and how that is read and written
    (re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d'), '%Y-%m-%dT%H:%M:%S', ''),
    (re.compile(r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d'), '%Y-%m-%d %H:%M:%S', ''),
    (re.compile(r'\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}'), '%a %b %e %H:%M:%S %Y', ''),
    (re.compile(r'\w{3} [ \d]\d \d\d:\d\d:\d\d'), '%b %e %H:%M:%S', '2026 '),
]
SYSLOG = re.compile(r'^(\S+T\S+|\w{3} [ \d]\d \S+) (\S+) ')


def split(line):
    """The time of a line, what it is written as, and what follows."""
    for stamp, form, year in STAMPS:
        found = stamp.match(line)
        if found:
            text = year + found.group()
            form_read = ('%Y ' if year else '') + form.replace('%e', '%d')
            time = datetime.datetime.strptime(text, form_read)
            return time, form, line[found.end():]
    return None, None, line


def copy(dice, lines, shift, host, dropped, pace):
    """Some of the lines, at other times and of another host; so many times as fast, that there are
    busy hours, too."""
    made, first = [], split(lines[0])[0]
    for line in lines:
        if dice.random() < dropped:
            continue
        time, form, rest = split(line)
        if time is None:
            continue
        time = first + (time - first) / pace + shift
        text = time.strftime(form) + rest
        if SYSLOG.match(text):
            text = SYSLOG.sub(lambda m: '%s %s ' % (m.group(1), host), text, count=1)
        made.append((time, text))
    return made


def write(dice, folder, begin, days):
    """Logs that begin at a day and last so long; their paths.  Each ends with all lines of a sample:
    what is still open at the end of a log is not counted yet."""
    paths = []
    for sample in sorted(glob.glob('tests/data/sample-*.log')) + ['tests/data/internal.log']:
        lines = open(sample, encoding='utf-8').read().splitlines()
        first = split(lines[0])[0].replace(hour=0, minute=0, second=0)
        copies = dice.choice([0, 1, 2, 2, 3])
        made = []
        for i in range(copies):
            hours, dropped, pace = 24 * (days - 16), 0, 1
            if i < copies - 1:
                hours, dropped = dice.randrange(24 * (days - 31)), dice.choice([0.1, 0.3, 0.6])
                pace = dice.choice([1, 60, 1000, 10000])
            shift = begin - first + datetime.timedelta(hours=hours)
            # what one log tells of a server's habits must not matter to another log's lines
            host = dice.choice(['mx1', 'mx2', 'imap.example.org']) if 'sample' in sample else 'mx3'
            made += copy(dice, lines, shift, host, dropped, pace)
        made.sort(key=lambda m: m[0])
        if made:
            paths.append(os.path.join(folder, os.path.basename(sample)))
            with open(paths[-1], 'w', encoding='utf-8') as f:
                f.write(''.join(text + '\n' for _, text in made))
    return paths


def facts(build, paths, year):
    """Every fact: what `mailtls-pattern match` prints, with its time as a datetime."""
    told = []
    for path in paths:
        out = subprocess.run(
            [build + '/mailtls-pattern', 'match', '--tz=UTC', '--year=%d' % year, path],
            check=True, stdout=subprocess.PIPE).stdout
        for line in out.decode().splitlines():
            fact = json.loads(line)
            fact['time'] = datetime.datetime.strptime(
                fact['time'], '%Y-%m-%dT%H:%M:%SZ').replace(tzinfo=UTC)
            told.append(fact)
    return told
