# SPDX-License-Identifier: ISC
"""usage: adds_up.py BUILD SEED

Reports of a random store (which peers it keeps, what is rolled up into days and what internal
traffic is shown follow from the seed) against the facts of its logs and against each other:
every view says the same in every format, its shares are those of its counts, its counts are those
of the facts whatever it is grouped by, filters part it without rest, and neither --top nor
prometheus changes a number.  Prints what is wrong; the exit status says whether something is.
"""

import collections
import datetime
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import before_after
import capacity
import formats
import logs

build, seed = sys.argv[1:3]
dice = random.Random(int(seed))
work = tempfile.mkdtemp(prefix='mailtls-adds-up-')
store = os.path.join(work, 's.db')
today = datetime.datetime.combine(datetime.datetime.now(logs.UTC), datetime.time())
begin = today - datetime.timedelta(days=45)
peers = dice.choice(['all', 'weak', 'off'])
wrong = 0
FLOW = ['host', 'mta', 'direction', 'service', 'unit', 'handshake_unit']
TIME = ['bucket_utc', 'weekday', 'hour-of-day']
FLAGS = {True: 'yes', False: 'no', None: None}


def check(holds, *words):
    global wrong
    if not holds:
        wrong += 1
        print(' '.join(str(word) for word in words))


def same(what, a, b):
    """Counters that must be equal; a 0 is nothing."""
    a, b = +collections.Counter(a), +collections.Counter(b)
    check(a == b, what + ':', 'only', dict(a - b), 'against', dict(b - a))


def make_store():
    rolled = dice.choice([None, 2, 30])  # nothing, everything and a half of it
    config = os.path.join(work, 'mailtls.yaml')
    with open(config, 'w', encoding='utf-8') as f:
        f.write('peers: %s\n' % peers + ('retention:\n  hours: %dd\n' % rolled if rolled else ''))
    paths = logs.write(dice, work, begin, 40)
    for path in paths:  # each by itself, as its facts are told
        subprocess.run([build + '/mailtls-import', '--quiet', '--year=%d' % begin.year, '--tz=UTC',
                        '--config=' + config, '--store=' + store, path], check=True)
    print('# seed %s: peers %s, %s, %d logs' % (
        seed, peers, 'hours kept for %d days' % rolled if rolled else 'hours', len(paths)))
    return paths


INTERNAL = dice.choice(['exclude', 'exclude', 'include', 'only'])
PERIOD = ['--since=@%d' % begin.replace(tzinfo=logs.UTC).timestamp(),
          '--until=@%d' % today.replace(tzinfo=logs.UTC).timestamp()]


def report(form, *options):
    run = subprocess.run([build + '/mailtls-report', '--tz=UTC', '--store=' + store,
                          '--internal=' + INTERNAL, '--format=' + form] + PERIOD + list(options),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                         env=dict(os.environ, COLUMNS='4000'))
    check(run.returncode == 0, options, run.returncode, run.stderr.decode())
    return run.stdout.decode()


def rows_of(*options):
    return [json.loads(line) for line in report('ndjson', *options).splitlines()]


def in_formats(view, forms=(), words=()):
    """What a view says as NDJSON, it says in the others; an empty column of a plain table is not
    told from none."""
    options = ['--view=' + view, '--top=100000', '--no-formula-guard'] + list(words)
    rows = rows_of(*options)
    for form in forms or dice.sample(sorted(formats.DIFFERENCE), 2):
        people = form in ('table', 'markdown', 'html')
        if people and (not rows or view == 'summary') or form == 'table' and INTERNAL == 'exclude':
            continue
        wrong_with = formats.DIFFERENCE[form](rows, report(form, *options))
        check(not wrong_with, view, 'as', form, wrong_with)
    return rows


def key(row, names):
    return tuple((name, row[name]) for name in names if row.get(name) is not None)


def total(rows, names, number):
    made = collections.Counter()
    for row in rows:
        made[key(row, names)] += row.get(number) or 0
    return made


def shares(what, rows, share, number, names):
    """A share is that number of those of the same time and flow; internal rows are in none."""
    sums = collections.Counter()
    for row in rows:
        if row.get(share) is not None:
            sums[key(row, names)] += row[number]
    for row in rows:
        if row.get(share) is not None:
            true = row[number] / sums[key(row, names)]
            check(abs(row[share] - true) <= 1e-6 and (row[share] == 0) == (true == 0) and
                  (row[share] == 1) == (true == 1), what, share, row, 'not', true)
    return sums


