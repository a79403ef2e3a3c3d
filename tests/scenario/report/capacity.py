# SPDX-License-Identifier: ISC
"""View capacity, counted once more from facts: what a bucket of a direction was made of, and its
busiest minutes, each by its definition in mailtls-report(1)."""

import collections
import datetime
import re

KEYS = ['rsa2048', 'rsa3072', 'rsa4096', 'ecdsa', 'other_sig', 'unknown_sig']
EXCHANGES = ['kx_x25519', 'kx_p256', 'kx_pq', 'kx_dhe', 'kx_rsa', 'kx_other', 'unknown_kx']
PEAKS = ['peak_1m', 'p95_1m', 'p99_1m']
MINUTE, HOUR, DAY = 60, 3600, 86400


def key_of(fact):
    """By the signature in the log, else ECDSA by the suite's name."""
    signature, suite = fact['signature'], fact['cipher'] or ''
    if not signature:
        if '_ECDSA_' in suite:
            return 'ecdsa'
        return 'other_sig' if '_anon_' in suite or '_PSK_' in suite else 'unknown_sig'
    if signature.startswith('ECDSA'):
        return 'ecdsa'
    rsa = re.match(r'RSA(?:-PSS)? (\d+)$', signature)
    if rsa:
        return 'rsa' + rsa.group(1) if 'rsa' + rsa.group(1) in KEYS else 'other_sig'
    return 'unknown_sig' if signature.startswith('RSA') else 'other_sig'


def exchange_of(fact):
    """By the group in the log, else static RSA and DHE by the suite's name."""
    group, suite = (fact['group'] or '').lower(), fact['cipher'] or ''
    if re.search('mlkem|kyber|sntrup', group):
        return 'kx_pq'
    if group:
        named = {'x25519': 'kx_x25519', 'secp256r1': 'kx_p256'}.get(group)
        return named or ('kx_dhe' if re.match('dhe-|ffdhe', group) else 'kx_other')
    if suite.startswith('TLS_RSA_WITH_'):
        return 'kx_rsa'
    return 'kx_dhe' if suite.startswith('TLS_DHE_') else 'unknown_kx'


def bucket_of(time, size):
    """The beginning of a time's bucket, all in UTC; weeks begin on Monday."""
    day = datetime.datetime(time.year, time.month, time.day, tzinfo=time.tzinfo)
    if size == 'hour':
        return day + datetime.timedelta(hours=time.hour)
    if size == 'week':
        return day - datetime.timedelta(days=day.weekday())
    return day.replace(day=1) if size == 'month' else day


def bucket_end(begin, size):
    if size == 'month':
        return (begin + datetime.timedelta(days=31)).replace(day=1)
    return begin + datetime.timedelta(**{size + 's': 1})


def covered(told, period, rolled_until):
    """From the first to the last hour in which the store counted anything, and within the period;
    what is kept by the day is the day's."""
    hours = sorted({f['time'].timestamp() // HOUR * HOUR for f in told})

    def whole(hour):
        day = hour < rolled_until
        begin = hour // DAY * DAY if day else hour
        return begin, begin + (DAY if day else HOUR)

    return max(whole(hours[0])[0], period[0]), min(whole(hours[-1])[1], period[1])


def percentile(loads, minutes, percent):
    """In order of their load, that of the minute whose number is the percentage of all, rounded
    up."""
    every = sorted(loads + [0] * (minutes - len(loads)))
    return every[-(-len(every) * percent // 100) - 1]


def only(values):
    values = set(values)
    return values.pop() if len(values) == 1 else None


def add_peaks(row, facts, span, size):
    loads = collections.Counter(f['time'].timestamp() // MINUTE for f in facts)
    begin = max(row['begin'].timestamp(), span[0])
    end = min(bucket_end(row['begin'], size).timestamp(), span[1])
    minutes = max(int(end - begin) // MINUTE, len(loads))
    row['peak_1m'] = max(loads.values(), default=0)
    for percent in (95, 99):
        row['p%d_1m' % percent] = percentile(list(loads.values()), minutes, percent)


def add_parts(row, made, of, names):
    """All parts, or where none is told, that alone."""
    parts = collections.Counter(map(of, made))
    told = parts[names[-1]] < len(made) or not made
    for name in names:
        row[name] = parts[name] if told or name == names[-1] else None


def expected(told, size, by_host, filtered, span):
    """Rows by bucket, direction and host.  told: the facts that the report shows."""
    lines = collections.defaultdict(list)
    for f in told:
        lines[f['direction'], (f['host'] or '-') if by_host else None].append(f)
    rows = {}
    for (direction, host), facts in lines.items():
        kinds = {kind: [f for f in facts if f['fact'] == kind]
                 for kind in ('handshake', 'session', 'failure')}
        unit = only(f['unit'] for f in kinds['session'])
        if unit == 'delivery' and only(f['mta'] for f in kinds['session']) is None:
            unit = None
        common = {name: only(f[name] for f in facts) for name in ('mta', 'service')}
        common.update(host=host, direction=direction, unit=unit,
                      handshake_unit=only(f['unit'] for f in kinds['handshake']))
        for begin in {bucket_of(f['time'], size) for f in facts}:
            here = [f for f in facts if bucket_of(f['time'], size) == begin]
            count = collections.Counter(f['fact'] for f in here)
            row = dict(common, begin=begin)
            row.update((name, None) for name in KEYS + EXCHANGES + PEAKS + [
                'handshakes', 'resumed', 'resumed_known'])
            if kinds['handshake']:
                made = [f for f in here if f['fact'] == 'handshake']
                known = [f['resumed'] for f in made if f['resumed'] is not None]
                row.update(handshakes=len(made), resumed_known=len(known),
                           resumed=sum(known) if known else None)
                add_parts(row, made, key_of, KEYS)
                add_parts(row, made, exchange_of, EXCHANGES)
                if not filtered:
                    add_peaks(row, [f for f in here if f['fact'] != 'session'], span, size)
            row['failed'] = count['failure'] if kinds['failure'] else None
            row['sessions'] = count['session'] if unit else None
            rows[begin.strftime('%Y-%m-%dT%H:%M:%SZ'), direction, host] = row
    return rows


def differences(rows, told, size, by_host, filtered, span):
    """What rows of NDJSON say that the facts do not, and the other way round."""
    left, wrong = expected(told, size, by_host, filtered, span), []
    for row in rows:
        true = left.pop((row['bucket_utc'], row['direction'], row['host']), None)
        if true is None:
            wrong.append('no fact is of %s' % row)
            continue
        for name, value in true.items():
            if name != 'begin' and row[name] != value:
                wrong.append('%s of %s %s %s is %s, not %s' % (
                    name, row['bucket_utc'], row['direction'], row['host'], row[name], value))
    return wrong + ['there is no row for %s %s %s' % key for key in left]
