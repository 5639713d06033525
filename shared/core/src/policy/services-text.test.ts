import { expect, test } from 'vitest'
import { ServiceCatalog } from '../policy.ts'
import { hour, minute } from '../time.ts'
import { readServicesText } from './services-text.ts'

/** The form in which the project's first operator keeps the inventory. */
const numbered = `1. Critical Services (P0 - Business Critical)

  All production workloads and their dependencies are P0 as they are customer-facing.

  1.1 chores-tracker-backend

  - Purpose: Family chore tracking system backend (FastAPI/Python, JWT auth)
  - GitOps:
    - ArgoCD App: base-apps/chores-tracker-backend.yaml
    - Manifests: base-apps/chores-tracker-backend/
    - Repo: https://github.com/example/kubernetes
  - Namespace: chores-tracker-backend
  - Dependencies: mysql, vault (secrets), AWS
  - Max Downtime: 0 minutes (customer-facing application)
  - Known Issues:
    - ⚠️ VERY SLOW STARTUP: 5-6 minutes to be ready (initialDelaySeconds: 300-360s) - slowest in cluster
  - Replicas: 2 (HA enabled)
  - Resources: 256Mi-512Mi RAM, 200m-500m CPU

  1.2 mysql

  - Purpose: MySQL database for chores-tracker application
  - Namespace: mysql
  - Max Downtime: 0 minutes (data layer for customer app)
  - Known Issues:
    - ⚠️ Single replica (no HA) - data loss risk
    - Has automated backup CronJob to S3

  1.3 nginx-ingress

  - Purpose: Ingress controller for all external HTTP/HTTPS traffic
  - Namespace: ingress-nginx
  - Dependencies: None
  - Max Downtime: 0 minutes (all external access depends on this)

  ---
  2. High Priority Services (P1 - Infrastructure Dependencies)

  2.1 vault

  - Namespace: vault
  - Max Downtime: 5-15 minutes (pods work until restart)
  - Known Issues:
    - ⚠️ Requires manual unsealing after pod restart
    - Single replica (no HA)

  2.2 cert-manager

  - Namespace: cert-manager
  - Max Downtime: Hours to days (certs valid 90 days, renewed automatically)

  2.3 ecr-auth (ecr-credentials-sync)

  - Namespace: ecr-auth
  - Max Downtime: 12 hours (ECR tokens expire, but existing pods work)

  2.4 crossplane

  - Namespace: crossplane-system
  - Max Downtime: N/A (infrastructure provisioning)

  ---
  3. Support Services (P2-P3)

  3.1 crossplane-aws-provider

  - Namespace: crossplane-system (provisions resources)

  ---
  4. Common Patterns & Operational Knowledge

  4.1 GitOps Pattern

  - Repository: https://github.com/example/kubernetes

  | Service | ArgoCD App Name |
  |---------|-----------------|
`
/** The form in which the same inventory stands in a page for a model. */
const markdown = `# Monitoring
## Service Criticality Framework
### P0 - Business Critical (0 minutes max downtime)
Customer-facing applications:
- chores-tracker-backend (FastAPI/Python, JWT auth)
- mysql (data layer for chores app)
- nginx-ingress (all external traffic)

**Impact**: Direct customer impact or business operations halt

### P1 - Infrastructure Dependencies (5-15 min max downtime)
- vault (secret management)

### P2-P3 - Support Services (hours to days tolerance)
- whoami-test

## Known Issues and Quirks
### chores-tracker-backend
- ⚠️ **VERY SLOW STARTUP**: 5-6 minutes to ready (initialDelaySeconds: 300-360s)
- This is EXPECTED and NOT a problem - allow full startup time
### vault
- ⚠️ **Requires manual unsealing** after pod restart
### mysql
- ⚠️ **Single replica** (no HA) - data loss risk

## Health Check Patterns
| Pattern | Services |
`

function read(text: string) {
  const { catalog, problems } = readServicesText(text)
  return { services: ServiceCatalog.parse(catalog).services, problems }
}

test('the numbered form, whole', () => {
  const { services, problems } = read(numbered)
  expect(problems).toEqual([])
  expect(services.map(({ name, priority }) => `${priority} ${name}`)).toEqual([
    'P0 chores-tracker-backend',
    'P0 mysql',
    'P0 nginx-ingress',
    'P1 vault',
    'P1 cert-manager',
    'P1 ecr-auth',
    'P1 crossplane',
    'P2 crossplane-aws-provider',
  ])
  const [backend, mysql, ingress, vault, certs, ecr, crossplane, provider] = services
  expect(backend).toMatchObject({
    maxDowntime: 0,
    selectors: [{ namespace: 'chores-tracker-backend' }],
    dependsOn: ['mysql', 'vault'],
    repository: { name: 'example/kubernetes', path: 'base-apps/chores-tracker-backend' },
    known: [{ kind: 'slow-start', allow: 6 * minute }],
  })
  expect(backend!.layer).toBeUndefined()
  expect(mysql).toMatchObject({ layer: 'data', known: [{ kind: 'single-replica' }] })
  expect(ingress).toMatchObject({ layer: 'ingress', selectors: [{ namespace: 'ingress-nginx' }], dependsOn: [] })
  expect(vault).toMatchObject({
    maxDowntime: 15 * minute,
    known: [{ kind: 'manual-unseal' }, { kind: 'single-replica' }],
  })
  expect([certs, ecr, crossplane].map((service) => service!.maxDowntime)).toEqual([48 * hour, 12 * hour, 48 * hour])
  // Two services share a namespace: each has what is named like it.
  expect(crossplane!.selectors).toEqual([
    { namespace: 'crossplane-system', name: 'crossplane' },
    { namespace: 'crossplane-system', name: 'crossplane-*' },
  ])
  expect(provider!.selectors[0]).toEqual({ namespace: 'crossplane-system', name: 'crossplane-aws-provider' })
})

test('the Markdown form, with known issues in a section of their own', () => {
  const { services, problems } = read(markdown)
  expect(problems).toEqual([])
  expect(services).toMatchObject([
    {
      name: 'chores-tracker-backend',
      priority: 'P0',
      maxDowntime: 0,
      known: [{ kind: 'slow-start', allow: 6 * minute }],
    },
    { name: 'mysql', layer: 'data', known: [{ kind: 'single-replica' }] },
    { name: 'nginx-ingress', layer: 'ingress' },
    { name: 'vault', priority: 'P1', maxDowntime: 15 * minute, known: [{ kind: 'manual-unseal' }] },
    { name: 'whoami-test', priority: 'P2', maxDowntime: 48 * hour, known: [] },
  ])
  expect(services[1]!.selectors).toEqual([{ namespace: 'mysql' }, { name: 'mysql' }])
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
