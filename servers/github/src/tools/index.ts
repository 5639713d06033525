import { compareRevisionsTool } from './compare-revisions.ts'
import { correlateIncident } from './correlate-incident.ts'
import { getCommitTool } from './get-commit.ts'
import { listChanges } from './list-changes.ts'

/** Every tool of the server, in the order tools/list shows them. */
export const tools = [correlateIncident, listChanges, compareRevisionsTool, getCommitTool] as const
