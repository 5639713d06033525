import { minute, toInstant } from '@kubevigil/core/time'
import type { GitHubStandIn } from '../github.ts'

/** The GitOps repository the recorded Argo CD applications point at. */
export const demoRepository = { owner: 'example-homelab', name: 'kubernetes' }
const repository = `${demoRepository.owner}/${demoRepository.name}`

/** Commit hashes by the placeholders that stand for them in the recordings. */
export type Revisions = Record<'REVISION-OF-COMMIT-1' | 'REVISION-OF-COMMIT-2', string>

/**
 * Writes the two commits behind the incident: the first sets everything up a day before, the second lowers the backend's memory
 * limit shortly before Argo CD synced it.
 * @param syncedAt when Argo CD deployed the second one, in milliseconds
 */
export async function writeHistory(github: GitHubStandIn, syncedAt: number): Promise<Revisions> {
  const path = 'base-apps/chores-tracker/deployments.yaml'
  const first = await github.commit({
    repository,
    message: 'Deploy chores-tracker, mysql and n8n',
    date: toInstant(syncedAt - 24 * 60 * minute),
    files: {
      'README.md': '# Homelab cluster\nArgo CD applies every folder below base-apps.\n',
      'base-apps/chores-tracker.yaml': application('chores-tracker'),
      'base-apps/mysql.yaml': application('mysql'),
      'base-apps/n8n.yaml': application('n8n'),
      [path]: backend({ limit: '512Mi', request: '256Mi', cpu: '50m' }),
    },
  })
  const second = await github.commit({
    repository,
    message: 'Trim chores-tracker-backend resources\n\nThe dashboards show it idle at night.',
    date: toInstant(syncedAt - 3 * minute),
    files: { [path]: backend({ limit: '256Mi', request: '128Mi', cpu: '100m' }) },
  })
  return { 'REVISION-OF-COMMIT-1': first.sha, 'REVISION-OF-COMMIT-2': second.sha }
}

function application(name: string): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
  namespace: argocd
spec:
  project: default
  source:
    repoURL: https://github.com/${repository}
    path: base-apps/${name}
    targetRevision: main
  destination:
    server: https://kubernetes.default.svc
    namespace: ${name}
  syncPolicy:
    automated: { prune: true, selfHeal: true }
`
}

function backend({ limit, request, cpu }: { limit: string; request: string; cpu: string }): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: chores-tracker-backend
  namespace: chores-tracker
spec:
  replicas: 2
  strategy: { type: Recreate }
  selector:
    matchLabels: { app: chores-tracker-backend }
  template:
    metadata:
      labels: { app: chores-tracker-backend }
    spec:
      containers:
        - name: app
          image: registry.example.com/homelab/chores-tracker:5.8.0
          ports:
            - containerPort: 8000
          resources:
            requests:
              cpu: ${cpu}
              memory: ${request}
            limits:
              memory: ${limit}
          readinessProbe:
            httpGet: { path: /health, port: 8000 }
            initialDelaySeconds: 300
`
}
