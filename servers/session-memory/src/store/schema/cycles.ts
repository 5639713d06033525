import type { Migration } from '@kubevigil/store/open'

/** A cycle is one look; an incident row is one fingerprint of one cluster and tells its latest episode; an observation is what one cycle saw of one incident. */
export const cycles: Migration = {
  name: 'cycles and incidents',
  sql: `
    CREATE TABLE cycle (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      cluster TEXT NOT NULL,
      engine TEXT NOT NULL,
      started_at TEXT NOT NULL,
      duration_ms INTEGER NOT NULL,
      status TEXT NOT NULL,
      coverage TEXT NOT NULL,
      open INTEGER NOT NULL DEFAULT 0,
      resolved INTEGER NOT NULL DEFAULT 0,
      input_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      cost_usd REAL NOT NULL
    ) STRICT;
    CREATE INDEX cycle_by_cluster ON cycle (cluster, id);

    CREATE TABLE incident (
      id INTEGER PRIMARY KEY,
      cluster TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      rule TEXT NOT NULL,
      title TEXT NOT NULL,
      root_kind TEXT NOT NULL,
      root_namespace TEXT NOT NULL,
      root_name TEXT NOT NULL,
      service TEXT,
      priority TEXT NOT NULL,
      sev TEXT NOT NULL,
      severity TEXT NOT NULL,
      impact TEXT NOT NULL,
      owners TEXT NOT NULL,
      member_count INTEGER NOT NULL,
      member_examples TEXT NOT NULL,
      facts TEXT NOT NULL,
      known TEXT,
      change TEXT,
      since TEXT,
      opened_at TEXT NOT NULL,
      last_seen TEXT NOT NULL,
      resolved_at TEXT,
      seen INTEGER NOT NULL DEFAULT 1,
      episodes INTEGER NOT NULL DEFAULT 1,
      unread TEXT NOT NULL,
      told_at TEXT,
      told_channel TEXT,
      told_ts TEXT,
      told_sev TEXT,
      UNIQUE (cluster, fingerprint)
    ) STRICT;
    CREATE INDEX incident_by_gravity ON incident ((resolved_at IS NOT NULL), sev, id DESC);

    CREATE TABLE observation (
      cycle INTEGER NOT NULL REFERENCES cycle (id) ON DELETE CASCADE,
      incident INTEGER NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
      state TEXT NOT NULL,
      sev TEXT NOT NULL,
      member_count INTEGER NOT NULL,
      delivery TEXT,
      PRIMARY KEY (cycle, incident)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX observation_by_incident ON observation (incident, cycle);
  `,
}
