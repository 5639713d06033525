import type { Migration } from '@kubevigil/store/open'

/** Keeps the index of `document` as its rows are. */
export const documentTriggers = `
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
`

/** A document is what search finds, kept by triggers, so that no writer can forget it. */
export const search: Migration = {
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
    ${documentTriggers}

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
}
