import type { Assessment } from '@kubevigil/core/assessment'
import type { Incident } from '@kubevigil/core/incident'
import type { Notification } from '@kubevigil/core/notification'
import type { CorrelationAnswer } from '../answers.ts'

export interface Facts {
  cluster: string
  incident: Incident
  assessment: Assessment
  correlation: CorrelationAnswer | undefined
}

/** Who finds the words. Severity, channel and whether to tell are decided before it is asked. */
export interface Engine {
  name: 'rules'
  compose: (facts: Facts) => Notification
}
