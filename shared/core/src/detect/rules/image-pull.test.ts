import { describe, expect, it } from 'vitest'
import { second } from '../../time.ts'
import { pullFailure, registryOf } from '../images.ts'
import { imagePull } from './image-pull.ts'
import { brief, event, pod, run, waiting, workload } from './testing.ts'

const message = 'Back-off pulling image "registry.example.com/shop/web:1"'

describe('imagePull', () => {
  it('reads the reason from the event when the status has none', () => {
    const pods = [pod({ phase: 'Pending', status: waiting('ImagePullBackOff', message) })]
    const events = [
      event('Pod', 'web-5d8c7b9f6d-abcde', 'Failed', 'Failed to pull image "x": dial tcp 10.0.0.1:443: i/o timeout'),
    ]
    const found = run(imagePull, { pods, events, deployments: [workload({ ready: 0 })] })
    expect(brief(found)).toEqual(['POD_IMAGE_PULL critical Deployment/shop/web'])
    expect(found[0]!.links.registry).toEqual({ host: 'registry.example.com', failure: 'unreachable' })
  })

  it('is a warning while old pods serve', () => {
    const pods = [pod({ phase: 'Pending', status: waiting('ErrImagePull', 'manifest unknown') })]
    expect(run(imagePull, { pods, deployments: [workload({ ready: 2 })] })[0]!.severity).toBe('warning')
  })

  it('waits in the first minute of a pod, and leaves running pods alone', () => {
    const young = pod({ phase: 'Pending', age: 30 * second, status: waiting('ErrImagePull', 'denied') })
    expect(run(imagePull, { pods: [young, pod()] })).toEqual([])
  })

  it.each([
    ['401 Unauthorized', 'auth'],
    ['pull access denied, repository does not exist or may require authorization', 'auth'],
    ['429 Too Many Requests - toomanyrequests', 'rate-limit'],
    ['Head "https://r/v2/": dial tcp: lookup r: no such host', 'unreachable'],
    ['tls: failed to verify certificate: x509: certificate signed by unknown authority', 'unreachable'],
    ['unexpected status from HEAD request to https://r/v2/: 503 Service Unavailable', 'unreachable'],
    ['r/x:9: not found', 'not-found'],
    ["couldn't parse image name", 'invalid'],
    ['who knows', 'unknown'],
  ])('classifies %s', (text, failure) => {
    expect(pullFailure(text)).toBe(failure)
  })

  it.each([
    ['redis:8', 'docker.io'],
    ['acme/private:1', 'docker.io'],
    ['harbor.corp.example.net/crm/x:1', 'harbor.corp.example.net'],
    ['localhost:5000/x', 'localhost:5000'],
  ])('finds the registry of %s', (image, host) => {
    expect(registryOf(image)).toBe(host)
  })
})
