import type { Container, Probe } from '../kubernetes.ts'

/**
 * What is odd about the port a probe asks: a name nothing in the container declares can never answer; a number it does not
 * declare, while it declares others, is likely the wrong one.
 */
export function probePortLine(container: Container | undefined, probe: Probe | undefined): string | false {
  const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port
  const declared = container?.ports ?? []
  if (port === undefined || (declared.length === 0 && typeof port === 'number')) return false
  const known = declared.some(({ name, containerPort }) => port === (typeof port === 'number' ? containerPort : name))
  if (known || (typeof port === 'string' && /^\d+$/.test(port))) return false
  const open = declared.map(({ name, containerPort }) =>
    name === undefined ? `${containerPort}` : `${name} ${containerPort}`,
  )
  return `The probe asks port ${port}, the container declares ${open.join(', ') || 'none'}`
}
