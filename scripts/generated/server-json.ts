import { isSecretName } from '../../shared/mcp-kit/src/env.ts'
import type { ServerFacts } from './servers.ts'

/** Format of server.json: github.com/modelcontextprotocol/registry, docs/reference/server-json. */
const schema = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json'

/** server.json of one server: how the MCP registry, and clients that install from it, know it. */
export function serverJson({ name, manifest, environment }: ServerFacts): string {
  return JSON.stringify({
    $schema: schema,
    name: manifest.mcpName,
    title: `Kubevigil ${name}`,
    description: manifest.description,
    version: manifest.version,
    packages: [
      {
        registryType: 'npm',
        identifier: manifest.name,
        version: manifest.version,
        runtimeHint: 'npx',
        transport: { type: 'stdio' },
        environmentVariables: Object.entries(environment.shape).map(([variable, field]) => ({
          name: variable,
          description: field.description,
          isRequired: !field.safeParse(undefined).success,
          isSecret: isSecretName(variable),
        })),
      },
    ],
  })
}
