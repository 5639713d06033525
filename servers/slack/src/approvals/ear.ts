import { minute } from '@kubevigil/core/time'
import { describeError, UserError } from '@kubevigil/mcp-kit/errors'
import { log } from '@kubevigil/mcp-kit/log'
import type { Store } from '@kubevigil/store/open'
import { appTokenRefused, type Buttons } from '../slack/buttons.ts'
import { expireApprovals, lastPending } from './rows.ts'

/** Listens for buttons while an approval is pending, and only then. */
export interface Ear {
  /** Tries the connection before somebody is asked. @throws UserError when Slack does not accept the app token */
  tryOut: () => Promise<void>
  /** Opens or closes the connection, as what is pending asks for; never throws. */
  attend: () => Promise<void>
  close: () => Promise<void>
}

/** How often it is looked whether the wait is over: another process may have heard the press. */
const lookMs = minute

/** Makes it over the buttons and the store where the approvals wait. */
export function createEar(store: Store, buttons: Buttons, now: () => number): Ear {
  let timer: NodeJS.Timeout | undefined

  async function attend(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    try {
      store.write((sql) => expireApprovals(sql, now()))
      const last = store.read((sql) => lastPending(sql, now()))
      if (last === undefined) return await buttons.close()
      timer = setTimeout(() => void attend(), Math.min(Math.max(last - now(), 100), lookMs))
      // Nobody waits for a press alone: the process ends with its client.
      timer.unref()
      await buttons.open()
    } catch (error) {
      log('warn', 'Buttons cannot be heard', { error: describeError(error) })
    }
  }

  return {
    async tryOut() {
      try {
        await buttons.open()
      } catch (error) {
        if (error instanceof UserError && error.code === appTokenRefused) throw error
        log('warn', 'Buttons cannot be heard', { error: describeError(error) })
      }
    },
    attend,
    async close() {
      clearTimeout(timer)
      await buttons.close()
    },
  }
}
