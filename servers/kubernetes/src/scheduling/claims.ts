import type { ClaimFact } from './types.ts'

/** What is wrong with the claims of a pod, one sentence each; empty when they are bound or nothing is known. */
export function claimProblems(claims: readonly ClaimFact[]): string[] {
  return claims.flatMap((fact) => {
    const problem = problemOf(fact)
    return problem === undefined ? [] : [problem]
  })
}

/** Whether a claim waits for the provisioner of its class to make a volume on the node the scheduler chose. */
export function waitsForProvisioner({ claim }: ClaimFact): boolean {
  return (
    phaseOf(claim) === 'Pending' && claim?.metadata.annotations?.['volume.kubernetes.io/selected-node'] !== undefined
  )
}

function problemOf(fact: ClaimFact): string | undefined {
  const { name, claim, volume, storageClass } = fact
  const said = fact.said === undefined ? '' : ` It says: "${fact.said}"`
  if (claim === null) return `PersistentVolumeClaim ${name} does not exist.`
  if (claim === undefined) return undefined
  if (claim.metadata.deletionTimestamp !== undefined) return `PersistentVolumeClaim ${name} is being deleted.`
  const className = claim.spec?.['storageClassName'] as string | undefined
  const volumeName = claim.spec?.['volumeName'] as string | undefined
  if (volumeName !== undefined && volume === null)
    return `PersistentVolumeClaim ${name} is bound to the volume ${volumeName}, which no longer exists.`
  if (phaseOf(claim) === 'Bound') return undefined
  if (storageClass === null)
    return `PersistentVolumeClaim ${name} asks for the StorageClass ${className}, which does not exist.${said}`
  if (className === undefined || className === '')
    return `PersistentVolumeClaim ${name} names no StorageClass and no volume fits it.${said}`
  const provisioner = storageClass?.['provisioner'] as string | undefined
  if (waitsForProvisioner(fact))
    return `PersistentVolumeClaim ${name} waits for its provisioner${provisioner === undefined ? '' : ` ${provisioner}`} to make a volume.${said}`
  return `PersistentVolumeClaim ${name} is ${phaseOf(claim) ?? 'not bound'} (StorageClass ${className}${provisioner === undefined ? '' : `, provisioner ${provisioner}`}).${said}`
}

function phaseOf(claim: ClaimFact['claim']): string | undefined {
  return claim?.status?.['phase'] as string | undefined
}
