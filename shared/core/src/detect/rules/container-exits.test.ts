import { describe, expect, it } from 'vitest'
import { day, hour, minute } from '../../time.ts'
import { containerExits } from './container-exits.ts'
import { ago, brief, ended, event, pod, run, waiting, workload } from './testing.ts'

const deployments = [workload({ ready: 0 })]
const backOff = waiting('CrashLoopBackOff', 'back-off 5m0s restarting failed container')

const unhealthy = (text: string) => event('Pod', 'web-5d8c7b9f6d-abcde', 'Unhealthy', text)

describe('containerExits', () => {
  it.each([
    ['a plain crash', ended(1, 'Error'), 'POD_CRASH_LOOP'],
    ['a program that ends by itself', ended(0, 'Completed'), 'POD_CRASH_LOOP'],
    ['out of memory', ended(137, 'OOMKilled'), 'POD_OOM_KILLED'],
    ['a command that is not there', ended(128, 'StartError'), 'POD_START_ERROR'],
  ])('tells %s', (_name, lastState, rule) => {
    const pods = [pod({ status: { ...backOff, restartCount: 4, lastState } })]
    expect(brief(run(containerExits, { pods, deployments }))).toEqual([`${rule} critical Deployment/shop/web`])
  })

  it('keeps code and fingerprint while the container goes round its loop', () => {
    const lastState = ended(137, 'OOMKilled')
    const states = [
      { ...backOff, restartCount: 4, lastState },
      { ready: false, restartCount: 4, state: ended(137, 'OOMKilled', 5000), lastState },
      { ready: false, restartCount: 5, state: { running: { startedAt: ago(10_000) } }, lastState },
    ]
    const found = states.map((status) => run(containerExits, { pods: [pod({ status })], deployments })[0]!)
    expect(new Set(found.map(({ rule, fingerprint, title }) => rule + fingerprint + title)).size).toBe(1)
  })

  it('blames the probe when it killed the container', () => {
    const status = { restartCount: 6, lastState: ended(137, 'Error') }
    const found = (text: string) =>
      brief(
        run(containerExits, {
          pods: [pod({ status: { ...status, ready: true } })],
          events: [unhealthy(text)],
          deployments,
        }),
      )
    expect(found('Liveness probe failed: timeout')).toEqual(['POD_LIVENESS_FAILED warning Deployment/shop/web'])
    expect(found('Startup probe failed: refused')).toEqual(['POD_STARTUP_FAILED warning Deployment/shop/web'])
    expect(found('Readiness probe failed: 503')).toEqual(['POD_CRASH_LOOP warning Deployment/shop/web'])
  })

  it('names an init container by a code of its own', () => {
    const init = { status: { ...backOff, restartCount: 3, lastState: ended(1, 'Error') } }
    expect(
      brief(
        run(containerExits, {
          pods: [pod({ phase: 'Pending', init, status: waiting('PodInitializing') })],
          deployments,
        }),
      ),
    ).toEqual(['POD_INIT_FAILED critical Deployment/shop/web'])
  })

  it('is one finding for fifty pods, with ten examples, the earliest onset and a severity by who still serves', () => {
    const pods = Array.from({ length: 50 }, (_, index) =>
      pod({
        name: `web-5d8c7b9f6d-${String(index).padStart(5, '0')}`,
        age: index * minute + hour,
        status: { ...backOff, restartCount: 9, lastState: ended(1, 'Error') },
      }),
    )
    const found = run(containerExits, { pods, deployments: [workload({ desired: 60, ready: 10 })] })
    expect(brief(found)).toEqual(['POD_CRASH_LOOP warning Deployment/shop/web'])
    expect(found[0]).toMatchObject({ count: 50, since: ago(49 * minute + hour) })
    expect(found[0]!.examples).toHaveLength(10)
  })

  it('never begins before the pod, whatever an event counter says', () => {
    const pods = [pod({ age: 5 * minute, status: { ...backOff, restartCount: 4, lastState: ended(1, 'Error') } })]
    const events = [
      event('Pod', 'web-5d8c7b9f6d-abcde', 'BackOff', 'Back-off restarting failed container', minute, 40 * minute),
    ]
    expect(run(containerExits, { pods, events, deployments })[0]!.since).toBe(ago(5 * minute))
  })

  it('does not let text from the cluster break the line', () => {
    const lastState = {
      terminated: { ...ended(1, 'Error').terminated, message: 'a\nb\u0007\u202Ec' + 'x'.repeat(5000) },
    }
    const found = run(containerExits, {
      pods: [pod({ status: { ...backOff, restartCount: 4, lastState } })],
      deployments,
    })
    expect(found[0]!.evidence.every((line) => line.length <= 400 && !/[\p{Cc}\p{Cf}]/u.test(line))).toBe(true)
  })

  it.each([
    ['a restart days ago', pod({ status: { ready: true, restartCount: 4, lastState: ended(1, 'Error', 4 * day) } })],
    [
      'an OOM kill hours ago',
      pod({ status: { ready: true, restartCount: 1, lastState: ended(137, 'OOMKilled', 3 * hour) } }),
    ],
    ['one crash on start', pod({ status: { ready: true, restartCount: 1, lastState: ended(1, 'Error') } })],
    [
      'a restart after a long run',
      pod({ status: { ready: true, restartCount: 5, lastState: ended(1, 'Error', 5 * minute, 2 * day) } }),
    ],
    [
      'a finished pod whose sidecar exited 143',
      pod({ phase: 'Succeeded', status: { ready: false, state: ended(143, 'Error') } }),
    ],
    [
      'a failed try of a Job',
      pod({
        phase: 'Failed',
        ownerReferences: [{ kind: 'Job', name: 'import' }],
        status: { ready: false, state: ended(1, 'Error') },
      }),
    ],
    ['an init container that is done', pod({ init: { status: { state: ended(0, 'Completed') } } })],
  ])('leaves %s alone', (_name, healthy) => {
    expect(run(containerExits, { pods: [healthy], deployments })).toEqual([])
  })
})
