import type { Container } from '../../kubernetes.ts'
import { allContainers, hygieneRule, namesWhere } from './check.ts'

/** Ways out of the container. DaemonSets are agents of the node, made for it. */
export const privileges = hygieneRule([
  {
    code: 'HYGIENE_PRIVILEGED',
    habit: 'run privileged containers',
    risk: 'Who breaks into one owns the node',
    advice: 'Drop securityContext.privileged; add the one capability that is needed',
    find: ({ ref, spec }) => (ref.kind === 'DaemonSet' ? [] : namesWhere(allContainers(spec), isPrivileged)),
  },
  {
    code: 'HYGIENE_HOST_PATH',
    habit: 'mount folders of the node',
    risk: 'They read and write what is not theirs, and find nothing on another node',
    advice: 'Use a PersistentVolumeClaim or an emptyDir',
    find: ({ ref, spec }) =>
      ref.kind === 'DaemonSet'
        ? []
        : (spec.volumes ?? []).filter((volume) => volume['hostPath'] !== undefined).map(({ name }) => name),
  },
])

function isPrivileged(container: Container): boolean {
  return (container as { securityContext?: { privileged?: boolean } }).securityContext?.privileged === true
}
