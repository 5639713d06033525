import type { Migration } from '@kubevigil/store/open'

/**
 * A series is one metric under one set of labels. Its points are rows of any width: `step` is 0 for a reading and the bucket's
 * milliseconds for what was folded, whose `value` is the mean of a gauge and the last reading of a counter. Times are milliseconds
 * since the epoch: there are millions of them. The points of one day lie together, so that a look, which adds one to each of
 * many series, writes few pages: one after another in the series' own order, each would be on a page of its own.
 */
export const metrics: Migration = {
  name: 'metrics',
  sql: `
    CREATE TABLE metric_series (
      id INTEGER PRIMARY KEY,
      cluster TEXT NOT NULL,
      metric TEXT NOT NULL,
      labels TEXT NOT NULL,
      type TEXT NOT NULL,
      unit TEXT NOT NULL,
      ceiling REAL,
      first_at INTEGER NOT NULL,
      last_at INTEGER NOT NULL,
      folded_to INTEGER,
      UNIQUE (cluster, metric, labels)
    ) STRICT;

    CREATE TABLE metric_point (
      day INTEGER NOT NULL,
      series INTEGER NOT NULL REFERENCES metric_series (id),
      at INTEGER NOT NULL,
      value REAL NOT NULL,
      step INTEGER NOT NULL DEFAULT 0,
      points INTEGER,
      least REAL,
      most REAL,
      growth REAL,
      PRIMARY KEY (day, series, at)
    ) STRICT, WITHOUT ROWID;
  `,
}
