import { readRoot, type ServerFacts } from './servers.ts'

/** Servers without native code, which Claude Desktop's extensions cannot load (macOS refuses modules signed by others). */
export const bundled: readonly string[] = ['kubernetes', 'github']

/** manifest.json of one server's .mcpb bundle: written by hand but for what the sources know better. */
export function bundleManifest({ name, manifest, tools }: ServerFacts): string {
  return JSON.stringify({
    ...JSON.parse(readRoot(`servers/${name}/manifest.json`)),
    version: manifest.version,
    description: manifest.description,
    tools: tools.map((tool) => ({ name: tool.name, description: tool.description })),
  })
}
