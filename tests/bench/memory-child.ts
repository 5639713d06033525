import { writeSync } from 'node:fs'
import { openMemory } from '../../servers/session-memory/src/store/memory.ts'
import { migrations } from '../../servers/session-memory/src/store/schema.ts'
import { openStore } from '../../shared/store/src/open.ts'

/** What a memory bench does in a process of its own: `node memory-child.ts write|fill PATH …`. Answers on stdout. */
const [task, path = '', name = '', count = ''] = process.argv.slice(2)

/** Records cycles one by one and says the number of each when it is acknowledged. */
async function write(writer: string, most: number): Promise<void> {
  const memory = await openMemory(path)
  for (let n = 0; n < most; n += 1) {
    await memory.record(
      {
        key: `${writer} ${n}`,
        cluster: writer,
        engine: 'rules',
        startedAt: '2026-11-19T14:00:00Z',
        durationMs: 1,
        status: 'healthy',
        coverage: [],
        incidents: [],
        resolved: [],
        usage: { inputTokens: 0, outputTokens: 0, costUsd: 0 },
        session: {
          id: writer,
          summary: null,
          messages: [{ role: 'tool', importance: 'normal', pinned: false, text: `${n}` }],
          maxTokens: 1_000_000,
        },
      },
      0,
    )
    writeSync(1, `${n}\n`)
  }
  memory.close()
}

const frequent = ['pod', 'restarted', 'memory', 'limit', 'probe', 'failed', 'node', 'ready', 'deploy', 'image']

/** Fills a memory with notes of about 200 characters on one incident, every word of a large and skewed vocabulary. */
async function fill(rows: number): Promise<void> {
  const store = await openStore({ path, migrations })
  store.write((sql) =>
    sql.run(
      `INSERT INTO incident (cluster, fingerprint, rule, title, root_kind, root_namespace, root_name, priority, sev, severity,
         impact, owners, member_count, member_examples, facts, opened_at, last_seen, unread)
       VALUES ('home', 'aaaa', 'POD_CRASH_LOOP', 'n8n crashes', 'Deployment', 'default', 'n8n', 'P0', 'SEV-1', 'critical',
         '', '[]', 1, '[]', '{}', '2026-11-19T14:00:00Z', '2026-11-19T14:00:00Z', '[]')`,
    ),
  )
  let seed = 1
  const random = (below: number): number => (seed = (seed * 48_271) % 0x7fffffff) % below
  for (let first = 0; first < rows; first += 10_000)
    store.write((sql) => {
      for (let row = first; row < Math.min(rows, first + 10_000); row += 1) {
        const words = Array.from({ length: 20 }, () =>
          random(3) === 0 ? frequent[random(frequent.length)] : `term${String(random(20_000)).padStart(5, '0')}`,
        )
        const at = new Date(Date.UTC(2024, 0, 1) + row * 90_000).toISOString()
        const service = `svc-${String(row % 5000).padStart(4, '0')}`
        const text =
          'INSERT INTO document (kind, incident, at, title, name, namespace, body) VALUES (?, 1, ?, ?, ?, ?, ?)'
        sql.run(text, 'note', at, '', service, `team-${row % 40}`, words.join(' '))
      }
    })
  store.close()
}

if (task === 'write') await write(name, Number(count))
if (task === 'fill') await fill(Number(name))
