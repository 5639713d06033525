import { UserError } from '@kubevigil/mcp-kit/errors'

/** Which channels this installation may use. The one place that decides it. */
export interface ChannelPolicy {
  /** Names without # or ids, in the order of the configuration. */
  readonly allowed: readonly string[]
  /**
   * The channel a message goes to: the operator's single channel, else the one asked for.
   * @throws UserError when it is not on the allow-list
   */
  place: (requested: string) => string
  /**
   * The channel that may be read under this name or id, whatever the operator's single channel is.
   * @throws UserError when it is not on the allow-list
   */
  readable: (requested: string) => string
  /** Whether a channel chosen earlier may still be written to. */
  allows: (name: string) => boolean
}

/** Makes the policy of SLACK_CHANNEL and SLACK_CHANNELS. */
export function createChannelPolicy(only: string | undefined, allowed: readonly string[]): ChannelPolicy {
  const known = new Set(allowed)
  function check(name: string, use: string): string {
    if (known.has(name)) return name
    throw new UserError(
      'channel-not-allowed',
      `${shownName(name)} is not a channel this server may ${use}.`,
      `Take one of ${allowed.map(shownName).join(', ')}; the operator adds others to SLACK_CHANNELS.`,
    )
  }

  return {
    allowed,
    allows: (name) => known.has(name),
    place: (requested) => check(only ?? bareName(requested), 'write to'),
    readable: (requested) => check(bareName(requested), 'read'),
  }
}

/** A channel's name without its #, in lower case as Slack keeps names; an id stays as it is. */
export function bareName(written: string): string {
  const name = written.trim().replace(/^#/, '')
  return isChannelId(name) ? name : name.toLowerCase()
}

/** Whether a text is Slack's own id of a channel. */
export function isChannelId(text: string): boolean {
  return /^[CG][A-Z0-9]{8,}$/.test(text)
}

/** The form people know: `#name`, or the id. */
export function shownName(name: string): string {
  return isChannelId(name) ? name : `#${name}`
}
