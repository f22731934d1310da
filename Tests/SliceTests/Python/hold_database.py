"""Holds the write lock of an SQLite database until its standard input ends: for every other writer a disk that hangs.

hold_database.py DATABASE
"""

import sqlite3
import sys

connection = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
