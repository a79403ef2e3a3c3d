# SPDX-License-Identifier: ISC
#
# usage: notify.py SOCKET FILE
#
# Stands in for systemd at the other end of sd_notify(3): what is sent is appended to FILE.

import os
import socket
import sys

end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
end.bind(sys.argv[1])
with open(sys.argv[2], "ab", buffering=0) as out:
    while True:
        out.write(end.recv(65536).rstrip(b"\n") + b"\n")
