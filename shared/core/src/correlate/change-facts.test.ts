import { describe, expect, test } from 'vitest'
import { diffTemplates } from '../template-diff.ts'
import { changeFacts, isCosmetic, rolloutFact, sameChange } from './change-facts.ts'

function template(container: object): object {
  return { spec: { containers: [{ name: 'app', ...container }] } }
}

function hunk(...lines: string[]): string {
  return ['@@ -20,7 +20,7 @@ spec:', ...lines].join('\n')
}

const loweredMemory = hunk(
  '       containers:',
  '         - name: app',
  '           resources:',
  '             requests:',
  '               memory: 128Mi',
  '             limits:',
  '-              memory: 512Mi',
  '+              memory: 256Mi',
  '               cpu: 500m',
)

describe('changeFacts', () => {
  test.each<[string, string, string, object[]]>([
    [
      'a lowered memory limit, with the container it belongs to',
      loweredMemory,
      'base-apps/chores-tracker/deployments.yaml',
      [
        {
          kind: 'memory-limit',
          text: 'app: limits.memory 512Mi → 256Mi',
          before: '512Mi',
          after: '256Mi',
          direction: 'lowered',
        },
      ],
    ],
    [
      'a request is no limit',
      hunk(
        '   resources:',
        '     requests:',
        '-      memory: 64Mi',
        '+      memory: 1Gi',
        '     limits:',
        '       memory: 2Gi',
      ),
      'a.yaml',
      [{ kind: 'memory-request', direction: 'raised' }],
    ],
    [
      'units are compared by size, not by digits',
      hunk('   limits:', '-    memory: 1Gi', '+    memory: 900Mi'),
      'a.yaml',
      [{ kind: 'memory-limit', direction: 'lowered' }],
    ],
    [
      'a limit that appears where there was none',
      hunk('   resources:', '+    limits:', '+      memory: 256Mi'),
      'a.yaml',
      [{ kind: 'memory-limit', direction: 'lowered', text: 'limits.memory (none) → 256Mi' }],
    ],
    [
      'an image in a list written without indentation',
      hunk(
        ' containers:',
        ' - name: web',
        '-  image: ghcr.io/acme/web:1.2.3',
        '+  image: "ghcr.io/acme/web:1.2.4"  # bot',
      ),
      'a.yaml',
      [{ kind: 'image', text: 'web: containers.image ghcr.io/acme/web:1.2.3 → ghcr.io/acme/web:1.2.4' }],
    ],
    ['a tag in Helm values', hunk(' image:', '-  tag: 1.0.0', '+  tag: 1.1.0'), 'values.yaml', [{ kind: 'image' }]],
    [
      'a kustomize image',
      hunk(' images:', ' - name: web', '-  newTag: a', '+  newTag: b'),
      'kustomization.yaml',
      [{ kind: 'image' }],
    ],
    [
      'a variable, without its value',
      hunk(
        '             - name: DB_PASSWORD',
        '-              value: hunter2-old',
        '+              value: hunter2-new',
      ),
      'a.yaml',
      [{ kind: 'env', text: 'DB_PASSWORD: value changed' }],
    ],
    [
      'a heap size is about memory',
      hunk('             - name: JAVA_OPTS', '-              value: -Xmx256m', '+              value: -Xmx900m'),
      'a.yaml',
      [{ kind: 'runtime-memory', text: 'JAVA_OPTS: value changed' }],
    ],
    [
      'a probe',
      hunk('   livenessProbe:', '     httpGet:', '-      path: /healthz', '+      path: /health'),
      'a.yaml',
      [{ kind: 'probe' }],
    ],
    [
      'any key of a ConfigMap is configuration, whatever it is called',
      hunk(' kind: ConfigMap', ' data:', '-  image: old', '+  image: new'),
      'a.yaml',
      [{ kind: 'config' }],
    ],
    ['a configuration file', hunk('-timeout=5', '+timeout=1'), 'conf/app.properties', [{ kind: 'config' }]],
    [
      'a file whose name says what it is',
      hunk('-  a: b', '+  a: c'),
      'base-apps/x/networkpolicy.yaml',
      [{ kind: 'network-policy' }],
    ],
    ['nothing known', hunk('   labels:', '-    team: a', '+    team: b'), 'deployment.yaml', []],
    ['a comment beside a value', hunk('-  replicas: 2 # two', '+  replicas: 2 # both'), 'a.yaml', []],
    ['a patch without hunks', 'Binary files differ', 'a.png', []],
    ['nothing', '', '', []],
  ])('reads %s', (_, patch, file, facts) => {
    const found = changeFacts(patch, file)
    expect(found).toHaveLength(facts.length)
    for (const [index, fact] of facts.entries()) expect(found[index]).toMatchObject({ file, ...fact })
  })

  test('keeps the values of variables, commands and configuration to itself', () => {
    const patch = hunk(' command:', '-  - run --password=hunter2', '+  - run --password=hunter3')
    expect(JSON.stringify(changeFacts(patch, 'a.yaml'))).not.toContain('hunter')
  })

  test('is bounded on a hostile patch, and ends', () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, index) => `+${' '.repeat(index % 50)}- - - - env${index}: ${'a: '.repeat(5)}`,
    )
    expect(changeFacts(hunk(...lines), 'a.yaml').length).toBeLessThanOrEqual(40)
  })
})

