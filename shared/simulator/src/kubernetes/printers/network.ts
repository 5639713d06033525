import { list, object, objects, text, count, type KubernetesObject } from '../json.ts'
import { createdAge, labelPairs, none, orNone, selectorText, type Row } from './cells.ts'

const shownHosts = 3

export function printService(item: KubernetesObject, now: number): Row {
  return {
    cells: [
      item.metadata.name,
      text(item, 'spec', 'type'),
      orNone(text(item, 'spec', 'clusterIP')),
      externalAddress(item),
      servicePorts(item),
      createdAge(item, now),
      labelPairs(object(item, 'spec', 'selector')),
    ],
  }
}

function externalAddress(item: KubernetesObject): string {
  const external = list(item, 'spec', 'externalIPs').map(String)
  switch (text(item, 'spec', 'type')) {
    case 'ExternalName':
      return text(item, 'spec', 'externalName')
    case 'LoadBalancer': {
      const all = [...loadBalancer(item), ...external]
      return all.length === 0 ? '<pending>' : all.join(',')
    }
    default:
      return orNone(external.join(','))
  }
}

function loadBalancer(item: KubernetesObject): string[] {
  const ingress = objects(item, 'status', 'loadBalancer', 'ingress')
  return ingress.map((entry) => text(entry, 'ip') || text(entry, 'hostname'))
}

function servicePorts(item: KubernetesObject): string {
  const ports = objects(item, 'spec', 'ports').map((port) => {
    const nodePort = count(port, 'nodePort')
    const middle = nodePort === 0 ? '' : `:${nodePort}`
    return `${count(port, 'port')}${middle}/${text(port, 'protocol')}`
  })
  return orNone(ports.join(','))
}

export function printIngress(item: KubernetesObject, now: number): Row {
  const hosts = objects(item, 'spec', 'rules').map((rule) => text(rule, 'host') || '*')
  const ports = objects(item, 'spec', 'tls').length === 0 ? '80' : '80, 443'
  const shown = hosts.slice(0, shownHosts).join(',')
  const hostText = hosts.length > shownHosts ? `${shown} + ${hosts.length - shownHosts} more...` : shown || '*'
  const ingressClass = text(item, 'spec', 'ingressClassName') || none
  const cells = [item.metadata.name, ingressClass, hostText, loadBalancer(item).join(','), ports]
  return { cells: [...cells, createdAge(item, now)] }
}

export function printIngressClass(item: KubernetesObject, now: number): Row {
  const parameters = object(item, 'spec', 'parameters')
  const apiGroup = text(parameters, 'apiGroup')
  const kind = apiGroup === '' ? text(parameters, 'kind') : `${text(parameters, 'kind')}.${apiGroup}`
  const shown = kind === '' ? none : `${kind}/${text(parameters, 'name')}`
  return { cells: [item.metadata.name, text(item, 'spec', 'controller'), shown, createdAge(item, now)] }
}

export function printNetworkPolicy(item: KubernetesObject, now: number): Row {
  return { cells: [item.metadata.name, selectorText(object(item, 'spec', 'podSelector')), createdAge(item, now)] }
}

export function printEndpoints(item: KubernetesObject, now: number): Row {
  const addresses = objects(item, 'subsets').flatMap((subset) =>
    objects(subset, 'addresses').flatMap((address) =>
      objects(subset, 'ports').map((port) => `${text(address, 'ip')}:${count(port, 'port')}`),
    ),
  )
  return { cells: [item.metadata.name, shorten(addresses), createdAge(item, now)] }
}

export function printEndpointSlice(item: KubernetesObject, now: number): Row {
  const ports = objects(item, 'ports').map((port) => String(count(port, 'port')))
  const endpoints = objects(item, 'endpoints').flatMap((endpoint) => list(endpoint, 'addresses').map(String))
  const cells = [item.metadata.name, text(item, 'addressType'), ports.join(',') || unsetPorts, shorten(endpoints)]
  return { cells: [...cells, createdAge(item, now)] }
}

const unsetPorts = '<unset>'

function shorten(values: string[]): string {
  const shown = values.slice(0, shownHosts).join(',')
  return values.length > shownHosts ? `${shown} + ${values.length - shownHosts} more...` : orNone(shown)
}
