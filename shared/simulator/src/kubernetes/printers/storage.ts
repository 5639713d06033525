import { field, list, object, text, type KubernetesObject } from '../json.ts'
import { accessModes, createdAge, unset, type Row } from './cells.ts'

const defaultClass = 'storageclass.kubernetes.io/is-default-class'

function phase(item: KubernetesObject): string {
  return item.metadata.deletionTimestamp === undefined ? text(item, 'status', 'phase') : 'Terminating'
}

export function printClaim(item: KubernetesObject, now: number): Row {
  const volume = text(item, 'spec', 'volumeName')
  const bound = volume !== ''
  return {
    cells: [
      item.metadata.name,
      phase(item),
      volume,
      bound ? text(item, 'status', 'capacity', 'storage') : '',
      bound ? accessModes(list(item, 'status', 'accessModes')) : '',
      text(item, 'spec', 'storageClassName'),
      text(item, 'spec', 'volumeAttributesClassName') || unset,
      createdAge(item, now),
      text(item, 'spec', 'volumeMode') || unset,
    ],
  }
}

export function printVolume(item: KubernetesObject, now: number): Row {
  const claim = object(item, 'spec', 'claimRef')
  const claimName = text(claim, 'name') === '' ? '' : `${text(claim, 'namespace')}/${text(claim, 'name')}`
  return {
    cells: [
      item.metadata.name,
      text(item, 'spec', 'capacity', 'storage'),
      accessModes(list(item, 'spec', 'accessModes')),
      text(item, 'spec', 'persistentVolumeReclaimPolicy'),
      phase(item),
      claimName,
      text(item, 'spec', 'storageClassName'),
      text(item, 'spec', 'volumeAttributesClassName') || unset,
      text(item, 'status', 'reason'),
      createdAge(item, now),
      text(item, 'spec', 'volumeMode') || unset,
    ],
  }
}

export function printStorageClass(item: KubernetesObject, now: number): Row {
  const isDefault = field(item, 'metadata', 'annotations', defaultClass) === 'true'
  return {
    cells: [
      isDefault ? `${item.metadata.name} (default)` : item.metadata.name,
      text(item, 'provisioner'),
      text(item, 'reclaimPolicy') || 'Delete',
      text(item, 'volumeBindingMode') || 'Immediate',
      item['allowVolumeExpansion'] === true,
      createdAge(item, now),
    ],
  }
}

/** Used and hard by resource: limits in one column, requests and counts in the other. */
export function printQuota(item: KubernetesObject, now: number): Row {
  const names = Object.keys(object(item, 'status', 'hard')).sort()
  const shown = names.map(
    (name) => `${name}: ${text(item, 'status', 'used', name)}/${text(item, 'status', 'hard', name)}`,
  )
  const limits = shown.filter((entry) => entry.startsWith('limits'))
  const requests = shown.filter((entry) => !entry.startsWith('limits'))
  return { cells: [item.metadata.name, requests.join(', '), limits.join(', '), createdAge(item, now)] }
}
