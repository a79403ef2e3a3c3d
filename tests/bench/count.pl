#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# count.pl LOG...: handshakes of Postfix and Dovecot, counted the way a careful administrator would
# in one evening: right on the benchmark's logs, for RFC 3164 and RFC 3339 stamps.  Prints them as a
# report does that check-counts.awk reads.

use strict;
use warnings;

my %places = (
	'postfix/smtpd'             => 'postfix,in,mx',
	'postfix/submission/smtpd'  => 'postfix,in,submission',
	'postfix/submissions/smtpd' => 'postfix,in,submissions',
	'postfix/tlsproxy'          => 'postfix,in,postscreen',
	'postfix/smtp'              => 'postfix,out,relay',
);
my %services = (imap => 'imap', pop3 => 'pop3', submission => 'submission');
my %count;

while (<>) {
	next unless index($_, ' with cipher ') >= 0;
	if (m{^(?:\w+ [ \d]\d \S+|\S+T\S+) \S+ (postfix/\S+)\[\d+\]: (?:\w+ )?TLS connection established (?:from|to) \S+: (\S+) with cipher (\S+) \(}) {
		$count{"$places{$1},$2,$3"}++ if $places{$1};
	} elsif (m{^(?:\w+ [ \d]\d \S+|\S+T\S+) \S+ dovecot: (\w+)-login: (?:Login|Disconnected).* rip=[\w.:]+, lip=[\w.:]+,(?: mpid=\d+,)? TLS, (\S+) with cipher (\S+) \(\d+/\d+ bits\), session=<[^<>]*>$}) {
		$count{"dovecot,in,$services{$1},$2,$3"}++;
	}
}

print "mta,direction,service,protocol,cipher_raw,handshakes\n";
print "$_,$count{$_}\n" for sort keys %count;
