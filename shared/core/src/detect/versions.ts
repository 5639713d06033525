/** Major and minor of a Kubernetes version. */
export interface Version {
  major: number
  minor: number
}

/** Reads `v1.36.3+k3s1`, `1.9` or `v1.30.0-eks-1`. Compared as numbers: as texts, 1.9 would be newer than 1.10. */
export function parseVersion(text: string | undefined): Version | undefined {
  const match = /^v?(\d+)\.(\d+)/.exec(text ?? '')
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) }
}
