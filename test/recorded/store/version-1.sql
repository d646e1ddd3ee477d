-- A data file as version 1 of the schema left it after a kill: one open incident, a dead letter, a message in flight
-- (its second attempt, leased until 2100) and one behind it. Frozen: later versions must be able to start from this.
CREATE TABLE documents (
  collection TEXT NOT NULL,
  id ANY NOT NULL,
  version INTEGER NOT NULL,
  written_at INTEGER NOT NULL,
  value TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX documents_by_id ON documents (collection, id);
CREATE INDEX documents_by_age ON documents (collection, written_at);

CREATE TABLE message_groups (
  group_id INTEGER PRIMARY KEY,
  queue TEXT NOT NULL,
  name ANY NOT NULL,
  ready_at INTEGER NOT NULL,
  leased INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX message_groups_by_name ON message_groups (queue, name);
CREATE INDEX message_groups_by_ready ON message_groups (queue, ready_at);

CREATE TABLE messages (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id INTEGER NOT NULL REFERENCES message_groups,
  sent_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX messages_by_group ON messages (group_id, seq, sent_at);

CREATE TABLE dead_letters (
  seq INTEGER PRIMARY KEY,
  queue TEXT NOT NULL,
  name ANY NOT NULL,
  body TEXT NOT NULL,
  reason TEXT NOT NULL,
  died_at INTEGER NOT NULL
) STRICT;

INSERT INTO documents (collection, id, version, written_at, value)
VALUES ('incidents', 'prod-eu/node-not-ready/worker-3', 4, 1767225600000, '{"state":"open"}');
INSERT INTO message_groups (group_id, queue, name, ready_at, leased, attempts)
VALUES (3, 'investigate', 'worker-3', 4102444800000, 1, 2);
INSERT INTO messages (seq, group_id, sent_at, due_at, body)
VALUES (8, 3, 1767225600000, 1767225600000, '{"webhook":"w2"}'), (9, 3, 1767225601000, 1767225601000, '{"webhook":"w3"}');
INSERT INTO dead_letters (seq, queue, name, body, reason, died_at)
VALUES (7, 'investigate', 'worker-9', '{"webhook":"w1"}', 'Slack refused it', 1767225599000);
PRAGMA user_version = 1;
