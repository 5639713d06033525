import { hygieneRule, longRunning, namesWhere } from './check.ts'

/** What the scheduler and the kernel are told, or not. */
export const resources = hygieneRule([
  {
    code: 'HYGIENE_NO_REQUESTS',
    habit: 'request neither CPU nor memory',
    risk: 'The scheduler counts them as nothing, and they are the first to be evicted',
    advice: 'Set resources.requests to what they use (get_resource_usage shows it)',
    // A limit alone is taken as the request, too.
    find: ({ spec }) =>
      namesWhere(longRunning(spec), ({ resources: of }) =>
        ['cpu', 'memory'].every((name) => of?.requests?.[name] === undefined && of?.limits?.[name] === undefined),
      ),
  },
  {
    code: 'HYGIENE_NO_MEMORY_LIMIT',
    habit: 'have no memory limit',
    risk: 'A leak takes the memory of the whole node, and with it its neighbours',
    advice: 'Set resources.limits.memory above the peak they use',
    find: ({ spec }) => namesWhere(longRunning(spec), ({ resources: of }) => of?.limits?.['memory'] === undefined),
  },
  {
    code: 'HYGIENE_CPU_LIMIT_WITHOUT_REQUEST',
    habit: 'limit CPU without requesting it',
    risk: 'The limit silently counts as the request: nodes fill up with what nobody uses',
    advice: 'Set resources.requests.cpu to what they use',
    find: ({ spec }) =>
      namesWhere(
        longRunning(spec),
        ({ resources: of }) => of?.limits?.['cpu'] !== undefined && of.requests?.['cpu'] === undefined,
      ),
  },
])
