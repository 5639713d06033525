/** How long a quantity has not moved, against how long it used to stand still. */
export interface Standstill {
  last: number | null
  /** Values in a row that are equal to the last. */
  run: number
  /** The longest run that has ended. */
  longest: number
  /** Changes seen. */
  moves: number
}

/** A run is flat when it is this often the longest that has ended … */
const timesLongest = 4
/** … and has at least this many values, in a series that moved this often before. */
const leastRun = 24
const leastMoves = 24

export function newStandstill(): Standstill {
  return { last: null, run: 0, longest: 0, moves: 0 }
}

/** Whether this very value makes the run a flat line that the series never showed. */
export function goesFlat(standstill: Standstill, value: number): boolean {
  if (standstill.last === value) {
    standstill.run += 1
    return standstill.moves >= leastMoves && standstill.run === Math.max(leastRun, timesLongest * standstill.longest)
  }
  if (standstill.last !== null) {
    standstill.longest = Math.max(standstill.longest, standstill.run)
    standstill.moves += 1
  }
  standstill.last = value
  standstill.run = 1
  return false
}
