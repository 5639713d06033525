import { describe, expect, it } from 'vitest'
import { defaultDetectOptions, detect, isHygiene } from '../../shared/core/src/detect/detect.ts'
import { group } from '../../shared/core/src/group.ts'
import { Incident } from '../../shared/core/src/incident.ts'
import { statusOf } from '../../shared/core/src/status.ts'
import { toMillis } from '../../shared/core/src/time.ts'
import { readDump, snapshotFromDump } from './snapshot-from-dump.ts'

/** Habits are told only when asked for, and telling them changes nothing else. */

function look(name: string, hygiene?: boolean) {
  const dump = readDump(name)
  const snapshot = snapshotFromDump(dump, 'suspects')
  const options = hygiene === undefined ? defaultDetectOptions : { ...defaultDetectOptions, hygiene }
  const incidents = group(detect(snapshot, options, toMillis(dump.takenAt)!), snapshot)
  return { incidents, status: statusOf(snapshot.coverage, incidents) }
}

describe.each(['mixed', 'homelab-healthy', 'homelab-incident', 'node-down', 'scenarios/healthy-odd'])('%s', (name) => {
  const [untold, off, on] = [look(name), look(name, false), look(name, true)]

  it('has no habits unless asked for', () => {
    expect(off).toEqual(untold)
    expect(off.incidents.filter(({ rule }) => isHygiene(rule))).toEqual([])
  })

  it('keeps its status and its incidents with them, which are a few notes of the cluster', () => {
    const habits = on.incidents.filter(({ rule }) => isHygiene(rule))
    expect(on.status).toBe(off.status)
    expect(on.incidents.filter((incident) => !habits.includes(incident))).toEqual(off.incidents)
    expect(habits.length).toBeGreaterThan(0)
    expect(new Set(habits.map(({ rule }) => rule)).size).toBe(habits.length)
    expect(new Set(habits.map(({ severity, root }) => `${severity} ${root.kind}`))).toEqual(new Set(['info Cluster']))
    expect(habits.every((incident) => Incident.safeParse(incident).success)).toBe(true)
    expect(JSON.stringify(habits).length).toBeLessThan(12_000)
  })
})
