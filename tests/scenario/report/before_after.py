# SPDX-License-Identifier: ISC
"""View diff, worked out once more from the facts of both periods, by mailtls-report(1)."""

import collections
import math

import capacity

SHARES = {
    'ssl': ['SSLv2', 'SSLv3'], 'tls10_or_ssl': ['TLSv1/SSLv3'], 'tls10': ['TLSv1.0'],
    'tls11': ['TLSv1.1'], 'tls12': ['TLSv1.2'], 'tls13': ['TLSv1.3'], 'unknown': ['unknown'],
    'legacy': ['SSLv2', 'SSLv3', 'TLSv1/SSLv3', 'TLSv1.0', 'TLSv1.1'],
}
COUNTS = ['handshakes', 'sessions', 'sessions_mail', 'failures']
FLOW = ['mta', 'direction', 'service']
DAY = 86400


def protocols(facts):
    return collections.Counter(f['protocol'] or 'unknown' for f in facts)


def version_shares(made, facts, whole, ending):
    """Where no version of anything encrypted is told, none is known, but how much that is."""
    parts = protocols(facts)
    told = not parts['unknown'] or parts['unknown'] + parts['none'] < len(facts)
    for name, words in SHARES.items():
        if facts and (told or name == 'unknown'):
            made[name + ending] = (sum(parts[word] for word in words), len(facts), whole)


def of_sessions(facts, carried):
    """Metric -> (count, None, None) or (part, whole, what it is of)."""
    made = {'sessions': (len(facts), None, None)}
    with_mail = [f for f in facts if carried(f)]
    if any((f['auth'] if f['unit'] == 'login' else f['mail']) is not None for f in facts):
        made['sessions_mail'] = (len(with_mail), None, None)
    facts, whole = (with_mail, 'sessions_mail') if with_mail else (facts, 'sessions')
    version_shares(made, facts, whole, '_share')
    if protocols(facts)['unknown'] < len(facts):
        made['plaintext_share'] = (protocols(facts)['none'], len(facts), whole)
    return made


def of_handshakes(facts, failures):
    made = {}
    if facts:
        made['handshakes'] = (len(facts), None, None)
        version_shares(made, facts, 'handshakes', '_handshake_share')
        if any(f['group'] for f in facts):
            pq = sum(capacity.exchange_of(f) == 'kx_pq' for f in facts)
            made['post_quantum_share'] = (pq, len(facts), 'handshakes')
    if failures:
        made['failures'] = (len(failures), None, None)
        made['failure_share'] = (len(failures), len(failures) + len(facts),
                                 'handshakes_and_failures')
    return made


def measured(told, carried, by_host):
    """Flow and metric -> measure, of one period.  The unit of a flow is that of sessions or that of
    handshakes, whichever the metric is of."""
    flows, made = collections.defaultdict(list), {}
    for f in told:
        host = (f['host'] or '-') if by_host else None
        flow = (host,) + tuple(f[name] for name in FLOW) + (f['unit'],)
        flows[flow, f['fact']].append(f)
    for flow in {flow for flow, _ in flows}:
        if flows[flow, 'session']:
            made.update(((flow, name), m)
                        for name, m in of_sessions(flows[flow, 'session'], carried).items())
        made.update(((flow, name), m) for name, m in of_handshakes(
            flows[flow, 'handshake'], flows[flow, 'failure']).items())
    return made


def believe_no_failure(a, b):
    """Nothing failed where handshakes are logged, and failures in the other period."""
    for flow, name in list(b):
        handshakes = a.get((flow, 'handshakes'), (0,))[0]
        if name in ('failures', 'failure_share') and (flow, name) not in a and handshakes:
            whole = handshakes if name == 'failure_share' else None
            a[flow, name] = (0, whole, whole and 'handshakes_and_failures')


