import { count, field, objects, scalarText, text, type Json, type JsonObject, type KubernetesObject } from '../json.ts'
import { createdAge, none, unset, type Row } from './cells.ts'

const unknown = '<unknown>'
const shownMetrics = 2

export function printAutoscaler(item: KubernetesObject, now: number): Row {
  const target = `${text(item, 'spec', 'scaleTargetRef', 'kind')}/${text(item, 'spec', 'scaleTargetRef', 'name')}`
  const minimum = field(item, 'spec', 'minReplicas')
  return {
    cells: [
      item.metadata.name,
      target,
      metricTexts(item),
      minimum === undefined ? unset : scalarText(minimum),
      count(item, 'spec', 'maxReplicas'),
      count(item, 'status', 'currentReplicas'),
      createdAge(item, now),
    ],
  }
}

/** `cpu: 79%/70%`, or `<unknown>` for what the controller has not measured; two metrics at most. */
function metricTexts(item: KubernetesObject): string {
  const metrics = objects(item, 'spec', 'metrics')
  const current = objects(item, 'status', 'currentMetrics')
  if (metrics.length === 0) return none
  const texts = metrics.slice(0, shownMetrics).map((metric, index) => metricText(metric, current[index]))
  const more = metrics.length - shownMetrics
  return more > 0 ? `${texts.join(', ')} + ${more} more...` : texts.join(', ')
}

function metricText(metric: JsonObject, current: JsonObject | undefined): string {
  const type = text(metric, 'type')
  const source = type === '' ? '' : `${type[0]?.toLowerCase() ?? ''}${type.slice(1)}`
  const label = type === 'Resource' || type === 'ContainerResource' ? `${text(metric, source, 'name')}: ` : ''
  const target = field(metric, source, 'target')
  const measured = field(current, source, 'current')
  const utilization = field(target, 'averageUtilization')
  if (utilization !== undefined) {
    return `${label}${percent(field(measured, 'averageUtilization'))}/${percent(utilization)}`
  }
  const average = field(target, 'averageValue')
  const name = average === undefined ? 'value' : 'averageValue'
  const suffix = average === undefined || label !== '' ? '' : ' (avg)'
  return `${label}${scalarText(field(measured, name) ?? unknown)}/${scalarText(average ?? field(target, 'value') ?? unknown)}${suffix}`
}

function percent(value: Json | undefined): string {
  return typeof value === 'number' ? `${value}%` : unknown
}
