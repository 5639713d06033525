import type { Migration } from '@kubevigil/store/open'

/** Why somebody was told or not, and what people say of incidents. */
export const handling: Migration = {
  name: 'decisions, and what people say of incidents',
  sql: `
    CREATE TABLE decision (
      id INTEGER PRIMARY KEY,
      cycle INTEGER NOT NULL REFERENCES cycle (id) ON DELETE CASCADE,
      incident INTEGER NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
      notify INTEGER NOT NULL,
      channel TEXT,
      reasons TEXT NOT NULL
    ) STRICT;
    CREATE INDEX decision_by_incident ON decision (incident, id);

    CREATE TABLE event (
      id INTEGER PRIMARY KEY,
      incident INTEGER NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
      cycle INTEGER NOT NULL,
      at TEXT NOT NULL,
      action TEXT NOT NULL,
      by TEXT NOT NULL,
      note TEXT NOT NULL,
      until TEXT
    ) STRICT;
    CREATE INDEX event_by_incident ON event (incident, id);

    ALTER TABLE incident ADD COLUMN acknowledgement TEXT;
    ALTER TABLE incident ADD COLUMN silence TEXT;
  `,
}