def significant(part, whole, seconds):
    """Pairs, before and after.  None: fewer than five are expected on any side."""
    if whole[0] is not None:
        pooled = sum(part) / sum(whole)
        if min(whole) * min(pooled, 1 - pooled) < 5:
            return None
        spread = math.sqrt(pooled * (1 - pooled) * (1 / whole[0] + 1 / whole[1]))
        return abs(part[1] / whole[1] - part[0] / whole[0]) > 3.29 * spread
    p = seconds[1] / sum(seconds)
    if sum(part) * min(p, 1 - p) < 5:
        return None
    return abs(part[1] - sum(part) * p) > 3.29 * math.sqrt(sum(part) * p * (1 - p))


def cells(before, after, seconds, rate):
    """The columns of a row."""
    def value(m, length):
        if m is None:
            return None
        return m[0] / m[1] if m[1] else m[0] * DAY / length if rate else m[0]

    row = dict(before=value(before, seconds[0]), after=value(after, seconds[1]), delta=None,
               delta_pct=None, significant=None)
    of = (after or before)[2]
    row.update(of=of, of_before=before and before[1], of_after=after and after[1])
    if before and after and (of or rate or seconds[0] == seconds[1]):
        row['delta'] = row['after'] - row['before']
        row['delta_pct'] = 100 * row['delta'] / row['before'] if row['before'] else None
        row['significant'] = significant(*zip(before[:2], after[:2]), seconds)
    return row


def peers(told, by_host):
    """Flow without a unit -> how many peers; None: some are not told."""
    sets = collections.defaultdict(set)
    for f in told:
        if f['fact'] != 'failure':
            host = (f['host'] or '-') if by_host else None
            sets[(host,) + tuple(f[name] for name in FLOW)].add(f['peer'])
    return {flow: None if None in some else len(some) for flow, some in sets.items()}


def expected(before, after, seconds):
    """Rows by flow and metric."""
    rows = {}
    believe_no_failure(before, after)
    believe_no_failure(after, before)
    for key in set(before) | set(after):
        a, b = before.get(key), after.get(key)
        if a and b and a[2] != b[2]:
            a = None  # a share of what carried mail is none of all sessions
        rows[key] = cells(a, b, seconds, False)
        if key[1] in COUNTS:
            rows[key[0], key[1] + '_per_day'] = cells(a, b, seconds, True)
    return rows


def alike(a, b):
    if a is None or b is None or isinstance(a, bool) or isinstance(b, bool):
        return a is b
    return a == b if isinstance(a, str) else math.isclose(a, b, rel_tol=1e-6, abs_tol=1.01e-6)


def of_handshake(metric):
    return metric in ('post_quantum_share', 'failure_share') or metric.endswith(
        '_handshake_share') or metric.startswith(('handshakes', 'failures'))


def peer_differences(rows, sides):
    """Where a flow has one row only.  sides: of before and after."""
    rows = [row for row in rows if row['metric'] == 'peers']
    flows = collections.Counter(tuple(row[name] for name in ['host'] + FLOW) for row in rows)
    for row in rows:
        flow = tuple(row[name] for name in ['host'] + FLOW)
        true = [side.get(flow) for side in sides]
        if flows[flow] == 1 and [row['before'], row['after']] != true:
            yield '%s, but %s and %s peers' % (row, *true)
    for flow in set(sides[0]) | set(sides[1]):
        if flow not in flows and (sides[0].get(flow) or sides[1].get(flow)):
            yield 'no peers of %s' % (flow,)


def differences(rows, before, after, seconds):
    """What rows of NDJSON say that the measures do not, and the other way round.  The unit is that of
    sessions, so it does not tell handshakes of several units apart."""
    left, wrong = collections.defaultdict(list), []
    for (flow, metric), true in expected(before, after, seconds).items():
        left[flow[:-1] if of_handshake(metric) else flow, metric].append(true)
    for row in rows:
        metric = row['metric']
        if metric in ('peers', 'noncompliant_share'):
            continue
        flow = tuple(row[name] for name in ['host'] + FLOW)
        flow += () if of_handshake(metric) else (row['unit'],)
        found = [true for true in left[flow, metric]
                 if all(alike(row[name], value) for name, value in true.items())]
        if found:
            left[flow, metric].remove(found[0])
        else:
            wrong.append('%s, but of %s' % (row, left[flow, metric]))
    return wrong + ['no row for %s %s' % (key, true) for key, some in left.items() for true in some]
