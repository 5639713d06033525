import {
  type Case,
  type Line,
  rollable,
  step,
  expecting,
  verifying,
  warning,
  sourceOf,
  numberBefore,
  undoOf,
  statusOf,
  targetOf,
  split,
  safe,
} from './case.ts'
import { keepInGit, revertInGit } from './git.ts'

/** The advice for who applies the manifests, line by line. */
export function advise(of: Case): Line[] {
  switch (of.management.tool) {
    case 'argocd':
      return inArgoCd(of)
    case 'flux':
      return inFlux(of)
    case 'helm':
      return byHelm(of)
    case 'none':
      return byHand(of)
  }
}

function inArgoCd(of: Case): Line[] {
  const { selfHeal, application } = of.management
  const name = safe(application, '<application>')
  const why = selfHeal
    ? `Roll back in Git: Argo CD keeps ${name} as Git says and would put ${undoOf(of)} back within seconds (self-heal).`
    : `Roll back in Git: Argo CD applies ${name} from Git, so ${undoOf(of)} only lasts until its next sync and leaves it OutOfSync.`
  return [
    warning(why),
    ...revertInGit(of).map(step),
    expecting(
      `After the merge wait up to 3 minutes for Argo CD to poll, or tell it at once: \`argocd app get ${name} --refresh\`.`,
    ),
    verifying(`Verify: \`argocd app wait ${name} --sync --health\`, then ${statusOf(of)}`),
    warning(
      `Only if it cannot wait: \`argocd app set ${name} --sync-policy none\`, then ${undoOf(of)}, then revert in Git and turn automated sync on again. An ApplicationSet puts the sync policy back: pause it there.`,
    ),
  ]
}

function inFlux(of: Case): Line[] {
  const [namespace, name] = split(of.management.application, 'flux-system')
  const when = of.management.selfHeal ? 'at its next reconciliation' : 'as soon as it is resumed (it is suspended now)'
  return [
    warning(`Roll back in Git: Flux applies ${namespace}/${name} from Git and puts ${undoOf(of)} back ${when}.`),
    ...revertInGit(of).map(step),
    expecting(
      `After the merge wait for the interval of the source and of the Kustomization, or tell Flux at once: \`flux reconcile kustomization ${name} -n ${namespace} --with-source\`.`,
    ),
    verifying(
      `Verify: \`flux get kustomization ${name} -n ${namespace}\` shows the new revision as applied, then ${statusOf(of)}`,
    ),
    warning(
      `Only if it cannot wait: \`flux suspend kustomization ${name} -n ${namespace}\`, then ${undoOf(of)}, then revert in Git and \`flux resume kustomization ${name} -n ${namespace}\`.`,
    ),
  ]
}

function byHelm(of: Case): Line[] {
  const [namespace, name] = split(of.management.application, of.workload.namespace)
  const revision = numberBefore(of, 'Helm')
  const release = `${name} ${revision ?? '<revision>'} -n ${namespace}`
  return [
    step(`Look at the releases first: \`helm history ${name} -n ${namespace}\`.`),
    step(
      `\`helm rollback ${release} --wait\`${revision === undefined ? ': take the last revision that worked.' : `: revision ${revision} is what the suspected one replaced.`}`,
    ),
    warning(`Not ${undoOf(of)}: Helm would not know of it and the next upgrade would undo it.`),
    verifying(`Verify: \`helm status ${name} -n ${namespace}\`, then ${statusOf(of)}`),
    ...keepInGit(of).map(step),
  ]
}

function byHand(of: Case): Line[] {
  const { workload } = of
  if (!rollable.has(workload.kind)) {
    return [
      step(
        `A ${safe(workload.kind, 'workload of this kind')} has no rollout to undo: apply its former manifest again.`,
      ),
      ...keepInGit(of).map(step),
    ]
  }
  const target = targetOf(workload)
  const revision = numberBefore(of, sourceOf(workload))
  const first =
    revision === undefined
      ? `Find the last revision that worked: \`kubectl rollout history ${target}\`.`
      : `See what revision ${revision} was, and that its image and its ConfigMaps and Secrets still exist: \`kubectl rollout history ${target} --revision=${revision}\`.`
  return [
    step(first),
    step(`\`kubectl rollout undo ${target} --to-revision=${revision ?? '<revision>'}\``),
    verifying(`Verify: ${statusOf(of)}`),
    ...keepInGit(of).map(step),
  ]
}
