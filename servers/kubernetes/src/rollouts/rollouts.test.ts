import type { KubernetesEvent, KubernetesObject } from '@kubevigil/core/kubernetes'
import { describe, expect, it } from 'vitest'
import type { Sources } from '../diagnose/sources.ts'
import type { KubeClient } from '../kube/client.ts'
import { argoOf, describeApplication } from './argocd.ts'
import { fluxOf } from './flux.ts'
import { helmOf } from './helm.ts'
import { nodeChangesOf } from './nodes.ts'
import { branchOf, commitOf, repositoryOf } from './repository.ts'
import { controllerRevisionRollouts, replicaSetRollouts } from './revisions.ts'

const ref = { kind: 'Deployment', namespace: 'shop', name: 'web' }
const deployment: KubernetesObject = {
  metadata: { name: 'web', namespace: 'shop', uid: 'd1', creationTimestamp: '2026-11-01T10:00:00Z' },
}

function replicaSet(revision: number, created: string, image: string): KubernetesObject {
  return {
    metadata: {
      name: `web-${image}`,
      creationTimestamp: created,
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
      ownerReferences: [{ kind: 'Deployment', name: 'web', uid: 'd1' }],
    },
    spec: { template: { spec: { containers: [{ name: 'app', image: `shop/web:${image}` }] } } },
  }
}

/** Sources that hold some objects by `kind namespace/name` and lists by kind. */
function sourcesOf(objects: Record<string, KubernetesObject>, lists: Record<string, KubernetesObject[]> = {}): Sources {
  return {
    coverage: [],
    list: (kind) => Promise.resolve(lists[kind]),
    object: (kind, namespace, name) => Promise.resolve(objects[`${kind.split('.')[0]} ${namespace}/${name}`] ?? null),
    attempt: (_, work) => work(),
  }
}

function many(value: string) {
  return {
    spec: {
      containers: [{ name: 'app', env: Array.from({ length: 40 }, (_, index) => ({ name: `V${index}`, value })) }],
    },
  }
}

function revision(number: number, image: string): KubernetesObject {
  return {
    metadata: {
      name: `db-${number}`,
      creationTimestamp: `2026-11-0${number}T10:00:00Z`,
      ownerReferences: [{ kind: 'StatefulSet', name: 'db', uid: 'd1' }],
    },
    revision: number,
    data: { spec: { template: { $patch: 'replace', spec: { containers: [{ name: 'db', image }] } } } },
  }
}

function setWithEnv(revision: number, value: string): KubernetesObject {
  return {
    ...replicaSet(revision, `2026-11-0${revision}T10:00:00Z`, value),
    spec: { template: many(value) },
  }
}

