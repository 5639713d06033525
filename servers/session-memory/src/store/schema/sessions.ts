import type { Migration } from '@kubevigil/store/open'
import { documentTriggers } from './search.ts'

/**
 * A session is a conversation over many cycles; its messages are found by search like what is said of incidents. What
 * `prune_memory` folds lives on as one row a day. `model_tokens` is what models really took of what was estimated.
 */
export const sessions: Migration = {
  name: 'sessions, rollups, token counts',
  sql: `
    CREATE TABLE session (
      id TEXT PRIMARY KEY,
      started_at TEXT NOT NULL,
      updated_at TEXT NOT NULL,
      summary TEXT NOT NULL DEFAULT '',
      dropped INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE message (
      id INTEGER PRIMARY KEY,
      session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
      cycle INTEGER REFERENCES cycle (id) ON DELETE SET NULL,
      cluster TEXT NOT NULL,
      at TEXT NOT NULL,
      role TEXT NOT NULL,
      importance TEXT NOT NULL,
      pinned INTEGER NOT NULL,
      tokens INTEGER NOT NULL,
      text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX message_by_session ON message (session, id);
    CREATE INDEX message_by_cycle ON message (cycle);
    CREATE INDEX message_pinned ON message (id) WHERE pinned = 1;

    CREATE TABLE model_tokens (
      model TEXT PRIMARY KEY,
      ratio REAL NOT NULL,
      calls INTEGER NOT NULL,
      updated_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE folded_cycles (
      cluster TEXT NOT NULL,
      day TEXT NOT NULL,
      cycles INTEGER NOT NULL,
      resolved INTEGER NOT NULL,
      open_min INTEGER NOT NULL,
      open_max INTEGER NOT NULL,
      input_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      cost_usd REAL NOT NULL,
      PRIMARY KEY (cluster, day)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE folded_sightings (
      incident INTEGER NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
      day TEXT NOT NULL,
      sightings INTEGER NOT NULL,
      member_min INTEGER NOT NULL,
      member_max INTEGER NOT NULL,
      PRIMARY KEY (incident, day)
    ) STRICT, WITHOUT ROWID;

    CREATE TEMP TABLE moved AS SELECT * FROM document;
    DROP TABLE document;
    CREATE TABLE document (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      incident INTEGER REFERENCES incident (id) ON DELETE CASCADE,
      message INTEGER REFERENCES message (id) ON DELETE CASCADE,
      at TEXT NOT NULL,
      title TEXT NOT NULL,
      name TEXT NOT NULL,
      namespace TEXT NOT NULL,
      body TEXT NOT NULL,
      CHECK ((incident IS NULL) <> (message IS NULL))
    ) STRICT;
    INSERT INTO document (id, kind, incident, at, title, name, namespace, body)
    SELECT id, kind, incident, at, title, name, namespace, body FROM moved;
    DROP TABLE moved;
    CREATE UNIQUE INDEX document_of_incident ON document (incident) WHERE kind = 'incident';
    CREATE INDEX document_by_incident ON document (incident);
    CREATE INDEX document_by_message ON document (message) WHERE message IS NOT NULL;
    ${documentTriggers}
    CREATE TRIGGER message_added AFTER INSERT ON message BEGIN
      INSERT INTO document (kind, message, at, title, name, namespace, body)
      VALUES ('message', new.id, new.at, '', new.session, '', new.text);
    END;
  `,
}
