"""Sends the control socket what no client should; fails where an answer is not one line of JSON with a reason."""
import json
import os
import socket
import struct
import sys

PATH = sys.argv[1]
# More than the server's own patience.
LIMIT_SECONDS = 60


def connect():
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(LIMIT_SECONDS)
    client.connect(PATH)
    return client


def answers(client):
    """All lines until the server closes."""
    received = b""
    while True:
        try:
            piece = client.recv(65536)
        except ConnectionResetError:
            break
        if not piece:
            break
        received += piece
    assert received == b"" or received.endswith(b"\n"), received
    return [json.loads(line) for line in received.splitlines()]


def send(data):
    client = connect()
    try:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
    except (BrokenPipeError, ConnectionResetError):
        pass
    return answers(client)


def refused(data, must_answer=True):
    lines = send(data)
    if must_answer:
        assert lines, data[:80]
    for line in lines:
        assert list(line) == ["failed"] and line["failed"]["reason"], (data[:80], line)


hold = '{"request":{"change":{"act":"hold","parcels":{"destination":%s,"states":%s,"ids":%s}}}}\n'
for line in [
    "", "null", "[]", "{}", "1", '"hold"', "{", "[" * 10000, '{"a":' * 5000, '"\\ud800"', '{"pauses":{}}',
    '{"request":{"pauses":{}},"sudoUser":7}', '{"request":{"pauses":{}},"sudoUser":"%s"}' % ("x" * 300),
] + ['{"request":%s}' % request for request in [
    "1", "null", '{"change":{}}', '{"change":{"act":"explode"}}', '{"pauses":1}',
    '{"pauses":{},"holdQueue":{"destination":"pacs"}}', '{"holdQueue":{"destination":1}}', '{"holdQueue":{}}',
    '{"unknown":{}}', '{"change":{"act":"hold","parcels":null}}',
    '{"holdQueue":{"destination":"%s"}}' % ("x" * 300), '{"holdQueue":{"destination":"nowhere"}}',
    '{"audit":{"act":{"exported":{"sequence":1}}}}', '{"audit":{"act":{"exported":{"sequence":"1"}}}}',
    '{"audit":{"act":{"found":{"fault":"missing","sequences":%s}}}}' % list(range(2000)),
    '{"audit":{"act":{"found":{"fault":"imagined","sequences":[]}}}}',
]] + [
    hold % (1, "[]", "[]"), hold % ("null", '["lost"]', "[]"), hold % ("null", "[]", '["1"]'),
    hold % ("null", "[]", "[1e400]"), hold % ("null", "[]", "[99999999999999999999]"), hold % ("null", "[]", "[1.5]"),
    hold % ("null", "[]", list(range(2000))), hold % ('"%s"' % ("x" * 300), "[]", "[]"),
]:
    refused(line.encode().rstrip(b"\n") + b"\n")
refused(bytes(range(256)) + b"\n")
refused(b"\xff\xfe\x00\n")
# Whether the reason arrives depends on how far the client is when the server closes.
refused(b"x" * 40_000, must_answer=False)
refused(b"x" * 10_000_000, must_answer=False)
# Half a line, then the end.
assert send(b'{"request":{"pauses":') == []
# Byte by byte, and two in one.
client = connect()
for byte in b'{"request":{"pauses":{}}}\n':
    client.sendall(bytes([byte]))
client.sendall(b"")
client.shutdown(socket.SHUT_WR)
assert [list(line) for line in answers(client)] == [["pauses"]]
assert len(send(b'{"request":{"pauses":{}}}\n' * 2)) == 2
# An act whose client is gone before the answer.
client = connect()
client.sendall((hold % ('"nowhere"', "[]", "[]")).encode())
client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
client.close()
# Many that say nothing: those above the limit are told so at once, the others in their time.
silent = [connect() for _ in range(40)]
told = 0
for client in silent:
    lines = answers(client)
    told += 1 if lines else 0
    for line in lines:
        assert list(line) == ["failed"], line
assert told == 40, told
assert os.path.exists(PATH)
print("all answered or closed")