describe('revisions', () => {
  it('orders by revision, dates by creation and tells each difference', () => {
    const rollouts = replicaSetRollouts(
      deployment,
      [
        replicaSet(1, '2026-11-01T10:00:01Z', '1'),
        replicaSet(3, '2026-11-03T10:00:00Z', '3'),
        replicaSet(2, '2026-11-02T10:00:00Z', '2'),
      ],
      [],
    )
    expect(
      rollouts.map(({ revision, previousRevision, time, changes }) => [revision, previousRevision, time, changes[0]]),
    ).toEqual([
      ['3', '2', '2026-11-03T10:00:00Z', 'container app: image shop/web:2 → shop/web:3'],
      ['2', '1', '2026-11-02T10:00:00Z', 'container app: image shop/web:1 → shop/web:2'],
      ['1', '', '2026-11-01T10:00:01Z', 'the workload was created'],
    ])
  })

  it('dates a rollback by the scaling event: its ReplicaSet is older than its revision', () => {
    const sets = [replicaSet(4, '2026-11-01T10:00:01Z', '1'), replicaSet(3, '2026-11-03T10:00:00Z', '3')]
    const scaled: KubernetesEvent = {
      metadata: { name: 'e' },
      reason: 'ScalingReplicaSet',
      message: 'Scaled up replica set web-1 from 0 to 2',
      lastTimestamp: '2026-11-04T08:00:00Z',
      involvedObject: {},
    }
    expect(replicaSetRollouts(deployment, sets, [scaled])[0]).toMatchObject({
      revision: '4',
      time: '2026-11-04T08:00:00Z',
      changes: [expect.stringContaining('rolled back'), 'container app: image shop/web:3 → shop/web:1'],
    })
    const progressing = {
      ...deployment,
      status: { conditions: [{ type: 'Progressing', status: 'True', lastUpdateTime: '2026-11-04T08:01:00Z' }] },
    }
    expect(replicaSetRollouts(progressing, sets, [])[0]!.time).toBe('2026-11-04T08:01:00Z')
  })

  it('leaves out what belongs to others, and says when history is cut', () => {
    const foreign = {
      ...replicaSet(9, '2026-11-09T10:00:00Z', '9'),
      metadata: {
        ...replicaSet(9, '2026-11-09T10:00:00Z', '9').metadata,
        ownerReferences: [{ kind: 'Deployment', name: 'other', uid: 'd2' }],
      },
    }
    const rollouts = replicaSetRollouts(deployment, [foreign, replicaSet(5, '2026-11-05T10:00:00Z', '5')], [])
    expect(rollouts).toEqual([
      expect.objectContaining({
        revision: '5',
        changes: ['the oldest revision that is kept: nothing to compare it with'],
      }),
    ])
  })

  it('bounds the differences of one rollout', () => {
    const [newest] = replicaSetRollouts(deployment, [setWithEnv(1, 'a'), setWithEnv(2, 'b')], [])
    expect(newest!.changes).toHaveLength(20)
    expect(newest!.changes.at(-1)).toBe('and 21 more differences')
  })

  it('reads ControllerRevisions, whose data holds a patch', () => {
    expect(controllerRevisionRollouts(deployment, [revision(2, 'pg:18'), revision(1, 'pg:17')])[0]).toMatchObject({
      source: 'ControllerRevision',
      changes: ['container db: image pg:17 → pg:18'],
    })
  })
})

function labelled(name: string): KubernetesObject {
  return {
    metadata: { name: 'web', labels: { 'app.kubernetes.io/instance': name } },
  }
}

describe('Argo CD', () => {
  const application: KubernetesObject = {
    metadata: { name: 'web', namespace: 'argocd' },
    spec: {
      destination: { namespace: 'shop' },
      sources: [
        { repoURL: 'https://charts.example.com', chart: 'redis' },
        { repoURL: 'git@github.com:acme/deploy.git', path: 'apps/web', targetRevision: 'main' },
      ],
      syncPolicy: { automated: { selfHeal: true, enabled: false } },
    },
    status: {
      history: [
        { id: 1, revisions: ['7.0.0', 'aaa'], deployedAt: '2026-11-01T10:00:00Z' },
        { id: 2, revisions: ['7.0.0', 'bbb'], deployedAt: '2026-11-02T10:00:00Z', initiatedBy: { username: 'ann' } },
      ],
    },
  }

  it('takes the Git source of several, and no self-heal when automation is off', () => {
    const { management, rollouts } = describeApplication(application)
    expect(management).toEqual({
      tool: 'argocd',
      application: 'argocd/web',
      repository: 'acme/deploy',
      path: 'apps/web',
      branch: 'main',
      selfHeal: false,
    })
    expect(rollouts.map(({ revision, previousRevision }) => [revision, previousRevision])).toEqual([
      ['bbb', 'aaa'],
      ['aaa', ''],
    ])
    expect(rollouts[0]!.changes[0]).toContain('by ann')
  })

  it('goes by the tracking annotation, and by the instance label only when there is such an application', async () => {
    const sources = sourcesOf({}, { 'applications.argoproj.io': [application] })
    expect((await argoOf(labelled('web'), ref, sources))?.management.application).toBe('argocd/web')
    expect(await argoOf(labelled('release'), ref, sources)).toBeUndefined()
    const tracked = {
      metadata: {
        name: 'web',
        annotations: { 'argocd.argoproj.io/tracking-id': 'argocd_web:apps/Deployment:shop/web' },
      },
    }
    expect((await argoOf(tracked, ref, sources))?.management.application).toBe('argocd/web')
    expect((await argoOf(tracked, ref, sourcesOf({})))?.management).toMatchObject({
      tool: 'argocd',
      application: 'web',
      selfHeal: true,
    })
  })
})

