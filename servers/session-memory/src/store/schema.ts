import type { Migration } from '@kubevigil/store/open'
import { cycles } from './schema/cycles.ts'
import { handling } from './schema/handling.ts'
import { judgement } from './schema/judgement.ts'
import { metrics } from './schema/metrics.ts'
import { search } from './schema/search.ts'
import { sessions } from './schema/sessions.ts'

/** The steps of memory.db, in order; a step that was released is never changed. Instants are ISO 8601 texts in UTC, lists are JSON. */
export const migrations: readonly Migration[] = [cycles, handling, search, sessions, judgement, metrics]
