import type { Migration } from '@kubevigil/store/open'

/**
 * What telling, raising and flapping are judged by: `telling` is JSON about what was said, `looks` whether the last whole looks
 * showed the incident (1 or 0 each, oldest first), `form` and `covered_by` say how somebody was told, or what told it instead.
 */
export const judgement: Migration = {
  name: 'how incidents are told, raised and flap',
  sql: `
    ALTER TABLE incident ADD COLUMN telling TEXT;
    ALTER TABLE incident ADD COLUMN raised TEXT;
    ALTER TABLE incident ADD COLUMN looks TEXT NOT NULL DEFAULT '1';
    ALTER TABLE incident ADD COLUMN flapping INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE decision ADD COLUMN form TEXT;
    ALTER TABLE decision ADD COLUMN covered_by TEXT;
  `,
}
