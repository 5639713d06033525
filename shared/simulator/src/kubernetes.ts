import { createCluster } from './kubernetes/cluster.ts'
import type { Dump } from './kubernetes/dump.ts'
import type { FaultRule } from './kubernetes/faults.ts'
import { generateDump, type GenerateOptions } from './kubernetes/generate.ts'
import { kubeconfigFor, type KubeconfigOptions } from './kubernetes/kubeconfig.ts'
import { listenOnLoopback } from './kubernetes/listener.ts'
import { requestListener, type RequestLogEntry } from './kubernetes/server.ts'

export type { FaultEffect, FaultRule } from './kubernetes/faults.ts'
export type { GenerateOptions } from './kubernetes/generate.ts'
export type { KubeconfigOptions } from './kubernetes/kubeconfig.ts'
export type { RequestLogEntry } from './kubernetes/server.ts'

/** A running Kubernetes API on loopback. */
export interface KubernetesSimulator {
  /** Plain HTTP; the same port also answers HTTPS, which the kubeconfig uses. */
  url: string
  /** The text of a kubeconfig (YAML) for this server. */
  kubeconfig(options?: KubeconfigOptions): string
  /** Swaps the whole state of the cluster, with the dump's times shifted to now. */
  load(dump: Dump): void
  /** Every request so far, in order of arrival; empty it to start counting anew. */
  requests: RequestLogEntry[]
  /** What goes wrong: push rules to make the API hang, refuse, answer late or break off; empty it to heal. */
  faults: FaultRule[]
  /** Stops serving and breaks every open connection. */
  close(): Promise<void>
}

export interface SimulatorOptions {
  /** What to serve. */
  dump?: Dump
  /** A made-up cluster of any size instead of a dump. */
  generate?: GenerateOptions
  /** A free port unless given. */
  port?: number
  /** The clock in milliseconds; the machine's unless given. */
  now?: () => number
}

/** Starts a simulator. Without a dump and without `generate` the cluster is empty. */
export async function startKubernetesSimulator(options: SimulatorOptions): Promise<KubernetesSimulator> {
  const cluster = createCluster(options.now ?? Date.now)
  if (options.dump !== undefined) cluster.load(options.dump)
  else if (options.generate !== undefined) cluster.place(await generateDump(options.generate, cluster.now()))
  const requests: RequestLogEntry[] = []
  const faults: FaultRule[] = []
  const handler = requestListener({ cluster, faults, requests })
  const listener = await listenOnLoopback(handler, options.port ?? 0)
  const { address, certificate } = listener
  return {
    url: `http://${address}`,
    kubeconfig: (wanted) => kubeconfigFor(address, certificate, wanted),
    load: (dump) => cluster.load(dump),
    requests,
    faults,
    close: () => listener.close(),
  }
}
