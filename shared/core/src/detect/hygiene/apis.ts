import { hygieneRule } from './check.ts'

/** API versions that Kubernetes has taken away (deprecation guide), by the release that did. */
const removed: Readonly<Record<string, string>> = {
  'extensions/v1beta1': '1.16',
  'apps/v1beta1': '1.16',
  'apps/v1beta2': '1.16',
  'batch/v1beta1': '1.25',
  'batch/v2alpha1': '1.21',
}
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** Manifests in a version that is gone: the server keeps the object in a new one, but takes the manifest no more. */
export const apis = hygieneRule([
  {
    code: 'HYGIENE_REMOVED_API',
    habit: 'were applied from manifests in an API version that is gone',
    risk: 'The next apply of the manifest fails, mostly in an emergency',
    advice: 'kubectl convert -f FILE writes the manifest in the version of today',
    find({ object }) {
      const version = /"apiVersion":"([^"]{1,80})"/.exec(object.metadata.annotations?.[lastApplied] ?? '')?.[1] ?? ''
      const release = removed[version]
      return release === undefined ? [] : [`${version}, gone since ${release}`]
    },
  },
])
