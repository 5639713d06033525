import { UserError } from '@kubevigil/mcp-kit/errors'
import type { StoredIncident } from '../store/incidents.ts'
import type { Memory } from '../store/memory.ts'

interface IncidentKey {
  fingerprint?: string | undefined
  id?: number | undefined
  cluster?: string | undefined
}

/**
 * The one incident a caller means.
 * @throws UserError when neither or both keys are given, nothing is remembered under it, or several clusters have it
 */
export async function findIncident(memory: Memory, key: IncidentKey): Promise<StoredIncident> {
  if ((key.fingerprint === undefined) === (key.id === undefined))
    throw new UserError('incident-key', 'Name the incident by fingerprint or by id.', 'Give exactly one of the two.')
  const found = await memory.find(key)
  const [incident] = found
  if (incident === undefined) {
    const what = key.id === undefined ? `the fingerprint ${key.fingerprint}` : `the id ${key.id}`
    const where = key.cluster === undefined ? '' : ` on ${key.cluster}`
    throw new UserError(
      'incident-unknown',
      `No incident is remembered under ${what}${where}.`,
      'list_incidents and search_memory show what is.',
    )
  }
  if (found.length > 1)
    throw new UserError(
      'incident-ambiguous',
      `Several clusters have this fingerprint: ${found.map((one) => one.cluster).join(', ')}.`,
      'Name one as cluster.',
    )
  return incident
}
