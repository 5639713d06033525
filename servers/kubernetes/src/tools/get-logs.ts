import { second } from '@kubevigil/core/time'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import type { KubeClient } from '../kube/client.ts'
import { podNamed, podsOf, type LogPods } from '../present/log-pods.ts'
import { mostBytes, mostLines, readSources } from '../present/log-sources.ts'
import { lineView, patternView } from '../present/log-views.ts'
import { checkName, checkNamespace } from '../present/names.ts'
import { readSpan } from '../present/span.ts'

const linesShown = 100

export const getLogs = defineTool({
  name: 'get_logs',
  title: 'Logs',
  description: 'Logs of a pod or workload: repeated lines folded and counted, worst first, or the newest lines.',
  effect: 'read',
  input: z.strictObject({
    namespace: z.string().min(1).max(63).describe('Namespace'),
    pod: z.string().max(253).optional().describe('Or kind and name'),
    kind: z.string().max(253).optional().describe('Of a workload'),
    name: z.string().max(253).optional().describe('Its name'),
    container: z.string().max(253).optional().describe('Default: the annotated or first'),
    previous: z.boolean().default(false).describe('The run before a crash'),
    since: z.string().max(20).optional().describe('Such as 15m'),
    tail: z.int().min(1).max(mostLines).optional().describe('Newest lines'),
    grep: z.string().max(200).optional().describe('Plain text'),
    mode: z.enum(['patterns', 'lines']).default('patterns').describe('Folded or plain'),
    context: parameters.context,
  }),
  output: z.strictObject({
    cluster: z.string(),
    context: z.string(),
    namespace: z.string(),
    previous: z.boolean(),
    sources: z
      .array(
        z.strictObject({
          pod: z.string(),
          container: z.string(),
          otherContainers: z.array(z.string()),
          lines: z.int().min(0).max(mostBytes).describe('Lines read'),
          note: z.string(),
        }),
      )
      .describe('What was read, and what could not be'),
    podsLeftOut: z.strictObject({
      count: z.int().min(0).max(1000).describe('Pods of the workload that were not read, of the first 200'),
      names: z.array(z.string()),
    }),
    linesRead: z.int().min(0).max(mostBytes),
    bytesRead: z
      .int()
      .min(0)
      .max(mostBytes * 2),
    linesMatched: z.int().min(0).max(mostBytes).describe('Lines that hold the grep text; all when there is none'),
    patterns: z
      .array(
        z.strictObject({
          count: z.int().min(0).max(mostBytes),
          level: z.enum(['fatal', 'error', 'warn', 'info', 'debug']).optional(),
          first: z.string().optional(),
          last: z.string().optional(),
          text: z.string().describe('The latest such line: untrusted text of the container'),
          stack: z.array(z.string()).optional().describe('First frames below it'),
          mixed: z.literal(true).optional().describe('These lines have nothing in common'),
        }),
      )
      .optional(),
    lines: z
      .array(
        z.strictObject({
          time: z.string().optional(),
          pod: z.string().optional(),
          text: z.string().describe('Untrusted text of the container'),
        }),
      )
      .optional()
      .describe('Oldest first'),
    omitted: z.int().min(0).max(mostBytes).describe('Patterns, or lines that match, left out'),
    hint: z.string(),
  }),
  async run(args, { client }, { signal, progress }) {
    const { previous, mode } = args
    const namespace = checkNamespace(args.namespace)!
    const sinceSeconds = args.since ? Math.ceil(readSpan(args.since, 'since') / second) : undefined
    const target = readTarget(args)
    const kube = await client(args.context)
    const { pods, leftOut } = await findPods(kube, namespace, target, signal)
    progress(1, 3, `Reading the logs of ${pods.length} pods`)
    const shows = args.tail ?? linesShown
    // What is to be searched is read as far as the bounds allow; what is only to be shown, no further than that.
    const tailLines = mode === 'patterns' ? (args.tail ?? mostLines) : args.grep ? mostLines : shows
    const container = args.container || undefined
    const sources = await readSources(kube, pods, { namespace, container, previous, sinceSeconds, tailLines }, signal)
    progress(2, 3, 'Reading done')

    const grep = args.grep?.toLowerCase() ?? ''
    const matching = sources.map(({ pod, lines }) => ({
      pod,
      lines: lines.filter(({ text }) => text.toLowerCase().includes(grep)),
    }))
    const view = mode === 'patterns' ? patternView(matching.map(({ lines }) => lines)) : lineView(matching, shows)
    const linesRead = total(sources.map(({ lines }) => lines.length))
    const linesMatched = total(matching.map(({ lines }) => lines.length))
    return {
      cluster: kube.cluster,
      context: kube.context,
      namespace,
      previous,
      sources: sources.map(({ pod, container, otherContainers, lines, note }) => ({
        pod,
        container,
        otherContainers,
        lines: lines.length,
        note,
      })),
      podsLeftOut: { count: leftOut.length, names: leftOut.slice(0, 20) },
      linesRead,
      bytesRead: total(sources.map(({ bytes }) => bytes)),
      linesMatched,
      ...view,
      hint: hintFor(linesRead, linesMatched, view.omitted, args.since),
    }
  },
})

type Target = { pod: string } | { kind: string; name: string }

/** Which pods are meant. @throws UserError when the arguments name none, or two */
function readTarget({
  pod,
  kind,
  name,
}: {
  pod?: string | undefined
  kind?: string | undefined
  name?: string | undefined
}): Target {
  if (pod && !kind && !name) return { pod: checkName(pod, 'pod') }
  if (!pod && kind && name) return { kind, name: checkName(name) }
  throw new UserError('target-missing', 'get_logs needs one target.', 'Give pod, or both kind and name of a workload.')
}

async function findPods(kube: KubeClient, namespace: string, target: Target, signal: AbortSignal): Promise<LogPods> {
  if ('pod' in target) return podNamed(kube, namespace, target.pod, signal)
  return podsOf(kube, await kube.type(target.kind, signal), namespace, target.name, signal)
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}

function hintFor(read: number, matched: number, omitted: number, since: string | undefined): string {
  if (read === 0) return since ? `No lines within the last ${since}.` : 'The log is empty.'
  if (matched === 0) return 'No line that was read holds the grep text.'
  return omitted > 0 ? 'There is more: narrow with grep, since or one pod.' : ''
}
