import { expect, it } from 'vitest'
import { ago, condition, custom, ended, object, waiting } from '../../shared/core/src/detect/rules/testing.ts'
import { hour, minute } from '../../shared/core/src/time.ts'
import { app, crash, log, podName, running, serviceOf } from './judge-apps.ts'
import { dns, surroundings, together, told, type Story } from './judge-cluster.ts'

/** What fails because something it talks to fails, does not answer, or is kept from it. */

const policy = (name: string, spec: object) => object(name, { spec })
/** Lets only such callers reach the database of namespace data. */
const intoData = (name: string, from: object) =>
  object(name, {
    metadata: { namespace: 'data' },
    spec: { podSelector: { matchLabels: { app: 'db' } }, policyTypes: ['Ingress'], ingress: [{ from: [from] }] },
  })

it.each<[name: string, story: Story, expected: string[], around?: Story['objects']]>([
  [
    'a database that crashes, and three services in a row that wait for it',
    {
      objects: together(
        app('db', { replicas: 1, since: 40 * minute, broken: crash(1) }),
        app('stock', { since: 38 * minute, env: { DB_HOST: 'db' }, broken: crash(1) }),
        app('cart', { since: 36 * minute, env: { STOCK_ADDR: 'stock:80' }, broken: { status: running(36 * minute) } }),
        app('front', { since: 33 * minute, env: { CART_URL: 'http://cart.shop.svc:80/' }, broken: crash(1) }),
      ),
    },
    ['POD_CRASH_LOOP critical Deployment/shop/db: Deployment/shop/cart Deployment/shop/front Deployment/shop/stock'],
  ],
  [
    'a chain known only from logs',
    {
      objects: together(
        app('db', {
          replicas: 1,
          since: 40 * minute,
          broken: { phase: 'Pending', status: waiting('ImagePullBackOff', 'manifest unknown') },
        }),
        app('stock', { since: 38 * minute, broken: crash(1) }),
        app('front', { since: 36 * minute, broken: crash(1) }),
      ),
      logs: {
        [`shop/${podName('stock')}`]: ['FATAL: dial tcp: connect to db:80: connection refused'],
        [`shop/${podName('front')}`]: ['Error: connect ECONNREFUSED 10.96.0.5:80'],
      },
    },
    ['POD_IMAGE_PULL critical Deployment/shop/db: Deployment/shop/front Deployment/shop/stock'],
  ],
  [
    'an init container that waits for a Service nobody made (HolmesGPT)',
    {
      objects: app('web', {
        broken: {
          phase: 'Pending',
          status: waiting('PodInitializing'),
          init: {
            spec: { command: ['sh', '-c', 'until nslookup orders-db; do sleep 2; done'] },
            status: { ready: false, started: true, state: { running: { startedAt: ago(20 * minute) } } },
          },
        },
      }),
    },
    ['SERVICE_MISSING critical Service/shop/orders-db: Deployment/shop/web'],
  ],
  [
    'a Job that failed because its database is down',
    {
      objects: together(app('db', { replicas: 1, since: 40 * minute, broken: crash(1) }), {
        jobs: [
          object('import', {
            metadata: { creationTimestamp: ago(30 * minute) },
            spec: { backoffLimit: 2 },
            status: { failed: 3, conditions: [condition('Failed', 'True', 20 * minute, 'BackoffLimitExceeded')] },
          }),
        ],
        pods: [
          {
            ...(app('import', { replicas: 1, env: { DB_HOST: 'db' }, broken: {} }).pods![0] as object),
            metadata: {
              name: 'import-x1',
              namespace: 'shop',
              uid: 'i1',
              creationTimestamp: ago(25 * minute),
              ownerReferences: [{ kind: 'Job', name: 'import', controller: true }],
            },
            status: { phase: 'Failed', containerStatuses: [{ name: 'app', state: ended(1, 'Error', 20 * minute) }] },
          },
        ],
      }),
      logs: { 'shop/import-x1': ['connection to db:80 refused'] },
    },
    ['POD_CRASH_LOOP critical Deployment/shop/db: Job/shop/import'],
  ],
  [
    'a rotated password (ITBench, HolmesGPT): the database is well',
    {
      objects: together(app('db', { replicas: 1 }), app('api', { env: { DB_HOST: 'db' }, broken: crash(1) })),
      logs: { [`shop/${podName('api')}`]: ['FATAL: password authentication failed for user "app"'] },
    },
    ['POD_CRASH_LOOP critical Deployment/shop/api'],
  ],
  [
    'a Service that sends to a port nobody listens on, and what calls it (ITBench modified target port)',
    {
      objects: together(
        app('catalog', { service: { ports: [{ port: 80, targetPort: 8099 }] } }),
        app('front', { broken: { status: running(20 * minute) } }),
        app('search', { broken: crash() }),
      ),
      logs: {
        ...log('front', 'dial tcp 10.96.0.7:80: connect: connection refused'),
        ...log('search', 'Error: connect ECONNREFUSED catalog:80'),
      },
    },
    ['SERVICE_PORT_UNDECLARED critical Service/shop/catalog: Deployment/shop/front Deployment/shop/search'],
  ],
  [
    'a Service whose selector matches nothing, and what calls it (ITBench wrong selector)',
    {
      objects: together(
        app('catalog', { service: false }),
        {
          services: [serviceOf('catalog', 'shop', 8080, { selector: { app: 'catalogue' } })],
          endpointslices: [
            object('catalog-slice', {
              metadata: { labels: { 'kubernetes.io/service-name': 'catalog' } },
              endpoints: [],
            }),
          ],
        },
        app('front', { broken: crash() }),
      ),
      logs: log('front', 'dial tcp: lookup ok; connect to catalog:80: connection refused'),
    },
    ['SERVICE_SELECTS_NOTHING critical Service/shop/catalog: Deployment/shop/front'],
  ],
  [
    'the same, known from the environment alone',
    {
      objects: together(
        app('catalog', { service: false }),
        {
          services: [serviceOf('catalog', 'shop', 8080, { selector: { app: 'catalogue' } })],
          endpointslices: [
            object('catalog-slice', {
              metadata: { labels: { 'kubernetes.io/service-name': 'catalog' } },
              endpoints: [],
            }),
          ],
        },
        app('front', { env: { CATALOG_ADDR: 'catalog:80' }, broken: crash() }),
      ),
    },
    ['SERVICE_SELECTS_NOTHING critical Service/shop/catalog: Deployment/shop/front'],
  ],
  [
    'a policy that lets nobody reach a Service, and what waits for it (ITBench network policy)',
    {
      objects: together(app('catalog'), app('front', { broken: { status: running(20 * minute) } }), {
        networkpolicies: [
          policy('block', { podSelector: { matchLabels: { app: 'catalog' } }, policyTypes: ['Ingress'] }),
        ],
      }),
      logs: log('front', 'Error: connect ETIMEDOUT 10.96.0.7:80'),
    },
    ['NETWORK_POLICY_CLOSES_SERVICE critical NetworkPolicy/shop/block: Deployment/shop/front'],
  ],
  [
    'a policy that lets pods reach nothing, by their own log (HolmesGPT 84)',
    {
      objects: together(app('db'), app('front', { broken: crash() }), {
        networkpolicies: [
          policy('deny-egress', { podSelector: { matchLabels: { app: 'front' } }, policyTypes: ['Egress'] }),
        ],
      }),
      logs: log(
        'front',
        'could not connect: dial tcp: lookup db on 10.96.0.10:53: read udp 10.1.1.4:40211->10.96.0.10:53: i/o timeout',
      ),
    },
    ['NETWORK_POLICY_BLOCKS critical NetworkPolicy/shop/deny-egress: Deployment/shop/front'],
  ],
  [
    'a policy for the whole namespace that lets out nothing, by several logs',
    {
      objects: together(app('db'), ...['a', 'b', 'c'].map((name) => app(name, { broken: crash() })), {
        networkpolicies: [policy('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })],
      }),
      logs: {
        ...log('a', 'getaddrinfo EAI_AGAIN db'),
        ...log('b', 'getaddrinfo EAI_AGAIN db'),
        ...log('c', 'getaddrinfo EAI_AGAIN db'),
      },
    },
    [
      'NETWORK_POLICY_BLOCKS critical NetworkPolicy/shop/default-deny: Deployment/shop/a Deployment/shop/b Deployment/shop/c',
    ],
  ],
  [
    'a DNS server that crashes on its configuration, and what cannot resolve names',
    {
      objects: together(
        app('db'),
        app('a', { since: 15 * minute, broken: crash() }),
        app('b', { since: 15 * minute, broken: { status: running(15 * minute) } }),
      ),
      logs: {
        ...log('a', 'getaddrinfo EAI_AGAIN db'),
        ...log('b', 'dial tcp: lookup db on 10.96.0.10:53: no such host'),
      },
    },
    ['POD_CRASH_LOOP critical Deployment/kube-system/coredns: Deployment/shop/a Deployment/shop/b'],
    together(surroundings, dns({ since: 20 * minute, broken: crash() })),
  ],
  [
    'a DNS server scaled to zero, and what cannot resolve names (ITBench)',
    {
      objects: together(
        app('db'),
        app('a', { since: 15 * minute, broken: crash() }),
        app('b', { since: 15 * minute, broken: crash() }),
      ),
      logs: {
        ...log('a', 'getaddrinfo EAI_AGAIN db'),
        ...log('b', 'Temporary failure in name resolution: could not resolve host: db'),
      },
    },
    ['SERVICE_NO_ENDPOINTS critical Service/kube-system/kube-dns: Deployment/shop/a Deployment/shop/b'],
    together(surroundings, dns({ replicas: 0 })),
  ],
  [
    'a dependency that is scaled to zero, and what calls it (ITBench)',
    {
      objects: together(app('catalog', { replicas: 0 }), app('front', { broken: crash() })),
      logs: log('front', 'connect ECONNREFUSED catalog:80'),
    },
    ['SERVICE_NO_ENDPOINTS critical Service/shop/catalog: Deployment/shop/front'],
  ],
  [
    'an expired certificate, and pods that do not trust it',
    {
      objects: together(app('api', { replicas: 1 }), app('front', { broken: crash() }), {
        customresources: [
          custom('cert-manager.io/v1', 'Certificate', 'api', {
            spec: { secretName: 'api-tls', dnsNames: ['api.shop.svc'] },
            status: {
              notBefore: ago(90 * 24 * hour),
              notAfter: ago(hour),
              renewalTime: ago(30 * 24 * hour),
              conditions: [condition('Ready', 'False', hour, 'Expired')],
            },
          }),
        ],
      }),
      logs: log('front', 'Post "https://api.shop.svc/": x509: certificate has expired or is not yet valid'),
    },
    ['CERTIFICATE_EXPIRING critical Certificate/shop/api: Deployment/shop/front'],
  ],
  [
    'the same, but its signer is what is not trusted: two faults',
    {
      objects: together(app('api', { replicas: 1 }), app('front', { broken: crash() }), {
        customresources: [
          custom('cert-manager.io/v1', 'Certificate', 'api', {
            spec: { secretName: 'api-tls', dnsNames: ['api.shop.svc'] },
            status: {
              notBefore: ago(90 * 24 * hour),
              notAfter: ago(hour),
              renewalTime: ago(30 * 24 * hour),
              conditions: [condition('Ready', 'False', hour, 'Expired')],
            },
          }),
        ],
      }),
      logs: log('front', 'Post "https://api.shop.svc/": x509: certificate signed by unknown authority'),
    },
    ['CERTIFICATE_EXPIRING critical Certificate/shop/api', 'POD_CRASH_LOOP critical Deployment/shop/front'],
  ],
  [
    'a Kafka that is not ready, and its clients',
    {
      objects: together(
        app('bus', {
          kind: 'statefulsets',
          replicas: 1,
          since: 40 * minute,
          metadata: { ownerReferences: [{ kind: 'Kafka', name: 'bus', controller: true }] },
          broken: { ownerReferences: [{ kind: 'StatefulSet', name: 'bus', controller: true }], ...crash() },
        }),
        app('orders', { env: { BROKERS: 'bus:9092' }, broken: crash() }),
        {
          customresources: [
            custom('kafka.strimzi.io/v1beta2', 'Kafka', 'bus', {
              status: { conditions: [condition('NotReady', 'True', 30 * minute, 'TimeoutException')] },
            }),
          ],
        },
      ),
    },
    ['POD_CRASH_LOOP critical StatefulSet/shop/bus: Deployment/shop/orders Kafka/shop/bus'],
  ],
  [
    'a caller that was broken long before what it calls',
    {
      objects: together(
        app('db', { replicas: 1, since: 10 * minute, broken: crash() }),
        app('front', { since: 3 * hour, env: { DB: 'db:80' }, broken: crash() }),
      ),
      logs: log('front', 'dial tcp: connect to db:80: connection refused'),
    },
    ['POD_CRASH_LOOP critical Deployment/shop/front', 'POD_CRASH_LOOP critical Deployment/shop/db'],
  ],
  [
    'callers in another namespace that a policy keeps out (by its from)',
    {
      objects: together(app('db', { namespace: 'data' }), app('front', { broken: crash() }), {
        networkpolicies: [intoData('only-data', { podSelector: {} })],
      }),
      logs: log('front', 'pq: dial tcp: connect to db.data.svc.cluster.local:5432: connection timed out'),
    },
    ['NETWORK_POLICY_BLOCKS critical NetworkPolicy/data/only-data: Deployment/shop/front'],
  ],
  [
    'the same, but the connection is refused: the policy is innocent',
    {
      objects: together(app('db', { namespace: 'data' }), app('front', { broken: crash() }), {
        networkpolicies: [intoData('only-data', { podSelector: {} })],
      }),
      logs: log('front', 'pq: dial tcp: connect to db.data.svc.cluster.local:5432: connection refused'),
    },
    ['POD_CRASH_LOOP critical Deployment/shop/front'],
  ],
  [
    'a policy that admits the caller by its namespace',
    {
      objects: together(app('db', { namespace: 'data' }), app('front', { broken: crash() }), {
        networkpolicies: [
          intoData('shop', { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }),
        ],
      }),
      logs: log('front', 'pq: dial tcp: connect to db.data.svc.cluster.local:5432: connection timed out'),
    },
    ['POD_CRASH_LOOP critical Deployment/shop/front'],
  ],
  [
    'a policy whose egress opens names but not the database (ITBench 31)',
    {
      objects: together(app('db', { namespace: 'data' }), app('front', { broken: crash() }), {
        networkpolicies: [
          object('names-only', {
            spec: {
              podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['front'] }] },
              policyTypes: ['Egress'],
              egress: [
                {
                  ports: [{ port: 53, protocol: 'UDP' }],
                  to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
                },
              ],
            },
          }),
        ],
      }),
      logs: log('front', 'connect ETIMEDOUT db.data.svc.cluster.local:5432'),
    },
    ['NETWORK_POLICY_BLOCKS critical NetworkPolicy/shop/names-only: Deployment/shop/front'],
  ],
  [
    'an issuer that is not ready, its certificate, and pods that miss the Secret',
    {
      objects: together(
        app('web', {
          broken: { phase: 'Pending', status: waiting('CreateContainerConfigError', 'secret "web-tls" not found') },
        }),
        {
          customresources: [
            custom('cert-manager.io/v1', 'Issuer', 'ca', {
              status: { conditions: [condition('Ready', 'False', 2 * hour, 'ErrRegisterACMEAccount')] },
            }),
            custom('cert-manager.io/v1', 'Certificate', 'web', {
              spec: { secretName: 'web-tls', issuerRef: { name: 'ca' } },
              status: { conditions: [condition('Ready', 'False', hour, 'DoesNotExist')] },
            }),
          ],
        },
      ),
    },
    ['ISSUER_NOT_READY critical Issuer/shop/ca: Certificate/shop/web Deployment/shop/web'],
  ],
  [
    'a full disk by the log of a database, and what it serves',
    {
      objects: together(
        app('pg', { replicas: 1, since: 40 * minute, broken: crash() }),
        app('api', { since: 30 * minute, env: { PGHOST: 'pg' }, broken: { status: running(30 * minute) } }),
      ),
      logs: {
        ...log('pg', 'PANIC: could not write to file "pg_wal/xlogtemp.29": No space left on device'),
        ...log('api', 'psycopg2.OperationalError: could not connect to server: Connection refused'),
      },
    },
    ['POD_CRASH_LOOP critical Deployment/shop/pg: Deployment/shop/api'],
  ],
  [
    'a policy that opens another port than the one that is called (ITBench port-blocking policy)',
    {
      objects: together(app('db'), app('front', { broken: crash() }), {
        networkpolicies: [
          policy('db-ingress', {
            podSelector: { matchLabels: { app: 'db' } },
            policyTypes: ['Ingress'],
            ingress: [{ ports: [{ port: 9999 }] }],
          }),
        ],
      }),
      logs: log('front', 'dial tcp: connect to db:80: i/o timeout'),
    },
    ['NETWORK_POLICY_CLOSES_SERVICE critical NetworkPolicy/shop/db-ingress: Deployment/shop/front'],
  ],
  [
    'a Service that was deleted, and what calls it (ITBench deleted service)',
    {
      objects: together(
        app('cart', { service: false }),
        app('front', { env: { CART_ADDR: 'cart:80' }, broken: crash() }),
      ),
      logs: log('front', 'dial tcp: lookup cart on 10.96.0.10:53: no such host'),
    },
    ['SERVICE_MISSING critical Service/shop/cart: Deployment/shop/front'],
  ],
])('%s', (_name, story, expected, around) => {
  expect(told(story, around)).toEqual(expected)
})