describe('isCosmetic', () => {
  test.each<[boolean, string[]]>([
    [true, ['-# Memory of the app', '+# Memory of the application', '+']],
    [false, ['-# limit', '+limit: 1']],
    [false, ['+#!/bin/sh']],
    [false, ['   unchanged: true']],
  ])('%s for %j', (expected, lines) => {
    expect(isCosmetic(hunk(...lines))).toBe(expected)
  })
})

describe('rolloutFact', () => {
  test.each<[string, object | undefined]>([
    [
      'container app: limits.memory 512Mi → 256Mi',
      { kind: 'memory-limit', before: '512Mi', after: '256Mi', direction: 'lowered' },
    ],
    ['container app: limits.memory added (256Mi)', { kind: 'memory-limit', after: '256Mi', direction: 'lowered' }],
    ['container app: limits.memory removed (1Gi)', { kind: 'memory-limit', before: '1Gi' }],
    ['container app: command ["serve"] → ["serve","-v"]', { kind: 'command' }],
    ['container app: env DB_PASSWORD: changed (values not shown)', { kind: 'env' }],
    ['container app: env API_TOKEN added', { kind: 'env' }],
    ['volume data removed (configMap web)', { kind: 'volume' }],
    ['annotation checksum/config a → b', { kind: 'config' }],
    ['annotation prometheus.io/port added (80)', undefined],
    ['label env a → b', undefined],
    ['rolled out without a change of the template', undefined],
    ['the oldest revision that is kept: nothing to compare it with', undefined],
    ['container app: image a:1 → a:2', { kind: 'image', before: 'a:1', after: 'a:2' }],
    ['init container wait: command changed', { kind: 'command' }],
    ['container app: env LOG_LEVEL changed', { kind: 'env' }],
    ['replicas 3 → 1', { kind: 'replicas', direction: 'lowered' }],
    ['something else', undefined],
    ['', undefined],
  ])('%s', (change, expected) => {
    expect([rolloutFact(change)]).toMatchObject([expected])
  })

  test('understands what diffTemplates writes', () => {
    const changes = diffTemplates(
      template({ image: 'a:1', resources: { limits: { memory: '512Mi' } }, readinessProbe: { timeoutSeconds: 5 } }),
      template({ image: 'a:2', resources: { limits: { memory: '256Mi' } }, readinessProbe: { timeoutSeconds: 1 } }),
    )
    expect(changes.map((change) => rolloutFact(change)?.kind)).toEqual(['image', 'memory-limit', 'probe'])
  })

  test('tells the same change from one with other values', () => {
    const [patched] = changeFacts(loweredMemory, 'a.yaml')
    expect(sameChange(patched!, rolloutFact('container app: limits.memory 512Mi → 256Mi')!)).toBe(true)
    expect(sameChange(patched!, rolloutFact('container app: limits.memory 1Gi → 256Mi')!)).toBe(false)
    expect(sameChange(patched!, rolloutFact('container app: requests.memory 512Mi → 256Mi')!)).toBe(false)
  })
})
