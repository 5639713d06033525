import { silentReading, type Engine } from './engine.ts'

/** The engine without a model: the facts stand in the words of the rules that found them, and it has nothing to add. */
export function rulesEngine(chosen = ''): Engine {
  return { name: 'rules', chosen, check: async () => {}, read: async () => silentReading('rules', chosen) }
}
