#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""usage: compare.py MTA NAME TRUTH REPORT

Compares the handshakes per protocol and cipher in REPORT (CSV of mailtls-report's view ciphers)
with TRUTH (what the clients negotiated: protocol, cipher, cipher_openssl, handshakes).  NAME is
the column of both that names the cipher: "cipher" is the IANA name, "cipher_raw" in REPORT is
"cipher_openssl" in TRUTH.  Every row must be MTA's and inbound.  Says each difference on a TAP
comment line and fails if there is one.
"""

import collections
import csv
import sys


def read_truth(path, name):
    counts = collections.Counter()
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            counts[row["protocol"], row[name]] += int(row["handshakes"])
    return counts


def read_report(path, mta, name):
    counts = collections.Counter()
    strange = []
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            # With --raw the protocol, too, stands as it was logged.
            protocol = {"TLSv1": "TLSv1.0"}.get(row["protocol"], row["protocol"])
            counts[protocol, row[name]] += int(row["handshakes"])
            if row["mta"] != mta or row["direction"] != "in":
                strange.append(f"a row of {row['mta']!r}, direction {row['direction']!r}")
    return counts, strange


def main():
    mta, name, truth_path, report_path = sys.argv[1:]
    truth_name = {"cipher_raw": "cipher_openssl"}.get(name, name)
    truth = read_truth(truth_path, truth_name)
    report, differences = read_report(report_path, mta, name)
    if not truth:
        differences.append("the clients negotiated nothing")
    for key in sorted(truth.keys() | report.keys()):
        if truth[key] != report[key]:
            differences.append(f"{' '.join(key)}: clients {truth[key]}, report {report[key]}")
    for difference in differences:
        print(f"# {difference}")
    sys.exit(bool(differences))


main()
