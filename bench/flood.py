"""Two processes that send each other what they can over loopback: flood.py SECONDS CONNECTIONS.

Python, because Node would be the slower half of the measurement.
"""

import os
import select
import socket
import sys
import time


def send(port, seconds, count):
    sockets = {}
    poll = select.poll()
    for _ in range(count):
        it = socket.create_connection(("127.0.0.1", port))
        it.setblocking(False)
        poll.register(it, select.POLLOUT)
        sockets[it.fileno()] = it
    end = time.time() + seconds
    while time.time() < end:
        for number, _ in poll.poll():
            try:
                sockets[number].send(bytes(262144))
            except BlockingIOError:
                pass


def receive(listener, count):
    sockets = {}
    poll = select.poll()
    for _ in range(count):
        it, _ = listener.accept()
        poll.register(it, select.POLLIN)
        sockets[it.fileno()] = it
    while sockets:
        for number, _ in poll.poll():
            if number in sockets and not sockets[number].recv(1 << 20):
                poll.unregister(number)
                sockets.pop(number).close()


listener = socket.create_server(("127.0.0.1", 0), backlog=100)
seconds, count = float(sys.argv[1]), int(sys.argv[2])
if os.fork() == 0:
    send(listener.getsockname()[1], seconds, count)
else:
    receive(listener, count)
    os.wait()
