import { expect, test } from 'vitest'
import { renderApproval, renderVerdict, type ApprovalFacts } from './approval.ts'
import { textsOf, validateBlocks } from './blocks.ts'

const now = Date.parse('2026-11-20T14:15:30Z')
const plan: ApprovalFacts = {
  title: 'Restart chores-tracker-backend <!here>',
  planHash: 'ab12'.repeat(16),
  summary: 'It leaks memory.',
  commands: ['kubectl rollout restart deploy/chores-tracker-backend -n chores', 'sleep 5 && echo `done` ```'],
  requestedBy: 'kubevigil',
  expiresAt: now + 600_000,
}

function shown({ blocks }: { blocks: Parameters<typeof validateBlocks>[0] }): string {
  expect(validateBlocks(blocks)).toEqual([])
  return blocks
    .flatMap(textsOf)
    .join('\n')
    .replaceAll(/<!date[^|]*\|([^>]*)>/g, '$1')
}

test('the question shows what, why, every command, until when and for which plan', () => {
  expect(shown(renderApproval(plan, 'press', now))).toMatchInlineSnapshot(`
    "✋ Approve? Restart chores-tracker-backend here
    It leaks memory.
    *What will be done*
    \`\`\`
    kubectl rollout restart deploy/chores-tracker-backend -n chores
    \`\`\`
    \`\`\`
    sleep 5 &amp;&amp; echo \`done\` '''
    \`\`\`
    *To decide* press a button, until 2026-11-20 14:25 UTC (10m). Only the approvers named by the operator count.
    Approve
    Deny
    plan \`ab12ab12ab12\` · asked by kubevigil"
  `)
})

test('without buttons it says which reaction decides', () => {
  const { blocks } = renderApproval(plan, undefined, now)
  expect(shown({ blocks })).toContain('react with :white_check_mark: to approve or :x: to deny')
  expect(blocks.some(({ type }) => type === 'actions')).toBe(false)
})

test('buttons carry what they were given, and only that', () => {
  const { blocks } = renderApproval(plan, 'press', now)
  const buttons = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []))
  expect(buttons.map(({ action_id, value }) => [action_id, value])).toEqual([
    ['kubevigil_approve', 'press'],
    ['kubevigil_deny', 'press'],
  ])
})

test('the verdict names who decided and leaves nothing to press', () => {
  const approved = renderVerdict(plan, { state: 'approved', by: 'U0123', at: now })
  expect(shown(approved)).toContain('*Approved* by <@U0123> · 2026-11-20 14:15 UTC')
  expect(shown(renderVerdict(plan, { state: 'denied', by: 'U0123', at: now }))).toContain('*Denied* by <@U0123>')
  const expired = renderVerdict(plan, { state: 'expired', by: '', at: now })
  expect(shown(expired)).toContain('*Expired* undecided')
  for (const { blocks } of [approved, expired]) expect(blocks.some(({ type }) => type === 'actions')).toBe(false)
})

test('a long command is whole or the message is refused, never cut', () => {
  const long = `kubectl ${'x'.repeat(2000)} --last`
  expect(shown(renderApproval({ ...plan, commands: [long] }, 'press', now))).toContain('--last')
  const many = Array.from({ length: 20 }, () => 'x'.repeat(1000))
  expect(validateBlocks(renderApproval({ ...plan, commands: many }, 'press', now).blocks)).not.toEqual([])
})
