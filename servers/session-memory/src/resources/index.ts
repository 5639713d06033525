import type { Resource } from '@kubevigil/mcp-kit/define-resource'

/** Every resource of the server. */
export const resources: readonly Resource[] = [
  {
    uri: 'kubevigil://incidents/open',
    name: 'open-incidents',
    title: 'Open incidents',
    description: 'Incidents that are remembered as open, gravest first.',
    tool: 'list_incidents',
    arguments: () => ({ state: 'open', limit: 100 }),
  },
  {
    uri: 'kubevigil://incidents/{id}',
    name: 'incident',
    title: 'Incident',
    description: 'One remembered incident whole, by its fingerprint or the id that search_memory shows.',
    tool: 'get_incident',
    arguments: ({ id = '' }) => (/^\d{1,9}$/.test(id) ? { id: Number(id) } : { fingerprint: id }),
  },
]
