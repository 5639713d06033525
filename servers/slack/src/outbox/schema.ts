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
  {
    name: 'ways out, updates, digests and approvals',
    sql: `
      ALTER TABLE outbox ADD COLUMN way TEXT NOT NULL DEFAULT 'slack' CHECK (way IN ('slack', 'teams'));
      ALTER TABLE incident ADD COLUMN kind TEXT NOT NULL DEFAULT 'incident' CHECK (kind IN ('incident', 'digest'));
      ALTER TABLE incident ADD COLUMN update_due INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE incident ADD COLUMN escalation_due INTEGER NOT NULL DEFAULT 0;
      CREATE TABLE digest_member (fingerprint TEXT PRIMARY KEY, digest TEXT NOT NULL) STRICT;
      CREATE TABLE approval (
        id TEXT PRIMARY KEY,
        plan_hash TEXT NOT NULL,
        facts TEXT NOT NULL,
        channel TEXT NOT NULL,
        nonce TEXT NOT NULL,
        root_key TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'expired')),
        expires_at INTEGER NOT NULL,
        decided_by TEXT,
        decided_at INTEGER,
        how TEXT,
        created_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX approval_pending ON approval (expires_at) WHERE state = 'pending';
    `,
  },
]

/** A way out: each delivers its own rows, and none waits for the other. */
export type Way = 'slack' | 'teams'

/** `root`: the message of an incident, a digest or an approval; `edit`: it is changed in place; `reply`: in its thread; `message`: of post_message, or a card. */
export type Kind = 'root' | 'edit' | 'reply' | 'message'

/** A row of the outbox, by the names of its columns. */
export interface Row {
  id: number
  /** sha256 of incident, channel, kind and content; Slack's copy carries it as metadata. */
  key: string
  /** The incident, digest or approval it is about; null for post_message. What one of them says is said in order. */
  incident: string | null
  kind: Kind
  way: Way
  /** Name without #, or id; of Teams the name of its webhook's pace. */
  channel: string
  /** The row whose message an edit changes or a reply belongs to. */
  root_key: string | null
  /** The thread of a `message`. */
  thread_ts: string | null
  /** 1: the reply is shown in the channel too. */
  broadcast: number
  text: string
  /** JSON of Block[], for Teams of its card; null for the text alone. */
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
