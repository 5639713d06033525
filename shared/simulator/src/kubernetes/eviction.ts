import type { Cluster } from './cluster.ts'
import { count, field, object, objects, text, type JsonObject, type KubernetesObject } from './json.ts'
import { jsonReply, type Reply } from './reply.ts'
import { evictionOptions, remove } from './remove.ts'
import type { Resource } from './resources.ts'
import { StatusError } from './status.ts'

const budgetKey = 'policy/poddisruptionbudgets'
const blocked = "Cannot evict pod as it would violate the pod's disruption budget."

/** POST of an eviction: the pod goes unless its PodDisruptionBudget forbids it, as on a real server. */
export function evict(
  cluster: Cluster,
  pod: KubernetesObject,
  resource: Resource,
  eviction: JsonObject,
  dryRun: boolean,
): Reply {
  const deletion = evictionOptions(eviction)
  const dry = dryRun || deletion.dryRun
  if (needsBudget(pod)) spendBudget(cluster, pod, dry)
  remove(cluster, pod, resource, { ...deletion, dryRun: dry })
  return jsonReply({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201)
}

/** Pods that do not run yet or any more, or are already going, may be evicted freely. */
function needsBudget(pod: KubernetesObject): boolean {
  const phase = text(pod, 'status', 'phase')
  return (
    pod.metadata.deletionTimestamp === undefined && phase !== 'Pending' && phase !== 'Succeeded' && phase !== 'Failed'
  )
}

function spendBudget(cluster: Cluster, pod: KubernetesObject, dryRun: boolean): void {
  const budgets = cluster.store.list(budgetKey).filter((budget) => covers(budget, pod))
  const [budget] = budgets
  if (budget === undefined) return
  if (budgets.length > 1) {
    const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.'
    throw new StatusError(500, 'InternalError', message)
  }
  if (mayGoUnhealthy(budget, pod)) return
  const { name, generation } = budget.metadata
  if (count(budget, 'status', 'observedGeneration') < (generation ?? 0)) {
    throw tooManyRequests(`The disruption budget ${name} is still being processed by the server.`, 10)
  }
  const allowed = count(budget, 'status', 'disruptionsAllowed')
  if (allowed <= 0) {
    const needs = count(budget, 'status', 'desiredHealthy')
    const has = count(budget, 'status', 'currentHealthy')
    throw tooManyRequests(`The disruption budget ${name} needs ${needs} healthy pods and has ${has} currently`)
  }
  if (dryRun) return
  cluster.store.put(budgetKey, {
    ...budget,
    status: { ...object(budget, 'status'), disruptionsAllowed: allowed - 1 },
  })
}

function covers(budget: KubernetesObject, pod: KubernetesObject): boolean {
  if (budget.metadata.namespace !== pod.metadata.namespace) return false
  const labels = object(pod, 'metadata', 'labels')
  const selector = object(budget, 'spec', 'selector')
  const matches = Object.entries(object(selector, 'matchLabels')).every(([key, value]) => labels[key] === value)
  return matches && objects(selector, 'matchExpressions').every((expression) => expressionHolds(expression, labels))
}

function expressionHolds(expression: JsonObject, labels: JsonObject): boolean {
  const value = labels[text(expression, 'key')]
  const listed = field(expression, 'values')
  const included = Array.isArray(listed) && value !== undefined && listed.includes(value)
  switch (text(expression, 'operator')) {
    case 'In':
      return included
    case 'NotIn':
      return !included
    case 'Exists':
      return value !== undefined
    default:
      return value === undefined
  }
}

/** A pod that is not ready guards nothing: unhealthyPodEvictionPolicy says when it may go. */
function mayGoUnhealthy(budget: KubernetesObject, pod: KubernetesObject): boolean {
  const ready = objects(pod, 'status', 'conditions').find((condition) => condition['type'] === 'Ready')
  if (ready?.['status'] === 'True') return false
  if (text(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow') return true
  const desired = count(budget, 'status', 'desiredHealthy')
  return desired > 0 && count(budget, 'status', 'currentHealthy') >= desired
}

function tooManyRequests(why: string, retryAfterSeconds?: number): StatusError {
  const details = { causes: [{ reason: 'DisruptionBudget', message: why }] }
  return new StatusError(429, 'TooManyRequests', blocked, details, retryAfterSeconds)
}
