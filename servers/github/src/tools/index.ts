import { compareRevisionsTool } from './compare-revisions.ts'
import { correlateIncident } from './correlate-incident.ts'
import { findPullRequests } from './find-pull-requests.ts'
import { getCommitTool } from './get-commit.ts'
import { getFile } from './get-file.ts'
import { listChanges } from './list-changes.ts'
import { listPipelineRuns } from './list-pipeline-runs.ts'
import { openChangePr } from './open-change-pr.ts'
import { planRollback } from './plan-rollback.ts'
import { searchCode } from './search-code.ts'
import { searchIssues } from './search-issues.ts'
import { upsertIncidentIssue } from './upsert-incident-issue.ts'

/** Every tool of the server, in the order tools/list shows them. */
export const tools = [
  correlateIncident,
  planRollback,
  openChangePr,
  upsertIncidentIssue,
  listChanges,
  compareRevisionsTool,
  getCommitTool,
  findPullRequests,
  getFile,
  listPipelineRuns,
  searchCode,
  searchIssues,
] as const
