import type { Rule } from '../context.ts'
import { finding } from '../finding.ts'
import { refOf } from '../objects.ts'
import { createdAt } from '../pods.ts'
import { compareText } from '../text.ts'

const defaultMark = 'storageclass.kubernetes.io/is-default-class'

/** More than one default StorageClass: since 1.26 the newest wins, so that a claim's class depends on dates. */
export const storageClasses: Rule = {
  codes: ['STORAGE_CLASS_DEFAULTS'],
  detect: (context) => {
    const defaults = context.snapshot.objects.storageclasses
      .filter(({ metadata }) => metadata.annotations?.[defaultMark] === 'true')
      .toSorted((a, b) => createdAt(b) - createdAt(a) || compareText(a.metadata.name, b.metadata.name))
    const [newest, ...others] = defaults
    if (newest === undefined || others.length === 0) return []
    return [
      finding(context, {
        rule: 'STORAGE_CLASS_DEFAULTS',
        severity: 'info',
        owner: refOf('storageclasses', newest),
        fault: 'it is not the only default StorageClass',
        since: createdAt(newest),
        evidence: [
          `Also default: ${others.map(({ metadata }) => metadata.name).join(', ')}`,
          `Claims without a class get the newest, ${newest.metadata.name}`,
        ],
        causes: ['An add-on brought a default of its own'],
        nextSteps: others.map(({ metadata }) => `kubectl annotate storageclass ${metadata.name} ${defaultMark}-`),
      }),
    ]
  },
}
