#!/bin/sh
# SPDX-License-Identifier: ISC
#
# What a pattern matches and is no log does not hold mailtlsd up.

. tests/scenario/daemon/harness.sh

mkdir logs logs/folder.log
mkfifo logs/pipe.log
ln -s /dev/zero logs/device.log
ln -s nowhere logs/dangling.log
ln -s loop.log logs/loop.log
head -c 100000 /bin/sh >logs/program.log
: >logs/empty.log
emit 40 >>logs/a.log
emit 40 >>logs/b.log
start 'logs/*.log'
exact 'the logs among them'
emit 40 >>logs/a.log
emit 40 >>logs/b.log
emit 40 >>logs/c.log
emit 40 >>logs/empty.log
exact 'those that grow, come, and were empty'
mkfifo logs/later.log
mv logs/a.log logs/a.log.1
emit 40 >>logs/a.log
exact 'and one that is rotated'

end whole
