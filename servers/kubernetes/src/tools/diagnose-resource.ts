import { clip, takeWithin } from '@kubevigil/core/budget'
import { detect } from '@kubevigil/core/detect'
import { analyseFailureEvents, FailureEvent } from '@kubevigil/core/failure-events'
import { ObjectRef, refKey, Severity, type Finding } from '@kubevigil/core/incident'
import type { KubernetesEvent, KubernetesObject } from '@kubevigil/core/kubernetes'
import { Coverage } from '@kubevigil/core/observe'
import { humanSpan, toMillis } from '@kubevigil/core/time'
import { z } from 'zod'
import { defineTool, parameters } from '../context.ts'
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

const Reference = z.strictObject({
  kind: z.string(),
  name: z.string(),
  from: z.string().describe('Where the object names it'),
})

export const diagnoseResource = defineTool({
  name: 'diagnose_resource',
  title: 'Diagnose a resource',
  description:
    'Everything known about one object of any kind: what it is and who owns it, the state of its pods, what is wrong and why, failure events with rate and whether they last, ' +
    'bad conditions, missing ConfigMaps, Secrets or claims it names, and next steps. Take it on the root of an incident.',
  effect: 'read',
  input: z.strictObject({
    kind: z.string().min(1).max(128).describe('Kind, plural or short name: Deployment, pods, sts, Node, pvc'),
    name: z.string().min(1).max(253).describe('Name of the object'),
    namespace: parameters.namespace.describe('Namespace; may be left out when only one has an object of that name'),
    context: parameters.context,
  }),
  output: z.strictObject({
    cluster: z.string(),
    context: z.string(),
    takenAt: z.string(),
    object: ObjectRef,
    status: z
      .enum(['healthy', 'degraded', 'failing', 'unknown'])
      .describe('unknown: it could not be looked at; never means healthy'),
    summary: z.string(),
    about: z.strictObject({
      created: z.string(),
      age: z.string(),
      owners: z.array(z.string()).describe('Kind/namespace/name, nearest first'),
      replicas: z
        .strictObject({ desired: z.int(), ready: z.int(), updated: z.int().nullable(), available: z.int().nullable() })
        .nullable(),
      facts: z.array(z.string()),
    }),
    containers: z.array(
      z.strictObject({
        name: z.string(),
        image: z.string(),
        ready: z.boolean().nullable(),
        restarts: z.int().nullable(),
        state: z.string().describe('Empty for a template'),
        lastState: z.string().describe('How it last ended'),
        requests: z.string(),
        limits: z.string(),
      }),
    ),
    pods: z
      .strictObject({
        total: z.int(),
        ready: z.int(),
        groups: z.array(
          z.strictObject({
            state: z.string(),
            count: z.int(),
            ready: z.int(),
            restarts: z.int().describe('Most of one container'),
            detail: z.string(),
            examples: z.array(z.string()),
            nodes: z.array(z.string()),
          }),
        ),
      })
      .nullable()
      .describe('null when the pods could not be read'),
    findings: z.array(
      z.strictObject({
        rule: z.string(),
        severity: Severity,
        title: z.string(),
        since: z.string().nullable(),
        count: z.int(),
        evidence: z.array(z.string()),
        causes: z.array(z.string()),
      }),
    ),
    related: z
      .array(z.strictObject({ rule: z.string(), severity: Severity, title: z.string() }))
      .describe('Findings on its nodes, owners, what it waits for and what waits for it'),
    failureEvents: z.array(FailureEvent).describe('Ongoing ones first'),
    conditions: z
      .array(
        z.strictObject({
          type: z.string(),
          status: z.string(),
          reason: z.string(),
          message: z.string(),
          since: z.string(),
        }),
      )
      .describe('Only those that are bad'),
    references: z.strictObject({
      checked: z.int(),
      missing: z.array(Reference),
      unknown: z.array(Reference).describe('May not be read'),
    }),
    nextSteps: z.array(z.string()),
    coverage: z.array(Coverage),
    omitted: z.strictObject({ findings: z.int(), failureEvents: z.int(), podGroups: z.int() }),
  }),
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
    const evidence = { findings: own, conditions, missing: references.missing, failures, coverage }
    const status = statusFrom(evidence)
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
        replicas: replicasOf(ref.kind, object),
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
