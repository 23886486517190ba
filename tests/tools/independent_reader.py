"""別の実装で開く. Opens a database with the raw key through an independent build of SQLCipher 4 and prints how many
revisions and notes it holds. Key in hexadecimal on standard input, path as the argument."""

import sys

from sqlcipher3 import dbapi2

key = sys.stdin.read().strip()
connection = dbapi2.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
connection.execute(f"PRAGMA key = \"x'{key}'\"")
revisions = connection.execute("SELECT count(*) FROM revisions").fetchone()[0]
notes = connection.execute("SELECT count(*), min(text) FROM resident_notes").fetchone()
bad = connection.execute("PRAGMA cipher_integrity_check").fetchall()
print(revisions, notes[0], notes[1], len(bad))
