import { describe, expect, it } from 'vitest'
import { clusterDns } from './cluster-dns.ts'
import { dnsPolicy } from './dns-policy.ts'
import { brief, object, run, service, workload } from './testing.ts'

/** As kubeadm and k3s ship it. */
const shipped = `.:53 {
    errors
    health { lameduck 5s }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa { pods insecure fallthrough in-addr.arpa ip6.arpa }
    hosts /etc/coredns/NodeHosts { ttl 60 reload 15s fallthrough }
    prometheus :9153
    forward . /etc/resolv.conf
    cache 30
    loop
}
`
const found = (plugin: string, services: object[] = []) =>
  run(clusterDns, {
    configmaps: [
      object('coredns', {
        metadata: { namespace: 'kube-system' },
        data: { Corefile: shipped.replace('    ready\n', `    ready\n    ${plugin}\n`) },
      }),
    ],
    services,
  })

const web = (spec: object, ready = 2) =>
  workload({
    ready,
    spec: {
      template: { spec: { containers: [{ name: 'app', env: [{ name: 'DB_HOST', value: 'db' }] }], ...spec } },
    },
  })

const look = (one: object, services = [service('db', { app: 'db' })]) =>
  brief(run(dnsPolicy, { deployments: [one], services }))

describe('clusterDns', () => {
  it.each([
    ['an answer of NXDOMAIN', 'template ANY ANY svc.cluster.local {\n rcode NXDOMAIN\n }'],
    ['one by a pattern', 'template IN A {\n match ^redis\\.shop\\.svc\\.cluster\\.local\\.$\n rcode NXDOMAIN\n }'],
    ['a rewrite to a Service that is gone', 'rewrite name db.shop.svc.cluster.local gone.shop.svc.cluster.local'],
  ])('tells %s for names of the cluster', (_name, plugin) => {
    expect(brief(found(plugin))).toEqual(['DNS_CONFIG_HARMFUL warning ConfigMap/kube-system/coredns'])
  })

  it.each([
    ['what is shipped', ''],
    ['refusing IPv6', 'template IN AAAA cluster.local {\n rcode NXDOMAIN\n }'],
    ['refusing names outside', 'template ANY ANY example.com {\n rcode NXDOMAIN\n }'],
    ['what is commented out', '# template ANY ANY svc.cluster.local { rcode NXDOMAIN }'],
    ['a rewrite to a Service that exists', 'rewrite name shop.example.com web.shop.svc.cluster.local'],
    ['a rewrite to a name outside', 'rewrite name shop.example.com www.example.org'],
  ])('leaves %s alone', (_name, plugin) => {
    expect(found(plugin, [service('web', { app: 'web' })])).toEqual([])
  })

  it('is quick with what no one would write', () => {
    const hostile = ['rewrite name '.repeat(4000), `rewrite ${'name '.repeat(10_000)}`, 'template a b '.repeat(4000)]
    for (const plugin of hostile) expect(found(plugin)).toEqual([])
  })

  it('knows nothing of a Corefile that was not read', () => {
    const named = object('coredns', { metadata: { namespace: 'kube-system' } })
    expect(run(clusterDns, { configmaps: [named] })).toEqual([])
  })
})

describe('dnsPolicy', () => {
  it('tells pods that ask the node for Services of the cluster', () => {
    expect(look(web({ dnsPolicy: 'Default' }))).toEqual(['WORKLOAD_DNS_POLICY warning Deployment/shop/web'])
    expect(look(web({ hostNetwork: true }, 0))).toEqual(['WORKLOAD_DNS_POLICY warning Deployment/shop/web'])
    expect(look(web({ hostNetwork: true }))).toEqual(['WORKLOAD_DNS_POLICY info Deployment/shop/web'])
  })

  it.each([
    ['those that ask the cluster', web({})],
    [
      'those on the network of the node that do so, too',
      web({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }),
    ],
  ])('leaves %s alone', (_name, one) => {
    expect(look(one)).toEqual([])
  })

  it('leaves alone those that name no Service', () => {
    expect(look(web({ dnsPolicy: 'Default' }), [])).toEqual([])
  })
})
