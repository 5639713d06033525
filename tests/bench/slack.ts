import { holds, plain, type Figure } from './figure.ts'
import { runChaos } from './slack-chaos.ts'

/** Two hundred incidents through a Slack that fails in every way, with a server that is killed at random moments. */
export async function slackFigures(): Promise<Figure[]> {
  const incidents = 200
  const { once, wrong, kills, faults, seconds } = await runChaos({ incidents, channels: 20, kills: 40, seed: 20261120 })
  const name = `${incidents} incidents`
  return [
    holds(`${name}: exactly one message each`, `${once}`, `${incidents}`, once === incidents),
    holds(`${name}: lost or doubled`, `${wrong.length}`, '0', wrong.length === 0),
    plain(`${name}: met a fault`, faults, 'requests'),
    plain(`${name}: server killed`, kills, 'kills'),
    plain(`${name}: all delivered after`, seconds, 's'),
  ]
}