describe('Flux', () => {
  const workload: KubernetesObject = {
    metadata: {
      name: 'web',
      labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' },
    },
  }
  const source: KubernetesObject = {
    metadata: { name: 'deploy' },
    spec: { url: 'ssh://git@github.com/acme/deploy', ref: { branch: 'main' } },
  }
  const spec = { path: './apps/web', sourceRef: { kind: 'GitRepository', name: 'deploy' } }

  it('reads the history of the Kustomization', async () => {
    const history = [
      {
        firstReconciled: '2026-11-01T10:00:00Z',
        lastReconciledStatus: 'ReconciliationSucceeded',
        metadata: { revision: 'main@sha1:aaa111' },
      },
      {
        firstReconciled: '2026-11-02T10:00:00Z',
        lastReconciledStatus: 'HealthCheckFailed',
        metadata: { revision: 'main@sha1:bbb222' },
      },
    ]
    const applied = await fluxOf(
      workload,
      sourcesOf({
        'kustomizations flux-system/apps': { metadata: { name: 'apps' }, spec, status: { history } },
        'gitrepositories flux-system/deploy': source,
      }),
    )
    expect(applied?.management).toEqual({
      tool: 'flux',
      application: 'flux-system/apps',
      repository: 'acme/deploy',
      path: 'apps/web',
      branch: 'main',
      selfHeal: true,
    })
    expect(applied?.rollouts.map(({ revision, previousRevision, time }) => [revision, previousRevision, time])).toEqual(
      [
        ['bbb222', 'aaa111', '2026-11-02T10:00:00Z'],
        ['aaa111', '', '2026-11-01T10:00:00Z'],
      ],
    )
  })

  it('falls back to what is applied now, and does not heal when suspended', async () => {
    const status = {
      lastAppliedRevision: 'main@sha1:ccc333',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-11-03T10:00:00Z' }],
    }
    const applied = await fluxOf(
      workload,
      sourcesOf({
        'kustomizations flux-system/apps': { metadata: { name: 'apps' }, spec: { ...spec, suspend: true }, status },
      }),
    )
    expect(applied?.management).toMatchObject({ selfHeal: false, repository: '', branch: 'main' })
    expect(applied?.rollouts).toEqual([expect.objectContaining({ revision: 'ccc333', time: '2026-11-03T10:00:00Z' })])
  })
})

function secret(version: number): KubernetesObject {
  return {
    metadata: {
      name: `s${version}`,
      creationTimestamp: `2026-11-0${version}T10:00:00Z`,
      labels: { version: String(version), status: version === 2 ? 'deployed' : 'superseded' },
    },
  }
}

describe('Helm', () => {
  it('reads the metadata of the release Secrets and never their data', async () => {
    const asked: string[] = []
    const kube = {
      type: () => Promise.resolve({ group: '', version: 'v1', plural: 'secrets', namespaced: true }),
      get: (_: string, { accept }: { accept?: string }) => {
        asked.push(accept ?? '')
        return Promise.resolve({ items: [secret(1), secret(2)] })
      },
    } as unknown as KubeClient
    const workload = {
      metadata: {
        name: 'web',
        namespace: 'shop',
        labels: { 'app.kubernetes.io/managed-by': 'Helm', 'helm.sh/chart': 'web-1.2.0' },
        annotations: { 'meta.helm.sh/release-name': 'web' },
      },
    }
    const applied = await helmOf(workload, kube, sourcesOf({}), AbortSignal.timeout(1000))
    expect(applied?.management).toMatchObject({ tool: 'helm', application: 'shop/web', selfHeal: false })
    expect(
      applied?.rollouts.map(({ revision, previousRevision, changes }) => [revision, previousRevision, changes[0]]),
    ).toEqual([
      ['2', '1', 'release deployed, chart web-1.2.0'],
      ['1', '', 'release superseded'],
    ])
    expect(asked).toEqual(['application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'])
  })
})

