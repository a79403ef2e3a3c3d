#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A symbolic link is followed to where it points, also when it points elsewhere.

. tests/scenario/daemon/harness.sh

mkdir one two
emit 50 >>one/a
ln -s one/a mail.log
start mail.log
exact 'what it points at'
emit 20 >>one/a
exact 'which grows'
emit 20 >>two/b
ln -s two/b other && mv other mail.log
emit 20 >>two/b
exact 'it is pointed at another file'
emit 20 >>two/b
exact 'which grows'
kill9
emit 20 >>two/b
ln -s one/c other && mv other mail.log
emit 20 >>one/c
cp -p two/b mail.log.1
start mail.log
exact 'pointed elsewhere while mailtlsd is down'
rm mail.log
emit 20 >>one/c
ln -s one/c mail.log
emit 20 >>one/c
exact 'gone for a moment'

end whole
