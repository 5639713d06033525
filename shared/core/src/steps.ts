/** Takes all steps of a piece of work at once, for a caller that nobody waits for meanwhile. */
export function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
