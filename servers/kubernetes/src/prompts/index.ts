import { triage } from './triage.ts'

/** Every prompt of the server. */
export const prompts = [triage]
