import { startGitHub } from '../../shared/simulator/src/github.ts'
import { readConfig } from '../../servers/github/src/config.ts'
import { createContext } from '../../servers/github/src/context.ts'
import { callTool } from '../../servers/github/src/testing.ts'
import { correlateIncident } from '../../servers/github/src/tools/correlate-incident.ts'
import { fleet, fleetIncident, fleetSha, lastOfApp } from '../flow/github-fleet.ts'
import { atMost, holds, median, type Figure } from './figure.ts'

const { repository, history } = fleet
/** What one request to GitHub takes on the way, in milliseconds. */
const latency = 150

/** A correlation on a history of 10,000 commits, after a sync that brought 8,000 of them, with the time of a real network. */
export async function correlationFigures(runs: number): Promise<Figure[]> {
  const github = await startGitHub({ repositories: [{ owner: 'acme', name: 'fleet', history }] })
  try {
    github.faults.push({ match: {}, action: { kind: 'delay', ms: latency } })
    const measured: { millis: number; calls: number; found: boolean }[] = []
    for (let run = 0; run < runs; run += 1) {
      const variables = { GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token, GITHUB_REPOS: repository }
      const before = performance.now()
      const { searched, suspects } = await callTool(
        correlateIncident,
        fleetIncident(2000),
        createContext(readConfig(variables)),
      )
      const found = suspects[0]?.sha === fleetSha(lastOfApp)
      measured.push({ millis: performance.now() - before, calls: searched.calls, found })
    }
    const name = `correlation on 10,000 commits, ${latency} ms a request`
    return [
      atMost(`${name}: time`, median(measured.map(({ millis }) => millis)), 10_000, 'ms'),
      atMost(`${name}: requests`, median(measured.map(({ calls }) => calls)), 40, 'requests'),
      holds(
        `${name}: finds the commit`,
        `${measured.filter(({ found }) => found).length} of ${runs}`,
        'every time',
        measured.every(({ found }) => found),
      ),
    ]
  } finally {
    await github.close()
  }
}