def value(fact, name):
    """What a fact says of a dimension, as --by tells it."""
    v = fact[name]
    if v is None:  # a suite that cannot be read is told as logged
        return {'cipher': fact['cipher_raw'], 'protocol': 'unknown', 'verify': 'unknown'}.get(name)
    return FLAGS[v] if isinstance(v, bool) else v


def facts_total(told, names, kind, where=lambda f: True, unit='unit'):
    made = collections.Counter()
    for f in told:
        if f['fact'] == kind and where(f):
            row = {name: value(f, name) for name in names}
            row[unit] = f['unit']
            made[key(row, names + [unit])] += 1
    return made


def carried(f):
    return (f['auth'] if f['unit'] == 'login' else f['mail']) is True


def against_facts(what, rows, told, dims):
    """Sums by dims, of a view that has a row for everything."""
    flow = ['mta', 'direction', 'service'] + dims
    told = [f for f in told if INTERNAL != 'only' or f['internal']]
    same(what + ' handshakes', total(rows, flow + ['handshake_unit'], 'handshakes'),
         facts_total(told, flow, 'handshake', unit='handshake_unit'))
    if any('sessions' in row for row in rows):
        same(what + ' sessions', total(rows, flow + ['unit'], 'sessions'),
             facts_total(told, flow, 'session'))
        same(what + ' mail', total(rows, flow + ['unit'], 'sessions_mail'),
             facts_total(told, flow, 'session', carried))
    if any('failures' in row for row in rows):
        same(what + ' failures', total(rows, flow + ['handshake_unit'], 'failures'),
             facts_total(told, flow, 'failure', unit='handshake_unit'))


def all_shares(what, rows, told, dims):
    names = FLOW + TIME
    apart = [f for f in told if f['internal'] and INTERNAL == 'exclude']
    for share, number, kind in (('share', 'sessions', 'session'),
                                ('share_handshakes', 'handshakes', 'handshake')):
        if rows and 'sessions' not in rows[0] and share == 'share':
            number, kind = 'handshakes', 'handshake'
        sums = shares(what, rows, share, number, names)
        if rows and share in rows[0] and not dims:
            outside = collections.Counter()
            for row in rows:
                if row[share] is None:
                    outside[row['mta']] += row[number] or 0
            same(what + ' outside of ' + share, outside,
                 collections.Counter(f['mta'] for f in apart if f['fact'] == kind))
        check(all(sums.values()), what, 'shares of nothing')
    shares(what, rows, 'share_mail', 'sessions_mail', names)


DIMENSIONS = ['host', 'internal', 'protocol', 'cipher', 'bits', 'group', 'signature', 'verify',
              'resumed', 'mail', 'auth', 'reason', 'day', 'weekday']


def groupings(told):
    """--by anything adds up to the facts."""
    for f in told:
        f['day'] = f['time'].strftime('%Y-%m-%d')
        f['weekday'] = f['time'].strftime('%A')
    for by in dice.sample(DIMENSIONS, 6):
        rows = rows_of('--by=' + by)
        for row in rows:
            row['day'] = (row['bucket_utc'] or '')[:10] or None
        for f in told:
            f['host'] = f['host'] or '-'
        against_facts('by ' + by, rows, told, [by])
        all_shares('by ' + by, rows, told, [by])
    for f in told:
        f['family'] = f['peer'] and re.match('[0-9a-fA-F.:]+$', f['peer']) and (
            'IPv6' if ':' in f['peer'] else 'IPv4')
    rows = rows_of('--by=family')
    against_facts('by family', rows, told, ['family'] if peers == 'all' else [])
    all_shares('by family', rows, told, ['family'])
    two = dice.sample(DIMENSIONS, 2)
    rows = rows_of('--view=protocols', '--by=' + ','.join(two))
    for row in rows:
        row['day'] = (row['bucket_utc'] or '')[:10] or None
    against_facts('protocols by %s and %s' % tuple(two), rows, told, ['protocol'] + two)


