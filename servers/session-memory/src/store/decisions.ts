import type { Decision } from '@kubevigil/core/assessment'
import type { Sql } from '@kubevigil/store/open'

interface Row {
  notify: number
  channel: string | null
  reasons: string
  form: Decision['form']
  covered_by: string | null
}

/** Keeps a decision when it says something else than the one before it about the incident: a steady state is one row, not one a cycle. */
export function keepDecision(sql: Sql, cycle: number, incident: number, decision: Decision): void {
  const row: Row = {
    notify: Number(decision.notify),
    channel: decision.channel,
    reasons: JSON.stringify(decision.reasons),
    form: decision.form,
    covered_by: decision.coveredBy,
  }
  const last = sql.get<Row>(
    'SELECT notify, channel, reasons, form, covered_by FROM decision WHERE incident = ? ORDER BY id DESC LIMIT 1',
    incident,
  )
  if (last !== undefined && JSON.stringify(last) === JSON.stringify(row)) return
  sql.run(
    `INSERT INTO decision (cycle, incident, notify, channel, reasons, form, covered_by)
     VALUES (@cycle, @incident, @notify, @channel, @reasons, @form, @covered_by)`,
    { cycle, incident, ...row },
  )
}
