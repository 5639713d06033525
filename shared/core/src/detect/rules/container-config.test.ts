import { describe, expect, it } from 'vitest'
import { second } from '../../time.ts'
import { containerConfig, missingObject } from './container-config.ts'
import { brief, pod, run, waiting, workload } from './testing.ts'

describe('containerConfig', () => {
  it('names the missing Secret and a similar name others use', () => {
    const env = [{ name: 'P', valueFrom: { secretKeyRef: { name: 'db-credentials', key: 'password' } } }]
    const found = run(containerConfig, {
      pods: [
        pod({ phase: 'Pending', status: waiting('CreateContainerConfigError', 'secret "db-credential" not found') }),
      ],
      deployments: [workload({ ready: 0 }), workload({ name: 'backup', container: { env } })],
    })
    expect(brief(found)).toEqual(['POD_CONFIG_ERROR critical Deployment/shop/web'])
    expect(found[0]!.links.causedBy).toEqual([{ kind: 'Secret', namespace: 'shop', name: 'db-credential' }])
    expect(found[0]!.evidence.join()).toContain(
      'Deployment shop/backup uses a Secret of a similar name: db-credentials',
    )
  })

  it('tells containers that cannot be created', () => {
    const pods = [
      pod({
        phase: 'Pending',
        status: waiting('CreateContainerError', 'failed to generate spec: no command specified'),
      }),
    ]
    expect(brief(run(containerConfig, { pods }))).toEqual(
      ['POD_CREATE_ERROR critical Deployment/shop/web'].map((line) =>
        line.replace('Deployment/shop/web', 'ReplicaSet/shop/web-5d8c7b9f6d'),
      ),
    )
  })

  it('waits for operators that make Secrets a moment later', () => {
    const pods = [
      pod({
        age: 20 * second,
        phase: 'Pending',
        status: waiting('CreateContainerConfigError', 'secret "x" not found'),
      }),
      pod(),
    ]
    expect(run(containerConfig, { pods })).toEqual([])
  })

  it.each([
    ['configmap "a" not found', { kind: 'ConfigMap', namespace: 'shop', name: 'a' }],
    ["couldn't find key K in Secret other/b", { kind: 'Secret', namespace: 'other', name: 'b' }],
    ['container has runAsNonRoot and image will run as root', undefined],
  ])('reads %s', (message, expected) => {
    expect(missingObject(message, 'shop')).toEqual(expected)
  })
})
