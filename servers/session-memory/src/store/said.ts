import type { Handling } from '@kubevigil/core/decide/handling'

/** Reads the two columns in which an incident's row keeps what people said. */
export function readHandling({ acknowledgement, silence }: Record<keyof Handling, string | null>): Handling {
  return {
    acknowledgement: acknowledgement === null ? null : (JSON.parse(acknowledgement) as Handling['acknowledgement']),
    silence: silence === null ? null : (JSON.parse(silence) as Handling['silence']),
  }
}
