import type { KubernetesObject } from '../kubernetes.ts'
import { minute } from '../time.ts'
import { covered } from '../observe.ts'
import type { DetectContext } from './context.ts'
import { isDangling } from './dangling.ts'
import { createdAt } from './pods.ts'

/** A controller looks at an Ingress within seconds; a cloud's load balancer behind it takes minutes. */
const grace = 5 * minute
const defaultMark = 'ingressclass.kubernetes.io/is-default-class'
/** Classes by annotation that no IngressClass stands for (GKE). */
const withoutObject = new Set(['gce', 'gce-internal'])

/** Why no controller feels responsible for an Ingress; undefined when one may. */
export function classFault(
  context: DetectContext,
  ingress: KubernetesObject,
): { fault: string; certain: boolean } | undefined {
  const classes = context.snapshot.objects.ingressclasses
  const age = context.now - createdAt(ingress)
  if (!covered(context.snapshot, 'ingressclasses') || age < grace || hasAddress(ingress)) return undefined
  const name = ingress.spec?.['ingressClassName'] as string | undefined
  const annotated = ingress.metadata.annotations?.['kubernetes.io/ingress.class']
  if (name !== undefined)
    return context.surelyAbsent('ingressclasses', '', name)
      ? { fault: `IngressClass ${name} does not exist`, certain: true }
      : undefined
  // Controllers read the annotation without an IngressClass of that name; only the lack of an address speaks against it.
  if (annotated !== undefined)
    return withoutObject.has(annotated) || !context.surelyAbsent('ingressclasses', '', annotated)
      ? undefined
      : { fault: `no IngressClass ${annotated} exists for its annotation, and it has no address`, certain: false }
  // Where there are no classes at all, a controller from before them may serve it (GKE).
  const hasDefault = classes.some(({ metadata }) => metadata.annotations?.[defaultMark] === 'true')
  if (hasDefault || classes.length === 0) return undefined
  return { fault: 'it names no class, no class is the default, and it has no address', certain: true }
}

/** The TLS Secrets of an Ingress that surely do not exist. */
export function missingTlsSecrets(context: DetectContext, { metadata, spec }: KubernetesObject): string[] {
  const namespace = metadata.namespace ?? ''
  const names = ((spec?.['tls'] ?? []) as { secretName?: string }[])
    .map(({ secretName }) => secretName)
    .filter((name) => name !== undefined)
  if (context.now - createdAt({ metadata }) < grace) return []
  return [...new Set(names)].filter((name) => isDangling(context, { kind: 'Secret', namespace, name }))
}

function hasAddress({ status }: KubernetesObject): boolean {
  const { ingress = [] } = (status?.['loadBalancer'] ?? {}) as { ingress?: unknown[] }
  return ingress.length > 0
}
