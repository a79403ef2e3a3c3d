# SPDX-License-Identifier: ISC
"""usage: zones.py BUILD SEED

Handshakes at random instants around changes of the clock, in zones whose clocks change by an hour,
by half of one, at midnight, and in one that is never on the hour: days, weeks, months, weekdays
and hours of day are those of Python's zoneinfo, and so is what --since and --until let through.
Counters are of UTC hours, and such an hour is wherever it began.  Prints what is wrong; the exit
status says whether something is.
"""

import collections
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile
import zoneinfo

build, seed = sys.argv[1:3]
dice = random.Random(int(seed))
UTC = datetime.timezone.utc
HOUR = datetime.timedelta(hours=1)
ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago',
         'Asia/Kathmandu']
OFF = ['Australia/Lord_Howe', 'Asia/Kathmandu']  # hours are not those of UTC
CHANGES = [  # of the clocks of 2026; the last two are ends of a month in Kathmandu
    '2026-03-29 01:00', '2026-10-25 01:00', '2026-03-08 07:00', '2026-11-01 06:00',
    '2026-04-04 15:00', '2026-10-03 15:30', '2026-04-05 03:00', '2026-09-06 04:00',
    '2026-09-30 18:15', '2026-10-31 18:15']
PROTOCOLS = ['TLSv1', 'TLSv1.2', 'TLSv1.3']
wrong = 0


def check(holds, *words):
    global wrong
    if not holds:
        wrong += 1
        print(' '.join(str(word) for word in words))


def make_log(path):
    """The UTC hour and protocol of each handshake."""
    instants = []
    for change in CHANGES:
        at = datetime.datetime.fromisoformat(change).replace(tzinfo=UTC)
        instants += [at + datetime.timedelta(seconds=int(dice.triangular(-200000, 200000)))
                     for _ in range(60)]
        instants += [at - datetime.timedelta(seconds=1), at]
    told = []
    with open(path, 'w', encoding='utf-8') as log:
        for instant in sorted(instants):
            protocol = dice.choice(PROTOCOLS)
            log.write('%s mx1 postfix/smtpd[7]: Anonymous TLS connection established from '
                      'c.example.net[192.0.2.1]: %s with cipher AES128-SHA (128/128 bits)\n'
                      % (instant.isoformat(), protocol))
            told.append((instant.replace(minute=0, second=0),
                         protocol.replace('TLSv1', 'TLSv1.0') if protocol == 'TLSv1' else protocol))
    return told


def report(log, *options):
    run = subprocess.run(
        [build + '/mailtls-report', '--quiet', '--format=json'] + list(options) + [log],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    check(run.returncode == 0, options, run.stderr.decode())
    return json.loads(run.stdout)


def begin_of(date, zone):
    """The first instant of a local day, which need not be 00:00."""
    instant = datetime.datetime.combine(date, datetime.time(), UTC) - 15 * HOUR
    while instant.astimezone(zone).date() < date:
        instant += HOUR / 4
    return instant


def bucket(hour, size, zone):
    local = hour.astimezone(zone).date()
    if size == 'hour':
        return hour
    if size == 'week':
        local -= datetime.timedelta(days=local.weekday())
    if size == 'month':
        local = local.replace(day=1)
    return begin_of(local, zone)


def same(what, rows, names, expected):
    got = collections.Counter()
    for row in rows:
        got[tuple(row[name] for name in names)] += row['handshakes']
    expected = collections.Counter(expected)
    check(got == expected, what, 'only', dict(got - expected), 'against', dict(expected - got))


def stamp(instant):
    return instant.strftime('%Y-%m-%dT%H:%M:%SZ')


def buckets(log, told, name):
    zone = zoneinfo.ZoneInfo(name)
    begins = {}
    for size in ('hour', 'day', 'week', 'month'):
        for hour, _ in told:
            begins[hour] = stamp(bucket(hour, size, zone))
        made = report(log, '--tz=' + name, '--by=protocol', '--bucket=' + size)
        same('%s by %s' % (name, size), made['rows'],
             ['bucket_utc', 'protocol'], [(begins[hour], protocol) for hour, protocol in told])
        said = any('UTC hours' in problem for problem in made['coverage']['problems'])
        check(said == (size != 'hour' and name in OFF), name, size, made['coverage']['problems'])
    rows = report(log, '--tz=' + name, '--by=weekday,hour-of-day')['rows']
    same(name + ' by weekday and hour of day', rows, ['weekday', 'hour-of-day'],
         [tuple(hour.astimezone(zone).strftime('%A %H').split()) for hour, _ in told])


def bounds(log, told, name):
    """Each bound is taken down to its UTC hour."""
    zone = zoneinfo.ZoneInfo(name)
    now = datetime.datetime.fromisoformat(dice.choice(CHANGES)).replace(tzinfo=UTC)
    now += datetime.timedelta(minutes=dice.randrange(-3000, 3000))
    today = now.astimezone(zone).date()
    day = datetime.timedelta(days=1)
    for word, date in (('today', today), ('yesterday', today - day), (str(today + day), today + day)):
        begin = begin_of(date, zone).replace(minute=0)
        for option in ('--since', '--until'):
            passing = [protocol for hour, protocol in told
                       if (hour >= begin if option == '--since' else hour < begin)]
            rows = report(log, '--tz=' + name, '--now=@%d' % now.timestamp(), '--by=protocol',
                          '%s=%s' % (option, word))['rows']
            same('%s %s=%s at %s' % (name, option, word, now), rows, ['protocol'],
                 [(protocol,) for protocol in passing])


def run():
    with tempfile.TemporaryDirectory(prefix='mailtls-zones-') as work:
        log = os.path.join(work, 'mail.log')
        told = make_log(log)
        for name in dice.sample(ZONES, 3):
            buckets(log, told, name)
            bounds(log, told, name)


run()
sys.exit(1 if wrong else 0)
