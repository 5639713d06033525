import { clip, takeWithin } from '@kubevigil/core/budget'
import { detect } from '@kubevigil/core/detect'
import { analyseFailureEvents } from '@kubevigil/core/failure-events'
import { refKey, type Finding, type ObjectRef } from '@kubevigil/core/incident'
import type { KubernetesEvent, KubernetesObject } from '@kubevigil/core/kubernetes'
import { humanSpan, toMillis } from '@kubevigil/core/time'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
import { Diagnosis } from '../diagnose/answer.ts'
import { badConditions } from '../diagnose/conditions.ts'
import { containersOf, factsOf, replicasOf } from '../diagnose/facts.ts'
import { findObject, ownersOf } from '../diagnose/find-object.ts'
import { findingsOn } from '../diagnose/findings.ts'
import { groupPods, isReady } from '../diagnose/pod-state.ts'
import { belongsTo, podsOf } from '../diagnose/pods-of.ts'
import { checkReferences } from '../diagnose/references.ts'
import { briefCoverage, createSources } from '../diagnose/sources.ts'
import { nextStepsOf, statusFrom, summaryOf } from '../diagnose/verdict.ts'
import { observe } from '../observe/observe.ts'

/** Characters each part may take, so that the whole answer stays under 16,000 whatever fails. */
const budget = { findings: 4500, failures: 4500, pods: 2000, containers: 1500 }

export const diagnoseResource = defineTool({
  name: 'diagnose_resource',
  title: 'Diagnose',
  description: 'One object of any kind: owners, pods, what is wrong and why, next steps. For the root of an incident.',
  effect: 'read',
  input: z.strictObject({
    kind: z.string().min(1).max(128).describe('Such as deploy'),
    name: z.string().min(1).max(253).describe('Its name'),
    namespace: parameters.namespace.describe('When ambiguous'),
    context: parameters.context,
  }),
  output: Diagnosis,
  deadlineMs: 60_000,
  async run({ kind, name, namespace, context }, { client, detectOptions, now }, { signal, progress }) {
    const kube = await client(context)
    const at = now()
    const found = await findObject(kube, { kind, namespace, name }, signal)
    const { object, ref } = found
    const sources = createSources(kube, signal)
    progress(0, 2, 'Reading the object and its pods')
    const scope = ref.kind === 'Namespace' ? ref.name : ref.namespace === '' ? undefined : ref.namespace
    const [owners, pods, references, snapshot, events] = await Promise.all([
      ownersOf(kube, object, signal).then((chain) => chain.map((owner) => owner.ref)),
      podsOf(found, sources),
      checkReferences(object, ref.kind, kube, sources, signal),
      observe(kube, scope, at, signal),
      // Cluster-scoped objects have their events in any namespace, mostly default.
      sources.list('events', {
        namespace: scope,
        ...(scope === undefined || ref.kind === 'Pod' ? { fieldSelector: `involvedObject.name=${ref.name}` } : {}),
        most: 5000,
      }),
    ])
    progress(1, 2, 'Looking for faults')
    const { own, related } = findingsOn(ref, owners, pods ?? [], detect(snapshot, detectOptions, at))
    const failures = analyseFailureEvents(
      eventsOf(ref, pods ?? [], events ?? []),
      new Map((pods ?? []).map((pod) => [pod.metadata.name, pod])),
      at,
    )
    const conditions = badConditions(object)
    const coverage = [...snapshot.coverage, ...sources.coverage]
    const replicas = replicasOf(ref.kind, object)
    const evidence = {
      findings: own,
      related,
      conditions,
      missing: references.missing,
      failures,
      isIdle: replicas?.desired === 0,
      coverage,
    }
    const status = statusFrom(ref.kind, evidence)
    const groups = takeWithin(groupPods(pods ?? [], at), budget.pods)
    const told = takeWithin(own.map(brief), budget.findings)
    const happened = takeWithin(failures, budget.failures)
    const state =
      pods === undefined ? null : { total: pods.length, ready: pods.filter(isReady).length, groups: groups.kept }
    return {
      cluster: kube.cluster,
      context: kube.context,
      takenAt: snapshot.takenAt,
      object: ref,
      status,
      summary: clip(summaryOf(ref, status, evidence, state), 600),
      about: {
        created: object.metadata.creationTimestamp ?? '',
        age: humanSpan(at - (toMillis(object.metadata.creationTimestamp) ?? at)),
        owners: owners.map(refKey),
        replicas,
        facts: factsOf(ref, object),
      },
      containers: takeWithin(containersOf(ref.kind, object, at), budget.containers).kept,
      pods: state,
      findings: told.kept,
      related,
      failureEvents: happened.kept,
      conditions: conditions.slice(0, 5),
      references: {
        checked: references.checked,
        missing: references.missing.slice(0, 8),
        unknown: references.unknown.slice(0, 8),
      },
      nextSteps: nextStepsOf(ref, evidence).map((step) => clip(step, 250)),
      coverage: briefCoverage(coverage).slice(0, 10),
      omitted: { findings: told.omitted, failureEvents: happened.omitted, podGroups: groups.omitted },
    }
  },
})

/** Events about the object, its pods and its children, whether these still exist or not. */
function eventsOf(
  ref: ObjectRef,
  pods: readonly { metadata: { name: string } }[],
  events: readonly KubernetesObject[],
): KubernetesEvent[] {
  const names = new Set(pods.map((pod) => pod.metadata.name))
  return (events as readonly KubernetesEvent[]).filter(
    ({ involvedObject: { kind = '', name = '' } }) => belongsTo(ref, kind, name) || (kind === 'Pod' && names.has(name)),
  )
}

function brief({ rule, severity, title, since, count, evidence, causes }: Finding) {
  return {
    rule,
    severity,
    title,
    since,
    count,
    evidence: evidence.slice(0, 6).map((line) => clip(line, 300)),
    causes: causes.slice(0, 4),
  }
}
