import { expect, test } from 'vitest'
import { ServiceCatalog } from '../policy.ts'
import { hour, minute } from '../time.ts'
import { readServicesText } from './services-text.ts'

/** An inventory as chapters and numbered services, each with its fields. */
const numbered = `1. Shop floor (P0 - people cannot buy)
  Whatever is listed here stops the tills when it stops.

  1.1 basket-api
  - Purpose: Keeps what a visitor wants to buy (Go, gRPC)
  - GitOps:
    - ArgoCD App: clusters/prod/basket-api.yaml
    - Manifests: clusters/prod/basket-api/
    - Repo: https://github.com/example/fleet
  - Namespace: basket
  - Dependencies: ledger-db, keyring (tokens), Stripe
  - Max Downtime: 0 minutes (nobody can check out)
  - Known Issues:
    - ⚠️ SLOW START: 7-9 minutes while it warms its cache (startupProbe: 540s)
  - Replicas: 3 (spread over zones)
  - Resources: 512Mi-1Gi RAM, 250m-1 CPU

  1.2 ledger-db
  - Purpose: PostgreSQL database of all orders
  - Namespace: ledger
  - Max Downtime: 0 minutes (orders are lost)
  - Known Issues:
    - ⚠️ Single replica until the move to an operator
    - Dumped to a bucket each night

  1.3 front-door
  - Purpose: Ingress controller for everything customers open
  - Namespace: edge
  - Dependencies: None
  - Max Downtime: 0 minutes (no page loads)

  ---
  2. Back office (P1 - the shop stands on it)
  2.1 keyring
  - Namespace: keyring
  - Max Downtime: 10-20 minutes (tokens outlive that)
  - Known Issues:
    - ⚠️ Needs manual unsealing by two people
    - Single replica (the second is cold)

  2.2 mail-relay
  - Namespace: mail
  - Max Downtime: Hours to days (letters wait in a queue)

  2.3 image-sync (registry-mirror)
  - Namespace: image-sync
  - Max Downtime: 6 hours (running pods keep their images)

  2.4 provisioner
  - Namespace: provisioning
  - Max Downtime: N/A (only builds what is new)

  ---
  3. Everything else (P2-P3)
  3.1 provisioner-dns
  - Namespace: provisioning (records for new hosts)

  ---
  4. How we work
  4.1 Deliveries
  - Repository: https://github.com/example/fleet

  | Service | Application |
  |---------|-------------|
`

/** An inventory as a page: services as list items below a priority, what is known of them in a section of its own. */
const markdown = `# What we run

## By importance

### P0 - Trains stop (0 minutes max downtime)
What passengers see:
- departures-board (Elixir, two halls)
- timetable (database of all trips)
- gate (all external access)

**Impact**: Passengers miss trains

### P1 - Others stand on it (10-20 min max downtime)
- keyring (tokens)

### P2-P3 - Can wait (hours to days tolerance)
- lost-property

## Known Issues of single services

### departures-board
- ⚠️ **SLOWEST START OF ALL**: 7-9 minutes until ready (startupProbe: 540s)
- Leave it alone meanwhile

### keyring
- ⚠️ **Needs manual unsealing** whenever its pod moves

### timetable
- ⚠️ **Single replica** (a second one is planned)

## Rounds

| Hour | Who |
`

function read(text: string) {
  const { catalog, problems } = readServicesText(text)
  return { services: ServiceCatalog.parse(catalog).services, problems }
}

test('the numbered form, whole', () => {
  const { services, problems } = read(numbered)
  expect(problems).toEqual([])
  expect(services.map(({ name, priority }) => `${priority} ${name}`)).toEqual([
    'P0 basket-api',
    'P0 ledger-db',
    'P0 front-door',
    'P1 keyring',
    'P1 mail-relay',
    'P1 image-sync',
    'P1 provisioner',
    'P2 provisioner-dns',
  ])
  const [basket, ledger, door, keyring, mail, images, provisioner, dns] = services
  expect(basket).toMatchObject({
    maxDowntime: 0,
    selectors: [{ namespace: 'basket' }],
    dependsOn: ['ledger-db', 'keyring'],
    repository: { name: 'example/fleet', path: 'clusters/prod/basket-api' },
    known: [{ kind: 'slow-start', allow: 9 * minute }],
  })
  expect(basket!.layer).toBeUndefined()
  expect(ledger).toMatchObject({ layer: 'data', known: [{ kind: 'single-replica' }] })
  expect(door).toMatchObject({ layer: 'ingress', selectors: [{ namespace: 'edge' }], dependsOn: [] })
  expect(keyring).toMatchObject({
    maxDowntime: 20 * minute,
    known: [{ kind: 'manual-unseal' }, { kind: 'single-replica' }],
  })
  expect([mail, images, provisioner].map((service) => service!.maxDowntime)).toEqual([48 * hour, 6 * hour, 48 * hour])
  // Two services share a namespace: each has what is named like it.
  expect(provisioner!.selectors).toEqual([
    { namespace: 'provisioning', name: 'provisioner' },
    { namespace: 'provisioning', name: 'provisioner-*' },
  ])
  expect(dns!.selectors[0]).toEqual({ namespace: 'provisioning', name: 'provisioner-dns' })
})

test('the Markdown form, with known issues in a section of their own', () => {
  const { services, problems } = read(markdown)
  expect(problems).toEqual([])
  expect(services).toMatchObject([
    {
      name: 'departures-board',
      priority: 'P0',
      maxDowntime: 0,
      known: [{ kind: 'slow-start', allow: 9 * minute }],
    },
    { name: 'timetable', layer: 'data', known: [{ kind: 'single-replica' }] },
    { name: 'gate', layer: 'ingress' },
    { name: 'keyring', priority: 'P1', maxDowntime: 20 * minute, known: [{ kind: 'manual-unseal' }] },
    { name: 'lost-property', priority: 'P2', maxDowntime: 48 * hour, known: [] },
  ])
  expect(services[1]!.selectors).toEqual([{ namespace: 'timetable' }, { name: 'timetable' }])
})

test.for([
  ['1. Services (P0)\n1.1 shop\n- Max Downtime: soon', 'line 3: "soon" is no time; write it like 15 minutes'],
  ['1. Services (P0)\n1.1 shop\n- slow startup', 'line 3: it does not say how long the slow start may take'],
  ['1. Services (P0)\n1.1 shop\n1.2 shop', 'line 3: the service "shop" is named twice'],
  ['1. Services (P0)\n1.1 the web shop', 'line 2: "the web shop" is no name of a service: write it in one word'],
  ['## P0\n- shop\n## Known Issues\n### cart', 'line 4: no service "cart" is named before'],
  ['some notes', 'line 1: no service is named below a heading with a priority (P0 to P3)'],
] as const)('%j is a problem with its line', ([text, problem]) => {
  expect(readServicesText(text).problems).toContain(problem)
})
