#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""usage: compare.py FACT MTA TRUTH REPORT

Compares what mailtls-report says (REPORT, CSV) with what the clients saw (TRUTH).  FACT is

  cipher      handshakes by protocol and suite's IANA name, from view ciphers
  cipher_raw  the same by the name as logged, from view ciphers with --raw
  session     sessions by protocol, and how many of them carried something, from view protocols
  failure     failures by reason, from view failures

all of them by direction.  TRUTH is a table with the columns fact, direction, protocol, cipher,
cipher_openssl, reason, count, carried; it has a row for each kind of handshake, session and
failure.  Every row of REPORT must be MTA's; those of internal traffic (its column is there with
--by internal) are left out.  Says each difference on a TAP comment line and fails
if there is one.

A server may know less of a failure than its client: the reasons "other" and "lost-connection" in
REPORT stand for any that is short there, the sum must be the same.
"""

import collections
import csv
import sys

VAGUE = ("other", "lost-connection")

# With --raw the protocol, too, stands as it was logged.
PROTOCOLS = {"TLSv1": "TLSv1.0"}

# FACT: TRUTH's fact and key, then REPORT's key and numbers.
FACTS = {
    "cipher": ("handshake", ("protocol", "cipher"), ("protocol", "cipher"), ("handshakes",)),
    "cipher_raw": (
        "handshake",
        ("protocol", "cipher_openssl"),
        ("protocol", "cipher_raw"),
        ("handshakes",),
    ),
    "session": ("session", ("protocol",), ("protocol",), ("sessions", "sessions_mail")),
    "failure": ("failure", ("reason",), ("reason",), ("count",)),
}


def read(path, delimiter, key, numbers, wanted):
    """The sums of numbers by direction and key in the rows that are wanted."""
    sums = collections.defaultdict(lambda: [0] * len(numbers))
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter=delimiter):
            if wanted(row):
                name = (row["direction"], *(PROTOCOLS.get(row[k], row[k]) for k in key))
                for i, number in enumerate(numbers):
                    sums[name][i] += int(row[number] or 0)
    return {name: tuple(values) for name, values in sums.items() if any(values)}


def forgive_vagueness(truth, report):
    """Names the vague failures of report as truth has them, as far as truth has any left."""
    for name in [name for name in report if name[1] in VAGUE]:
        (counted,), (own,) = report.pop(name), truth.get(name, (0,))
        left = max(counted - own, 0)
        if counted > left:
            report[name] = (counted - left,)
        for wanted in truth:
            if wanted[0] == name[0]:
                (there,) = report.get(wanted, (0,))
                taken = min(left, max(truth[wanted][0] - there, 0))
                if taken:
                    report[wanted] = (there + taken,)
                left -= taken
        if left:
            report[name] = (report.get(name, (0,))[0] + left,)


def main():
    fact, mta, truth_path, report_path = sys.argv[1:]
    truth_fact, truth_key, report_key, numbers = FACTS[fact]
    truth_numbers = ("count", "carried")[: len(numbers)]
    strange = []

    def of_the_mta(row):
        if row["mta"] != mta:
            strange.append(f"a row of {row['mta']!r}")
        return row.get("internal") != "yes"

    truth = read(truth_path, "\t", truth_key, truth_numbers, lambda r: r["fact"] == truth_fact)
    report = read(report_path, ",", report_key, numbers, of_the_mta)
    if fact == "failure":
        forgive_vagueness(truth, report)
    differences = strange
    if not truth:
        differences.append("the clients saw none")
    for key in sorted(truth.keys() | report.keys()):
        if truth.get(key) != report.get(key):
            differences.append(
                f"{' '.join(key)}: clients {truth.get(key, 0)}, report {report.get(key, 0)}"
            )
    for difference in differences:
        print(f"# {difference}")
    sys.exit(bool(differences))


main()
