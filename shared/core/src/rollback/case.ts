import type { Management, Rollout, Suspect } from '../change.ts'
import { commitOf } from '../correlate/anchor.ts'
import type { ObjectRef } from '../incident.ts'
import { toMillis } from '../time.ts'

/** Kinds `kubectl rollout` knows. */
export const rollable = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

/** What is to be taken back, and who applies the manifests. */
export interface Case {
  workload: ObjectRef
  management: Management
  suspect: Suspect | undefined
  rollouts: readonly Rollout[]
}

/** What a person does with a line. */
export type Part = 'step' | 'expect' | 'verify' | 'warning'

/** One line of advice. */
export interface Line {
  part: Part
  text: string
}

/** A line to do. */
export function step(text: string): Line {
  return { part: 'step', text }
}

/** A line that says what happens then. */
export function expecting(text: string): Line {
  return { part: 'expect', text }
}

/** A line that shows whether it helped. */
export function verifying(text: string): Line {
  return { part: 'verify', text }
}

/** A line to know before doing anything. */
export function warning(text: string): Line {
  return { part: 'warning', text }
}

/** Where a kind keeps its revisions. */
export function sourceOf({ kind }: ObjectRef): Rollout['source'] {
  return kind === 'Deployment' ? 'ReplicaSet' : 'ControllerRevision'
}

/** The revision number that ran before the suspected change, or before the newest one. */
export function numberBefore(of: Case, source: Rollout['source']): string | undefined {
  const previous = rolloutOf(of, source)?.previousRevision ?? ''
  return /^\d{1,9}$/.test(previous) ? previous : undefined
}

/** The rollout to take back: the one of the suspected change, else the newest. */
export function rolloutOf({ suspect, rollouts }: Case, source: Rollout['source']): Rollout | undefined {
  const own = rollouts.filter((rollout) => rollout.source === source)
  const at = toMillis(suspect?.anchor.time)
  // The rollout the suspect took effect with: that very one, else the first after it.
  const after = own.filter((rollout) => at !== undefined && (toMillis(rollout.time) ?? -Infinity) >= at)
  return after.sort((a, b) => a.time.localeCompare(b.time, 'en'))[0] ?? own[0]
}

/** The command that undoes the last rollout, in code marks. */
export function undoOf({ workload }: Case): string {
  return rollable.has(workload.kind) ? `\`kubectl rollout undo ${targetOf(workload)}\`` : 'a change by hand'
}

/** The command that shows the state after going back, in code marks. */
export function statusOf({ workload }: Case): string {
  if (rollable.has(workload.kind)) return `\`kubectl rollout status ${targetOf(workload)} --timeout=5m\`.`
  return `\`kubectl get pods -n ${safe(workload.namespace, '<namespace>')}\`.`
}

/** A workload as kubectl takes it: `deployment/web -n shop`. */
export function targetOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind.toLowerCase()}/${safe(name, '<name>')} -n ${safe(namespace, '<namespace>')}`
}

/** The branch to work from; `HEAD` is the remote's default one. */
export function branchOf({ branch }: Management): string {
  return ['', 'HEAD'].includes(branch) || commitOf(branch) !== undefined ? 'HEAD' : safe(branch, '<branch>')
}

/** Namespace and name of an application written `namespace/name` or by its name alone. */
export function split(application: string, namespace: string): [string, string] {
  const parts = application.split('/')
  return [safe(parts.length > 1 ? parts[0]! : namespace, '<namespace>'), safe(parts.at(-1)!, '<name>')]
}

/** Lets through what can stand in a command line as it is; names from outside could hold anything else. */
export function safe(text: string, placeholder: string): string {
  return /^[\w./@:][\w./@:+-]*$/.test(text) ? text : placeholder
}
