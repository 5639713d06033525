import type { DetectContext, Rule } from '../context.ts'
import { isDangling } from '../dangling.ts'
import { finding } from '../finding.ts'
import { refOf } from '../objects.ts'
import { danglingBindings } from '../rules/bindings.ts'
import { nameOf } from '../text.ts'

const mostExamples = 8
/** Bindings that Kubernetes and its distributions ship name roles and accounts of parts a cluster may lack. */
const shipped = /^(?:system:|kubeadm:|k3s-|eks:|gce:|aks-)/

interface Subject {
  kind?: string
  name?: string
  namespace?: string
}

/** Bindings to a role or a service account that does not exist: dead now, and a grant to whoever takes that name later. */
export const bindings: Rule = {
  codes: ['HYGIENE_DANGLING_BINDING'],
  detect(context) {
    const roles = danglingBindings(context)
      .filter(({ ref }) => !shipped.test(ref.name))
      .map(({ ref, role }) => ({ ref, to: role }))
    const found = [...roles, ...deadSubjects(context)]
    if (found.length === 0) return []
    const owner = { kind: 'Cluster', namespace: '', name: context.snapshot.cluster }
    const note = finding(context, {
      rule: 'HYGIENE_DANGLING_BINDING',
      severity: 'info',
      owner,
      fault: 'bindings name roles or service accounts that do not exist',
      evidence: found.slice(0, mostExamples).map(({ ref, to }) => `${nameOf(ref)} names ${nameOf(to)}`),
      causes: ['Whoever creates something of that name later gets what the binding grants'],
      nextSteps: ['kubectl get rolebindings,clusterrolebindings -A -o wide'],
      objects: found.map(({ ref }) => ref),
    })
    return [{ ...note, object: owner }]
  },
}

function deadSubjects(context: DetectContext) {
  return (['rolebindings', 'clusterrolebindings'] as const).flatMap((kind) =>
    context.snapshot.objects[kind].flatMap((object) => {
      const ref = refOf(kind, object)
      if (shipped.test(ref.name)) return []
      return ((object['subjects'] ?? []) as Subject[])
        .filter((subject) => subject.kind === 'ServiceAccount')
        .map(({ name = '', namespace = ref.namespace }) => ({ kind: 'ServiceAccount', namespace, name }))
        .filter((account) => isDangling(context, account))
        .map((account) => ({ ref, to: account }))
    }),
  )
}