SESSIONS = ['sessions', 'sessions_mail']
COUNTS = {
    'summary': ['handshakes'] + SESSIONS, 'protocols': ['handshakes'] + SESSIONS,
    'ciphers': ['handshakes'], 'groups': ['handshakes'], 'signatures': ['handshakes'],
    'trend': ['handshakes', 'failures'] + SESSIONS, 'failures': ['count'],
    'plaintext': ['sessions_mail'], 'if-disabled': SESSIONS, 'peers': ['sessions'],
    'users': ['sessions'], 'compliance': ['sessions', 'conforming', 'deviating'],
    'outbound': ['deliveries', 'plaintext', 'untrusted', 'trusted', 'verified'],
    'coverage': ['sessions'],
}


def listings(views, told):
    """Lists have rows for what nobody is named for, so they add up, too."""
    seen = [f for f in told if (f['internal'] or INTERNAL != 'only') and
            not (f['internal'] and INTERNAL == 'exclude')]
    flow = ['mta', 'direction', 'service']
    wanted = {
        'failures': ('count', 'failure', ['reason'], lambda f: True),
        'plaintext': ('sessions_mail', 'session', [],
                      lambda f: f['protocol'] == 'none' and carried(f)),
        'peers': ('sessions', 'session', ['protocol'], lambda f: True),
        'users': ('sessions', 'session', ['protocol'], lambda f: f['auth'] is True),
        'outbound': ('deliveries', 'session', [], lambda f: f['direction'] == 'out'),
    }
    for view, (number, kind, dims, where) in wanted.items():
        units = [] if view == 'failures' else ['unit']
        facts = facts_total(seen if view != 'failures' or INTERNAL != 'exclude' else told,
                            flow + dims, kind, where)
        if not units:
            facts = regroup(facts, flow + dims)
        same(view, total(views[view], flow + dims + units, number), facts)
    if peers == 'all':
        for f in seen:
            f['domain'] = f['peer'] and f['domain'] and f['domain'].lower()
        same('outbound by domain', total(views['outbound'], flow + ['domain'], 'deliveries'),
             regroup(facts_total(seen, flow + ['domain'], 'session',
                                 lambda f: f['direction'] == 'out'), flow + ['domain']))
    for row in views['compliance']:
        if row['conforming'] is None:  # the log tells of none
            check(row['deviating'] is None and row['share'] is None, 'compliance', row)
            continue
        known = row['conforming'] + row['deviating']
        check(0 < known <= row['sessions'], 'compliance', row)
        share = row['conforming'] / row['sessions']
        check(abs(row['share'] - share) < 1e-6, 'compliance share', row)
    for row in views['outbound']:
        parts = ['plaintext', 'untrusted', 'trusted', 'verified', 'dane']
        check(sum(row[p] or 0 for p in parts) <= row['deliveries'], 'outbound', row)


def regroup(counter, names):
    made = collections.Counter()
    for k, n in counter.items():
        made[tuple((name, v) for name, v in k if name in names)] += n
    return made


def shown(told):
    """The facts of rows that tell nothing of what stands apart."""
    return [f for f in told if f['internal'] == (INTERNAL == 'only') or INTERNAL == 'include']


def busy(told):
    """Capacity, by any bucket, with and without a filter that minutes do not know."""
    database = sqlite3.connect(store)
    rolled = database.execute("SELECT value FROM meta WHERE key = 'rolled_until'").fetchone()
    database.close()
    span = capacity.covered(told, [int(bound.partition('@')[2]) for bound in PERIOD], int(rolled[0]))
    sizes = ['day', 'week', 'month'] + ['hour'] * (int(rolled[0]) <= span[0])
    mta = dice.choice(told)['mta']
    host = dice.choice(told)['host'] or '-'
    for words, where in (([], lambda f: True), (['--by=host'], lambda f: True),
                         (['--mta=' + mta], lambda f: f['mta'] == mta),
                         (['--host=' + host], lambda f: (f['host'] or '-') == host)):
        size = dice.choice(sizes) if words else sizes[-1]
        facts = [f for f in shown(told) if where(f)]
        rows = in_formats('capacity', ['csv', 'json'], ['--bucket=' + size] + words)
        for what in capacity.differences(rows, facts, size, '--by=host' in words,
                                         '--mta=' + mta in words, span):
            check(False, 'capacity by', size, *words, what)


