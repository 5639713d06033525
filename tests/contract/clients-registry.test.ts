import { validateManifest } from '@anthropic-ai/mcpb'
import { describe, expect, it, vi } from 'vitest'
import { bundled } from '../../scripts/generated/bundle-manifest.ts'
import { servers } from '../../scripts/generated/servers.ts'
import { read, root } from '../house/source-files.ts'

interface Manifest {
  version: string
  tools: { name: string }[]
  server: { mcp_config: { env: Record<string, string> } }
  user_config: Record<string, { required?: boolean; default?: unknown; sensitive?: boolean }>
}

interface ServerJson {
  name: string
  description: string
  version: string
  packages: {
    identifier: string
    version: string
    environmentVariables: { name: string; description: string; isSecret: boolean; isRequired: boolean }[]
  }[]
}

const secret = /TOKEN(?!S)|KEY(?!_FILE)|WEBHOOK/

describe.each(servers)('server.json of $name', ({ name, manifest, environment }) => {
  const server = JSON.parse(read(`servers/${name}/server.json`)) as ServerJson

  it('names the package as the registry checks it', () => {
    expect(server).toMatchObject({ name: manifest.mcpName, version: manifest.version })
    expect(server.packages).toMatchObject([{ identifier: manifest.name, version: manifest.version }])
    // Limits of the registry's schema.
    expect(server.name).toMatch(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/)
    expect(server.description.length).toBeLessThanOrEqual(100)
  })

  it('lists every variable of the server, and which are secret', () => {
    const variables = server.packages[0]!.environmentVariables
    expect(variables.map((one) => one.name)).toEqual(Object.keys(environment.shape))
    for (const variable of variables) {
      expect(variable.description, variable.name).toBeTruthy()
      expect(variable.isRequired, variable.name).toBe(false)
      expect(variable.isSecret, variable.name).toBe(secret.test(variable.name))
    }
  })
})

describe.each(servers.filter(({ name }) => bundled.includes(name)))('manifest.json of $name', (server) => {
  const path = `servers/${server.name}/manifest.json`
  const manifest = JSON.parse(read(path)) as Manifest

  it('is one of a bundle', () => {
    const said = vi.spyOn(console, 'log').mockReturnValue()
    vi.spyOn(console, 'error').mockReturnValue()
    expect(validateManifest(root + path)).toBe(true)
    expect(said).toHaveBeenCalled()
    vi.restoreAllMocks()
  })

  it('lists the tools of the server', () => {
    expect(manifest.tools.map((tool) => tool.name)).toEqual(server.tools.map((tool) => tool.name))
    expect(manifest.version).toBe(server.manifest.version)
  })

  it('asks for what the server reads, secrets hidden, and leaves no name unfilled', () => {
    for (const [variable, value] of Object.entries(manifest.server.mcp_config.env)) {
      expect(Object.keys(server.environment.shape)).toContain(variable)
      const field = manifest.user_config[/^\$\{user_config\.(\w+)\}$/.exec(value)?.[1] ?? '']
      expect(field, variable).toBeDefined()
      expect(field!.sensitive ?? false, variable).toBe(secret.test(variable))
      // What is neither required nor has a default would reach the server as its own name.
      expect(field!.required === true || field!.default !== undefined, variable).toBe(true)
    }
  })

  it('needs no native code', () => {
    const { dependencies } = JSON.parse(read(`servers/${server.name}/package.json`)) as { dependencies: object }
    expect(Object.keys(dependencies)).not.toContain('better-sqlite3')
  })
})
