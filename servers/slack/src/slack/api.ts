import type { Block } from '@kubevigil/core/notify'

/** Why a call gave nothing, by what it means for sending again. */
export type Failure =
  /** Slack certainly did not act: a refused connection, a rate limit. */
  | { kind: 'unsent'; reason: string; retryAfterMs?: number }
  /** Slack may have acted: a timeout, a lost answer, a 5xx. */
  | { kind: 'unsure'; reason: string }
  /** Slack said no and will say it again until somebody changes something. */
  | { kind: 'refused'; code: string; needed?: string }

export type Answer<T> = { ok: true; value: T } | { ok: false; failure: Failure }

/** Marks a message as ours, so that it is found again when the answer to its posting was lost. */
export interface Mark {
  key: string
  kind: string
  incident: string
}

export interface Content {
  text: string
  /** Null: the text alone. */
  blocks: Block[] | null
  mark: Mark
}

export interface Channel {
  id: string
  name: string
  member: boolean
  topic: string
}

/** A message of a channel, by whomever; its words are as Slack keeps them. */
export interface SlackMessage {
  ts: string
  /** A name where the message carries one, else an id. */
  author: string
  bot: boolean
  text: string
  replies: number
}

export interface MessagePage {
  messages: SlackMessage[]
  nextCursor: string | undefined
}

/** What the server needs of Slack, so that everything else is tested without it. Nothing here throws. */
export interface SlackApi {
  /** @param channel id, or `#name` */
  post: (
    message: Content & { channel: string; threadTs: string | null; broadcast: boolean },
  ) => Promise<Answer<{ channelId: string; ts: string }>>
  update: (message: Content & { channelId: string; ts: string }) => Promise<Answer<void>>
  /** Looks through one page of what was posted since `oldest` (milliseconds), in a channel or one of its threads, for our own mark. */
  findOwn: (where: {
    channelId: string
    threadTs: string | null
    key: string
    oldest: number
    cursor: string | undefined
  }) => Promise<Answer<{ ts: string | undefined; nextCursor: string | undefined }>>
  /** Reads a page of a channel, newest first, or of a thread, oldest first. @param oldest milliseconds */
  read: (page: {
    channelId: string
    threadTs: string | null
    oldest: number | undefined
    limit: number
    cursor: string | undefined
  }) => Promise<Answer<MessagePage>>
  /** The address of a message, for people. */
  permalink: (message: { channelId: string; ts: string }) => Promise<Answer<string>>
  /** Who reacted to a message with what: user ids by the reaction's name. */
  reactions: (message: { channelId: string; ts: string }) => Promise<Answer<ReadonlyMap<string, readonly string[]>>>
  listChannels: (page: {
    limit: number
    cursor: string | undefined
  }) => Promise<Answer<{ channels: Channel[]; nextCursor: string | undefined }>>
}

/** Longest one HTTP request may take, in milliseconds. */
export const requestTimeoutMs = 10_000

/** A tool call's time is over before the next request could be begun: the row waits for the next call. */
export const outOfTime = { ok: false, failure: { kind: 'unsent', reason: 'Slack is slow' } } as const