def days(since, until):
    """A period that begins and ends so many days after the first."""
    begins = begin.replace(tzinfo=logs.UTC).timestamp()
    return ['--since=@%d' % (begins + since * 86400), '--until=@%d' % (begins + until * 86400)]


def within(told, since, until):
    begins = begin.replace(tzinfo=logs.UTC)
    return [f for f in told if since <= (f['time'] - begins).days < until]


def against_views(what, rows, side, period):
    """Counts of one side of view diff are those of the views of that period."""
    flow = ['mta', 'direction', 'service']
    for metric, view, number, where in (
            ('handshakes', 'protocols', 'handshakes', lambda row: True),
            ('sessions', 'protocols', 'sessions', lambda row: True),
            ('sessions_mail', 'protocols', 'sessions_mail', lambda row: True),
            ('failures', 'failures', 'count', lambda row: True),
            ('noncompliant_share', 'ciphers', 'handshakes', lambda row: row['verdict'] != 'ok')):
        if view == 'failures' and INTERNAL == 'exclude':
            continue  # there internal ones are in the same rows
        by = ['--by=internal'] if view != 'failures' else []
        told = [row for row in rows_of('--view=' + view, *period, *by) if where(row)]
        if by and INTERNAL == 'exclude':
            told = [row for row in told if row['internal'] != 'yes']
        mine = collections.Counter()
        for row in rows:
            if row['metric'] == metric and row[side] is not None:
                whole = row['of_' + side] if metric.endswith('share') else 1
                mine[key(row, flow)] += round(row[side] * whole)
        same('%s %s %s' % (what, side, metric), mine, total(told, flow, number))


def changes(told):
    """Another period beside one: the one before it, one as long, one that is longer or shorter."""
    seen = sorted({(f['time'] - begin.replace(tzinfo=logs.UTC)).days for f in told})
    since = dice.choice([day for day in seen if day > seen[0] + 1])
    other = dice.choice([day for day in seen if seen[0] < day < since] or [seen[0] + 1])
    length, ends = dice.randint(1, since - other), dice.randint(other + 1, since)
    for words, a, b in (
            ([], since - length, since), ([days(other, 0)[0].replace('since', 'compare')], other,
                                          other + length),
            (['%s..%s' % (days(other, 0)[0].replace('since', 'compare'),
                          days(0, ends)[1].partition('=')[2])], other, ends)):
        by = dice.choice([[], ['--by=host']])
        period = days(since, since + length)
        rows = in_formats('diff', ['csv', 'json'], period + words + by)
        parts = [shown(within(told, a, b)), shown(within(told, since, since + length))]
        before, after = (before_after.measured(part, carried, bool(by)) for part in parts)
        seconds = [(b - a) * 86400, length * 86400]
        for what in before_after.differences(rows, before, after, seconds):
            check(False, 'diff', *period, *words, *by, what)
        for what in before_after.peer_differences(
                rows, [before_after.peers(part, bool(by)) for part in parts]) if peers == 'all' else []:
            check(False, 'diff', *period, *words, *by, what)
        against_views('diff', rows, 'before', days(a, b))
        against_views('diff', rows, 'after', period)


def partitions(views):
    """What filters let through is all of it, and nothing twice."""
    for view in dice.sample(sorted(views), 6):
        rows = views[view]
        by = dice.choice(['direction', 'service', 'mta', 'host', 'unit'])
        if view == 'coverage' or view == 'compliance' and by in ('unit', 'host'):
            by = 'mta'  # sources have no direction; where there are no sessions, handshakes stand for them
        words = {'unit': ['connection', 'session', 'message', 'delivery', 'login', 'unknown'],
                 'host': ['mx1', 'mx2', 'mx3', 'imap.example.org', '-']}.get(by)
        words = words or sorted({row[by] for row in rows if row[by]})
        parts = [row for word in words for row in rows_of('--view=' + view, '--%s=%s' % (by, word))]
        for number in COUNTS[view]:
            names = FLOW[1:4] + ['protocol', 'cipher', 'group', 'reason', 'item', 'rule', 'mx']
            names += {'peers': ['peer'], 'users': ['user'], 'plaintext': ['peer', 'user']}.get(view, [])
            same('%s by filter %s: %s' % (view, by, number), total(rows, names, number),
                 total(parts, names, number))


