import type { Migration } from '@kubevigil/store/open'

/**
 * The steps of memory.db. Instants are ISO 8601 texts in UTC, lists are JSON. A cycle is one look; an incident row is one
 * fingerprint of one cluster, and tells its latest episode; an observation is what one cycle saw of one incident; an event is
 * what a person said of it; a document is what search finds, kept by triggers, so that no writer can forget it.
 */
export const migrations: readonly Migration[] = [
  {
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
  },
  {
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
  },
  {
    name: 'search',
    sql: `
      CREATE TABLE document (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        incident INTEGER NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
        at TEXT NOT NULL,
        title TEXT NOT NULL,
        name TEXT NOT NULL,
        namespace TEXT NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX document_of_incident ON document (incident) WHERE kind = 'incident';
      CREATE INDEX document_by_incident ON document (incident);

      CREATE VIRTUAL TABLE document_text USING fts5 (
        title, name, namespace, body,
        content = 'document', content_rowid = 'id',
        tokenize = "unicode61 remove_diacritics 2 tokenchars '-_.'"
      );
      CREATE TRIGGER document_added AFTER INSERT ON document BEGIN
        INSERT INTO document_text (rowid, title, name, namespace, body)
        VALUES (new.id, new.title, new.name, new.namespace, new.body);
      END;
      CREATE TRIGGER document_removed AFTER DELETE ON document BEGIN
        INSERT INTO document_text (document_text, rowid, title, name, namespace, body)
        VALUES ('delete', old.id, old.title, old.name, old.namespace, old.body);
      END;
      CREATE TRIGGER document_changed AFTER UPDATE ON document BEGIN
        INSERT INTO document_text (document_text, rowid, title, name, namespace, body)
        VALUES ('delete', old.id, old.title, old.name, old.namespace, old.body);
        INSERT INTO document_text (rowid, title, name, namespace, body)
        VALUES (new.id, new.title, new.name, new.namespace, new.body);
      END;

      CREATE VIEW incident_text AS
        SELECT id, last_seen AS at, title, concat_ws(' ', root_name, service) AS name, root_namespace AS namespace,
          concat_ws(' ', rule, root_kind, impact,
            (SELECT group_concat(value, ' ') FROM json_each(facts, '$.causes')),
            (SELECT group_concat(value, ' ') FROM json_each(facts, '$.evidence'))) AS body
        FROM incident;
      CREATE TRIGGER incident_added AFTER INSERT ON incident BEGIN
        INSERT INTO document (kind, incident, at, title, name, namespace, body)
        SELECT 'incident', id, at, title, name, namespace, body FROM incident_text WHERE id = new.id;
      END;
      CREATE TRIGGER incident_reworded AFTER UPDATE OF title, service, facts, impact ON incident
      WHEN (old.title, old.service, old.facts, old.impact) IS NOT (new.title, new.service, new.facts, new.impact)
      BEGIN
        UPDATE document SET (at, title, name, namespace, body) =
          (SELECT at, title, name, namespace, body FROM incident_text WHERE id = new.id)
        WHERE kind = 'incident' AND incident = new.id;
      END;
      CREATE TRIGGER decision_added AFTER INSERT ON decision BEGIN
        INSERT INTO document (kind, incident, at, title, name, namespace, body)
        SELECT 'decision', incident.id, cycle.started_at, '', incident.root_name, incident.root_namespace,
          (SELECT group_concat(value, '; ') FROM json_each(new.reasons))
        FROM incident, cycle WHERE incident.id = new.incident AND cycle.id = new.cycle;
      END;
      CREATE TRIGGER event_added AFTER INSERT ON event BEGIN
        INSERT INTO document (kind, incident, at, title, name, namespace, body)
        SELECT 'note', id, new.at, '', root_name, root_namespace, concat_ws(' ', new.action, 'by', new.by || ':', new.note)
        FROM incident WHERE id = new.incident;
      END;

      INSERT INTO document (kind, incident, at, title, name, namespace, body)
      SELECT 'incident', id, at, title, name, namespace, body FROM incident_text;
    `,
  },
]
