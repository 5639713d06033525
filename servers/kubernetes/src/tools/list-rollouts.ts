import { takeWithin } from '@kubevigil/core/budget'
import { WorkloadHistory } from '@kubevigil/core/change'
import { Coverage } from '@kubevigil/core/observe'
import { UserError } from '@kubevigil/mcp-kit/errors'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import { findObject } from '../diagnose/find-object.ts'
import { briefCoverage, createSources } from '../diagnose/sources.ts'
import { historyOf, workloadOf } from '../rollouts/history.ts'

/** Characters the rollouts may take of an answer under 16,000. */
const rolloutBudget = 12_000

export const listRollouts = defineTool({
  name: 'list_rollouts',
  title: 'Rollouts',
  description:
    'What changed about a workload (template, Argo CD, Flux, Helm, scaling) and who applies its manifests; for correlate_incident.',
  effect: 'read',
  input: z.strictObject({
    kind: z.string().min(1).max(128).default('Deployment').describe('Or a Pod or ReplicaSet of it'),
    namespace: z.string().min(1).max(63).describe('Its namespace'),
    name: z.string().min(1).max(253).describe('Its name'),
    context: parameters.context,
    limit: z.int().min(1).max(20).default(10).describe('Most listed'),
  }),
  output: z.strictObject({
    ...WorkloadHistory.shape,
    cluster: z.string(),
    context: z.string(),
    coverage: z.array(Coverage),
    omitted: z.int().describe('Older rollouts left out'),
  }),
  async run({ kind, namespace, name, context, limit }, { client }, { signal }) {
    const kube = await client(context)
    const named = await findObject(kube, { kind, namespace, name }, signal)
    if (!named.type.namespaced)
      throw new UserError(
        'no-rollouts',
        `A ${named.ref.kind} has no rollouts.`,
        'Name a Deployment, StatefulSet or DaemonSet.',
      )
    const workload = await workloadOf(kube, named, signal)
    const sources = createSources(kube, signal)
    const { management, rollouts } = await historyOf(kube, workload, sources, signal)
    const { kept } = takeWithin(rollouts.slice(0, limit), rolloutBudget)
    return {
      cluster: kube.cluster,
      context: kube.context,
      workload: workload.ref,
      management,
      rollouts: kept,
      coverage: briefCoverage(sources.coverage),
      omitted: rollouts.length - kept.length,
    }
  },
})
