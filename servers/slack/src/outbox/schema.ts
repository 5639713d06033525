import type { Migration } from '@kubevigil/store/open'

/** The steps of slack.db. Times are milliseconds since the epoch. */
export const migrations: readonly Migration[] = [
  {
    name: 'outbox',
    sql: `
      CREATE TABLE outbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        incident TEXT,
        kind TEXT NOT NULL CHECK (kind IN ('root', 'edit', 'reply', 'message')),
        channel TEXT NOT NULL,
        root_key TEXT,
        thread_ts TEXT,
        broadcast INTEGER NOT NULL,
        text TEXT NOT NULL,
        blocks TEXT,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dropped')),
        reason TEXT NOT NULL,
        refusal TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        doubt_since INTEGER,
        attempt_at INTEGER,
        due_at INTEGER NOT NULL,
        lease TEXT,
        lease_until INTEGER,
        channel_id TEXT,
        ts TEXT,
        created_at INTEGER NOT NULL,
        settled_at INTEGER
      ) STRICT;
      CREATE INDEX outbox_waiting ON outbox (incident, id) WHERE state = 'waiting';
      CREATE TABLE incident (
        fingerprint TEXT PRIMARY KEY,
        channel TEXT NOT NULL,
        root_key TEXT NOT NULL,
        revision INTEGER NOT NULL,
        facts TEXT NOT NULL,
        resolved_at TEXT,
        updated_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE channel (name TEXT PRIMARY KEY, id TEXT NOT NULL) STRICT;
    `,
  },
  {
    name: 'pace and incident files',
    sql: `
      CREATE TABLE pace (channel TEXT PRIMARY KEY, next_at INTEGER NOT NULL) STRICT;
      ALTER TABLE incident ADD COLUMN filed_revision INTEGER;
    `,
  },
]

/** `root`: an incident's message; `edit`: it is changed in place; `reply`: in its thread; `message`: of post_message. */
export type Kind = 'root' | 'edit' | 'reply' | 'message'

/** A row of the outbox, by the names of its columns. */
export interface Row {
  id: number
  /** sha256 of incident, channel, kind and content; Slack's copy carries it as metadata. */
  key: string
  incident: string | null
  kind: Kind
  /** Name without #, or id. */
  channel: string
  /** The row whose message an edit changes or a reply belongs to. */
  root_key: string | null
  /** The thread of a `message`. */
  thread_ts: string | null
  /** 1: the reply is shown in the channel too. */
  broadcast: number
  text: string
  /** JSON of Block[]; null for the text alone. */
  blocks: string | null
  /** `dropped`: it could not be said any more, such as an edit that Slack's time window closed. */
  state: 'waiting' | 'sent' | 'dropped'
  /** Why it still waits. */
  reason: string
  /** Slack's code when it refused; empty otherwise. */
  refusal: string
  attempts: number
  /** Since when Slack may have it without our knowing; null: it certainly has not. */
  doubt_since: number | null
  /** Start of the last attempt. */
  attempt_at: number | null
  due_at: number
  /** Which process is sending it, and until when the others keep off. */
  lease: string | null
  lease_until: number | null
  /** Where Slack put it. */
  channel_id: string | null
  ts: string | null
  created_at: number
  settled_at: number | null
}
