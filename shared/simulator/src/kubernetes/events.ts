import type { KubernetesObject } from './json.ts'

/**
 * A stored core event in the form of events.k8s.io/v1: the same facts under other names, as the conversion in
 * k8s.io/kubernetes/pkg/apis/events/v1 does.
 */
export function toEventsV1(event: KubernetesObject): KubernetesObject {
  const { involvedObject, message, source, firstTimestamp, lastTimestamp, count, reportingComponent, ...rest } = event
  return {
    ...rest,
    regarding: involvedObject,
    note: message,
    reportingController: reportingComponent,
    deprecatedSource: source,
    deprecatedFirstTimestamp: firstTimestamp ?? null,
    deprecatedLastTimestamp: lastTimestamp ?? null,
    deprecatedCount: count,
  }
}

/** The reverse of {@link toEventsV1}: what is stored when an event is written in its new form. */
export function fromEventsV1(event: KubernetesObject): KubernetesObject {
  const {
    regarding,
    note,
    reportingController,
    deprecatedSource,
    deprecatedFirstTimestamp,
    deprecatedLastTimestamp,
    deprecatedCount,
    ...rest
  } = event
  return {
    ...rest,
    involvedObject: regarding,
    message: note,
    reportingComponent: reportingController,
    source: deprecatedSource ?? {},
    firstTimestamp: deprecatedFirstTimestamp ?? null,
    lastTimestamp: deprecatedLastTimestamp ?? null,
    count: deprecatedCount,
  }
}