def tops(views):
    for view in dice.sample(sorted(views), 6):
        rows = views[view]
        n = dice.randrange(1, len(rows) + 1) if rows else 1
        some = rows_of('--view=' + view, '--top=%d' % n)
        if view == 'trend':
            check(all(row in rows for row in some), view, '--top changes rows')
        else:
            check(some == rows[:n], view, '--top', n, 'is not the first rows')


def summary(views):
    whole = json.loads(report('json'))
    for name in ('protocols', 'ciphers', 'groups'):
        rows = whole['rows' if name == 'protocols' else name]
        check(sorted(map(json.dumps, rows)) == sorted(map(json.dumps, views[name])),
              'summary', name, 'is not that view')
    flow = ['mta', 'direction', 'service', 'reason']
    same('failures of a summary', total(whole['failures'], flow, 'count'),
         total(views['failures'], flow, 'count'))
    for view, number in (('protocols', 'handshakes'), ('protocols', 'sessions'),
                         ('coverage', 'sessions')):
        check(whole['coverage'][number] == sum(row[number] or 0 for row in views[view]),
              'coverage of a summary:', number, 'of', view, whole['coverage'])
    return whole


SESSION = {'unit': 'unit', 'protocol': 'protocol'}
HANDSHAKE = {'unit': 'handshake_unit', 'protocol': 'protocol'}
METRICS = {  # the view, its number, and its columns as labels
    'mailtls_sessions': ('protocols', 'sessions', SESSION),
    'mailtls_mail_sessions': ('protocols', 'sessions_mail', SESSION),
    'mailtls_handshakes': ('protocols', 'handshakes', HANDSHAKE),
    'mailtls_sessions_ratio': ('protocols', 'share', SESSION),
    'mailtls_mail_sessions_ratio': ('protocols', 'share_mail', SESSION),
    'mailtls_key_exchange_handshakes': (
        'groups', 'handshakes', {'unit': 'handshake_unit', 'post_quantum': 'pq'}),
    'mailtls_cipher_handshakes': (
        'ciphers', 'handshakes',
        {'unit': 'handshake_unit', 'pfs': 'pfs', 'aead': 'aead', 'verdict': 'verdict'}),
    'mailtls_failed_handshakes': ('failures', 'count', {'unit': 'unit', 'reason': 'reason'}),
}


def label_value(v):
    return 'unknown' if v is None else FLAGS[v] if isinstance(v, bool) else v


def metrics(views, whole):
    """A sample is the sum of the rows that its labels name."""
    told = collections.defaultdict(collections.Counter)
    for line in report('prometheus').splitlines():
        sample = re.fullmatch(r'(\w+)\{(.*)\} (\S+)', line)
        if sample:
            labels = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', sample.group(2)))
            labels.pop('internal', None)
            told[sample.group(1)][key(labels, sorted(labels))] += float(sample.group(3))
    for metric, (view, number, labels) in METRICS.items():
        expected = collections.Counter()
        for row in whole['failures'] if view == 'failures' else views[view]:
            if row[number] is None:
                continue
            named = {name: row[name] for name in ('mta', 'direction', 'service')}
            named.update((label, label_value(row[name])) for label, name in labels.items())
            expected[key(named, sorted(named))] += row[number]
        a, b = +told[metric], +expected
        check(a.keys() == b.keys() and all(abs(a[k] - b[k]) < 1e-5 for k in a),
              metric, 'only', a - b, 'against', b - a)


def run():
    told = logs.facts(build, make_store(), begin.year)
    views = {view: in_formats(view) for view in COUNTS}
    for view in ('protocols', 'ciphers', 'groups', 'signatures'):
        dims = {'protocols': ['protocol'], 'ciphers': ['cipher', 'protocol'], 'groups': ['group']}
        if view != 'signatures':
            against_facts(view, views[view], told, dims[view])
        all_shares(view, views[view], told, [])
        same(view + ' against protocols', total(views[view], FLOW[1:4] + FLOW[5:], 'handshakes'),
             total(views['protocols'], FLOW[1:4] + FLOW[5:], 'handshakes'))
    groupings(told)
    listings(views, told)
    busy(told)
    changes(told)
    partitions(views)
    tops(views)
    metrics(views, summary(views))


try:
    run()
finally:
    shutil.rmtree(work)
sys.exit(1 if wrong else 0)
