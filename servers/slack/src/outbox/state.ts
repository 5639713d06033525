import { UserError } from '@kubevigil/mcp-kit/errors'
import { log } from '@kubevigil/mcp-kit/log'
import { openStore, type Store, type StoreError } from '@kubevigil/store/open'
import { migrations } from './schema.ts'

/** Opens slack.db; what happened to its file is logged. @throws UserError when it cannot be opened */
export async function openState(path: string): Promise<Store> {
  const store = await openStore({ path, migrations, toError })
  for (const notice of store.notices) log('warn', 'The outbox was repaired', { notice })
  return store
}

function toError({ code, message, hint }: StoreError): UserError {
  return new UserError(code, message, hint)
}
