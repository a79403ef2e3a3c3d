# SPDX-License-Identifier: ISC
"""usage: random.py MAILTLSD PATTERNS SEED KILLS [journal]

A mailtlsd that is killed again and again while its log is written, rotated and packed in every way
that loses nothing, at random; then each line must have been counted once.  A session is four lines
and a peer of its own, so the store's peers tell of each how often it was counted, and as what.
With `journal` the lines are entries of journals that another machine sends, some of them twice.
Prints what is wrong; the exit status says whether something is.  The seed makes the schedule (not
what the machine makes of it) come again.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

mailtlsd, patterns, seed, kills_meant = sys.argv[1:5]
journal = sys.argv[5:] == ['journal']
dice = random.Random(int(seed))
work = tempfile.mkdtemp(prefix='mailtls-random-')
log = os.path.join(work, 'mail.log')
sent = os.path.join(work, 'sent')
store = os.path.join(work, 's.db')
output = open(os.path.join(work, 'out'), 'wb')
config = os.path.join(work, 'mailtls.yaml')
with open(config, 'w') as f:
    f.write('peers: all\n')
begin = int(time.time()) // 86400 * 86400 - 20 * 86400
PROTOCOLS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']
CIPHERS = ['AES128-SHA', 'AES256-SHA', 'ECDHE-RSA-AES256-GCM-SHA384', 'TLS_AES_256_GCM_SHA384']

KEPT = 40  # rotated files: none is lost while mailtlsd is down

written = 0  # lines
half = b''   # what of a line was not written yet
out = open(log, 'ab', buffering=0)
daemon = None
copytruncate = dice.random() < 0.4
kills = rotations = files = 0
if journal:
    os.mkdir(sent)


def peer(session):
    return '10.%d.%d.%d' % (session >> 16 & 255, session >> 8 & 255, session & 255)


def line(number):
    session, part = divmod(number, 4)
    when = time.strftime('%Y-%m-%dT%H:%M:%S+00:00', time.gmtime(begin + session * 7 + part))
    who = 'c%d.example.net[%s]' % (session, peer(session))
    text = [
        'connect from ' + who,
        'Anonymous TLS connection established from %s: %s with cipher %s (256/256 bits)'
        % (who, PROTOCOLS[session % 4], CIPHERS[session % 4]),
        '3F2A91%04X: client=%s' % (session % 65536, who),
        'disconnect from %s ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7' % who,
    ][part]
    return ('%s mx1 postfix/smtpd[%d]: %s\n' % (when, 1000 + session % 500, text)).encode()


def entry(number):
    stamp, _, rest = line(number).decode().partition(' mx1 ')
    ident, _, message = rest.rstrip('\n').partition(': ')
    name, _, pid = ident.rstrip(']').partition('[')
    second = number // 4 * 7 + number % 4
    return ('__REALTIME_TIMESTAMP=%d000000\n__MONOTONIC_TIMESTAMP=%d000000\n'
            '_BOOT_ID=0f0e0d0c0b0a09080706050403020100\n'
            '_MACHINE_ID=000102030405060708090a0b0c0d0e0f\nSYSLOG_FACILITY=2\n_UID=0\n'
            '_HOSTNAME=mx1\nSYSLOG_IDENTIFIER=%s\nSYSLOG_PID=%s\nMESSAGE=%s\n\n' % (
                begin + second, 1000 + second, name, pid, message)).encode()


def send(count):
    """A sender that was interrupted begins again with what it had sent."""
    global written, files
    again = min(written, dice.randrange(0, 30)) if dice.random() < 0.3 else 0
    data = b''.join(entry(i) for i in range(written - again, written + count))
    written += count
    files += 1
    subprocess.run(
        ['/lib/systemd/systemd-journal-remote', '-o', '%s/%d.journal' % (sent, files), '-'],
        input=data, stdout=output, stderr=output, check=True)


def write(count, cut=False):
    global written, half
    if journal:
        if count:
            send(count)
        return
    data = half + b''.join(line(written + i) for i in range(count))
    half = b''
    written += count
    if cut and data:
        keep = dice.randrange(1, 60)
        half, data = data[-keep:], data[:-keep]
    out.write(data)


def rename_up():
    for old in range(KEPT, 1, -1):
        for end in ('', '.gz'):
            name = '%s.%d%s' % (log, old - 1, end)
            if os.path.exists(name):
                os.rename(name, '%s.%d%s' % (log, old, end))


def pack():
    """What delaycompress leaves plain is packed one rotation later, as gzip(1) does it."""
    for number in range(2, KEPT + 1):
        name = '%s.%d' % (log, number)
        if os.path.exists(name):
            subprocess.run(['gzip', name], check=True)


def rotate():
    global out, rotations
    rotations += 1
    rename_up()
    if copytruncate:
        write(0)  # half a line would be in neither file
        shutil.copyfile(log, log + '.1')
        if dice.random() < 0.3:
            time.sleep(dice.random() * 0.2)
        out.truncate(0)
    else:
        old = out
        os.rename(log, log + '.1')
        if dice.random() < 0.5:
            write(dice.randrange(1, 40))  # late, by a writer that was not told yet
        if half:
            write(0)
        out = open(log, 'ab', buffering=0)
        old.close()
    if dice.random() < 0.2:
        time.sleep(dice.random() * 0.3)
    pack()


def start():
    global daemon
    daemon = subprocess.Popen(
        [mailtlsd, '--config=' + config, '--store=' + store, '--patterns=' + patterns,
         'journal:' + sent if journal else log],
        stdout=output, stderr=output)


def end(how):
    global daemon, kills
    daemon.send_signal(how)
    daemon.wait()
    kills += how == signal.SIGKILL
    daemon = None


def counted():
    try:
        with sqlite3.connect('file:%s?mode=ro' % store, uri=True, timeout=10) as db:
            return db.execute('SELECT coalesce(sum(lines), 0) FROM source').fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def judge():
    wrong = []
    db = sqlite3.connect(store)
    handshakes = dict(db.execute('SELECT peer, sum(handshakes) FROM peer_day GROUP BY 1'))
    sessions = {}
    for who, protocol, n in db.execute(
            'SELECT p.peer, d.protocol, sum(p.sessions) FROM peer_day p JOIN dimensions d'
            ' ON d.tuple = p.tuple WHERE p.sessions > 0 GROUP BY 1, 2'):
        sessions.setdefault(who, []).append((protocol, n))
    lines = db.execute('SELECT sum(lines) FROM source').fetchone()[0]
    if lines != written:
        wrong.append('%d lines were written and %d counted' % (written, lines))
    for session in range(written // 4):
        who = peer(session)
        n = handshakes.get(who, 0)
        if n != 1:
            wrong.append('handshake of session %d: %d times' % (session, n))
        is_tls = [('TLSv1.0' if PROTOCOLS[session % 4] == 'TLSv1' else PROTOCOLS[session % 4], 1)]
        if sessions.get(who) != is_tls:
            wrong.append('session %d: %s' % (session, sessions.get(who)))
    extra = set(handshakes) - {peer(s) for s in range((written + 3) // 4)} - {''}
    if extra:
        wrong.append('peers that never were: %s' % sorted(extra)[:3])
    gaps = db.execute('SELECT kind, note FROM gap').fetchall()
    if gaps:
        wrong.append('gaps where nothing was lost: %s' % gaps[:3])
    return wrong


write(40)
start()
while kills < int(kills_meant):
    what = dice.random()
    if what < 0.40:
        write(dice.randrange(1, 200), cut=dice.random() < 0.3)
    elif what < 0.52 and not journal:
        rotate()
    elif what < 0.78:
        if daemon:
            time.sleep(dice.choice([0.0, 0.02, 0.05, 0.1, 0.15, 0.3]))
            end(signal.SIGKILL)
        else:
            start()
    elif what < 0.80 and daemon:
        end(signal.SIGTERM)
    else:
        time.sleep(dice.random() * 0.1)
# A session of four lines is whole.
write((-written) % 4 + 4)
out.close()
if not daemon:
    start()
for _ in range(600):
    if counted() >= written:
        break
    time.sleep(0.1)
end(signal.SIGTERM)
output.close()
problems = judge()
how = ('%d journals' % files if journal
       else '%d copies and cuts' % rotations if copytruncate
       else '%d rotations' % rotations)
print('# seed %s: %d kills, %s, %d lines' % (seed, kills, how, written))
for problem in problems[:10]:
    print('# ' + problem)
if problems:
    print('# ' + work)
    sys.exit(1)
shutil.rmtree(work)
