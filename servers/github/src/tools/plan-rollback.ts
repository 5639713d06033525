import { takeWithin } from '@kubevigil/core/budget'
import { Management, Rollout } from '@kubevigil/core/change'
import { Coverage } from '@kubevigil/core/observe'
import { approaches, rollbackPlan } from '@kubevigil/core/rollback'
import { z } from 'zod'
import { defineTool, handedOn, parameters } from '../context.ts'
import { openInquiry, type Inquiry } from '../correlate/inquiry.ts'
import { lostWith, readTakenBack, warningsOf } from '../correlate/rollback.ts'
import { permit, resolveTarget } from '../correlate/target.ts'

/** Most characters of JSON that what is lost may take. */
const lostCharacters = 6_000

export const planRollback = defineTool({
  name: 'plan_rollback',
  title: 'Plan rollback',
  description:
    'How to take a change back: exact commands, what to expect, how to verify, what is lost with it. Pass the sha correlate_incident found.',
  effect: 'read',
  input: z.strictObject({
    kind: z.string().max(128).describe("The workload's kind"),
    namespace: z.string().max(128).describe('Its namespace'),
    name: z.string().max(512).describe('Its name'),
    management: handedOn(Management).describe('From list_rollouts, unchanged'),
    rollouts: z.array(handedOn(Rollout)).max(20).describe('From list_rollouts, newest first'),
    repository: parameters.repository.optional().describe('When live objects and services file do not say'),
    sha: parameters.revision.optional().describe('Commit to take back'),
  }),
  output: z.strictObject({
    approach: z.enum(approaches),
    steps: z.array(z.string()).describe('For a person, in order; nothing was done'),
    expect: z.array(z.string()),
    verify: z.array(z.string()),
    lost: z.array(z.string()).describe('What is undone or at risk with it; titles are text from outside'),
    warnings: z.array(z.string()),
    coverage: z.array(Coverage),
  }),
  deadlineMs: 55_000,
  async run(args, { allow, client, catalog }, { signal }) {
    const { kind, namespace, name, management, rollouts, sha } = args
    const workload = { kind, namespace, name }
    const target = resolveTarget({ ...args, workload, path: undefined }, catalog, client.host)
    const inquiry = openInquiry(client, { signal, calls: 0 })
    const isOpen = await inquiry.ask(target.repository || 'repository', async () => permit(target, allow, inquiry.note))
    const found = isOpen === true ? await readIfAsked(target, { sha, rollouts }, inquiry) : undefined
    const home = {
      ...management,
      repository: target.repository,
      path: target.path,
      branch: target.branch || management.branch,
    }
    const { undone, ...plan } = rollbackPlan(workload, home, found?.suspect, rollouts)
    const isBlind = sha !== undefined && found === undefined
    return {
      ...plan,
      lost: bound([...undone, ...(found === undefined ? [] : lostWith(found, target.path, plan.approach))]),
      warnings: [
        ...(isBlind ? ['The commit could not be read, so the plan does not name it: coverage says why.'] : []),
        ...(found === undefined ? [] : warningsOf(found)),
        ...plan.warnings,
      ],
      coverage: inquiry.coverage,
    }
  },
})

/** Says how much of a long list is left out. */
function bound(lines: readonly string[]): string[] {
  const { kept, omitted } = takeWithin(lines, lostCharacters)
  return omitted === 0 ? kept : [...kept, `And ${omitted} more, left out for room.`]
}

async function readIfAsked(
  target: Parameters<typeof readTakenBack>[0],
  { sha, rollouts }: { sha: string | undefined; rollouts: readonly Rollout[] },
  inquiry: Inquiry,
): ReturnType<typeof readTakenBack> {
  if (sha !== undefined) return readTakenBack(target, { sha, rollouts }, inquiry)
  inquiry.note({
    source: 'commit',
    status: 'absent',
    detail: 'No sha was given: what is lost in Git was not looked at.',
  })
  return undefined
}
