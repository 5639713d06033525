import type { Decision } from '@kubevigil/core/assessment'
import type { Sql } from '@kubevigil/store/open'

interface Row {
  notify: number
  channel: string | null
  reasons: string
}

/** Keeps a decision when it says something else than the one before it about the incident: a steady state is one row, not one a cycle. */
export function keepDecision(sql: Sql, cycle: number, incident: number, decision: Decision): void {
  const row: Row = {
    notify: Number(decision.notify),
    channel: decision.channel,
    reasons: JSON.stringify(decision.reasons),
  }
  const last = sql.get<Row>(
    'SELECT notify, channel, reasons FROM decision WHERE incident = ? ORDER BY id DESC LIMIT 1',
    incident,
  )
  if (last?.notify === row.notify && last.channel === row.channel && last.reasons === row.reasons) return
  sql.run(
    'INSERT INTO decision (cycle, incident, notify, channel, reasons) VALUES (@cycle, @incident, @notify, @channel, @reasons)',
    { cycle, incident, ...row },
  )
}
