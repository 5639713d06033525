/**
 * An error whose text was written for the user: what went wrong and what to do next.
 * Only these texts go back to a client as they are; everything else becomes an internal error.
 */
export class UserError extends Error {
  readonly code: string
  readonly hint: string

  /**
   * @param code stable, lower case with dashes, such as `kubeconfig-missing`
   * @param message one sentence: what went wrong, naming the file, variable or object
   * @param hint one sentence: what to do next
   */
  constructor(code: string, message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'UserError'
    this.code = code
    this.hint = hint
  }
}

/** The one-paragraph text of any thrown value; a UserError brings its hint along. */
export function describeError(error: unknown): string {
  if (error instanceof UserError) return `${error.message} ${error.hint}`.trim()
  if (error instanceof Error) return error.message
  return String(error)
}
