import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Json } from './json.ts'

/** A request sent to a real API server and its exact answer. */
export interface Exchange {
  request: { method: string; path: string; identity: string; headers: Record<string, string>; body: Json }
  response: { status: number; headers: Record<string, string>; json?: Json; text?: string; lines?: Json[] }
  note?: string
}

/** Where the recordings lie that belong to this package. */
export const recordingsFolder = fileURLToPath(new URL('../../recordings/', import.meta.url))

/** Reads one recorded exchange, by its file name without the ending. */
export function readExchange(name: string): Exchange {
  return JSON.parse(readFileSync(`${recordingsFolder}api/${name}.json`, 'utf8')) as Exchange
}