describe('Git addresses and revisions', () => {
  it.each([
    ['https://github.com/acme/deploy', 'acme/deploy'],
    ['https://github.com/acme/deploy.git', 'acme/deploy'],
    ['https://token:x@github.com/acme/deploy/', 'acme/deploy'],
    ['git@github.com:acme/deploy.git', 'acme/deploy'],
    ['ssh://git@github.com/acme/deploy.git', 'acme/deploy'],
    ['https://gitlab.com/acme/team/deploy', 'https://gitlab.com/acme/team/deploy'],
    ['https://user:secret@gitlab.com/a/b/c', 'https://gitlab.com/a/b/c'],
    ['https://gitlab.com/acme/deploy.git', 'https://gitlab.com/acme/deploy'],
    ['git@gitlab.com:acme/deploy.git', 'https://gitlab.com/acme/deploy'],
    ['ssh://git@git.example.com:2222/acme/deploy.git', 'https://git.example.com/acme/deploy'],
    ['https://github.com.evil.example/acme/deploy', 'https://github.com.evil.example/acme/deploy'],
    ['ssh://git@ssh.github.com:443/acme/deploy.git', 'acme/deploy'],
    ['https://charts.example.com', 'https://charts.example.com'],
    ['oci://ghcr.io/acme/deploy', 'oci://ghcr.io/acme/deploy'],
    ['', ''],
  ])('%s → %s', (url, repository) => {
    expect(repositoryOf(url)).toBe(repository)
  })

  it('reads Flux revisions of every age', () => {
    expect(['main@sha1:abc', 'sha1:abc', `main/${'a'.repeat(40)}`, '6.0.1'].map(commitOf)).toEqual([
      'abc',
      'abc',
      'a'.repeat(40),
      '6.0.1',
    ])
    expect(['main@sha1:abc', 'sha1:abc', `feature/x/${'a'.repeat(40)}`].map(branchOf)).toEqual([
      'main',
      '',
      'feature/x',
    ])
  })
})

function pod(name: string, nodeName: string | undefined, ready: boolean): KubernetesObject {
  return {
    metadata: { name, namespace: 'shop' },
    spec: nodeName === undefined ? {} : { nodeName },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }
}

function node(name: string, ready: string, since: string): KubernetesObject {
  const condition = { type: 'Ready', status: ready, reason: 'NodeStatusUnknown', lastTransitionTime: since }
  return { metadata: { name }, status: { conditions: [condition] } }
}

function nodeEvent(name: string, reason: string, lastTimestamp: string): KubernetesEvent {
  return { metadata: { name: `${name}.1` }, reason, lastTimestamp, involvedObject: { kind: 'Node', name } }
}

describe('nodeChangesOf', () => {
  const web: KubernetesObject = {
    metadata: { name: 'web', namespace: 'shop' },
    spec: { selector: { matchLabels: { app: 'web' } } },
  }
  it('tells what happened to the nodes under a workload, each thing once', async () => {
    const nodes = {
      'nodes undefined/a': node('a', 'Unknown', '2026-11-20T10:05:00Z'),
      'nodes undefined/b': node('b', 'True', '2026-11-01T10:00:00Z'),
    }
    const sources = sourcesOf(nodes, {
      pods: [pod('web-1', 'b', true), pod('web-2', 'a', false), pod('web-3', undefined, false)],
      events: [
        nodeEvent('a', 'NodeNotReady', '2026-11-20T10:05:01Z'),
        nodeEvent('b', 'NodeNotSchedulable', '2026-11-20T10:01:00Z'),
        nodeEvent('b', 'NodeNotSchedulable', '2026-11-20T10:02:00Z'),
        nodeEvent('b', 'NodeAllocatableEnforced', '2026-11-20T10:03:00Z'),
        nodeEvent('c', 'Rebooted', '2026-11-20T10:04:00Z'),
      ],
    })
    expect((await nodeChangesOf(web, sources)).map(({ time, source, changes }) => [time, source, ...changes])).toEqual([
      ['2026-11-20T10:05:00Z', 'Node', 'node a became NotReady (NodeStatusUnknown)'],
      ['2026-11-20T10:01:00Z', 'Node', 'node b was cordoned'],
    ])
  })

  it('tells nothing of healthy nodes, without pods, and where nodes may not be read', async () => {
    const pods = [pod('web-1', 'b', true)]
    const healthy = sourcesOf({ 'nodes undefined/b': node('b', 'True', '2026-11-20T10:00:00Z') }, { pods, events: [] })
    expect(await nodeChangesOf(web, healthy)).toEqual([])
    expect(await nodeChangesOf(web, sourcesOf({}, { pods: [] }))).toEqual([])
    expect(await nodeChangesOf(web, { ...sourcesOf({}, { pods }), object: () => Promise.resolve(undefined) })).toEqual(
      [],
    )
  })
})
