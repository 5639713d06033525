import { generatedSha, type HistorySeed } from '../../shared/simulator/src/github/history.ts'

/** A repository of 10,000 commits, one every five minutes, in turn on 200 applications. */
export const fleet: { repository: string; history: HistorySeed } = {
  repository: 'acme/fleet',
  history: { commits: 10_000, apps: 200, newest: '2026-11-20T14:00:00Z', every: 300_000 },
}

/** The hash of its commits, by their number; 10,000 is the newest. */
export function fleetSha(index: number): string {
  return generatedSha(fleet.repository, index)
}

/** The last commit of app-057. */
export const lastOfApp = 9857

/** A failure of app-057 right after a sync that brought all commits behind `from`. */
export function fleetIncident(from: number) {
  return {
    kind: 'Deployment',
    namespace: 'team',
    name: 'app-057',
    rule: 'POD_CRASH_LOOP',
    onset: '2026-11-20T14:06:00Z',
    management: {
      tool: 'argocd',
      application: 'argocd/app-057',
      repository: fleet.repository,
      path: 'apps/app-057',
      branch: 'main',
      selfHeal: true,
    },
    rollouts: [
      {
        time: '2026-11-20T14:05:00Z',
        source: 'ArgoCD' as const,
        revision: fleetSha(fleet.history.commits),
        previousRevision: fleetSha(from),
        changes: [],
      },
    ],
  }
}
