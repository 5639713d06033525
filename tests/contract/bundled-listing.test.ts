import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it, vi } from 'vitest'
import { listingReady } from '../../scripts/bundle-plugins.ts'
import { tools } from '../../servers/kubernetes/src/tools/index.ts'
import { listingOf } from '../../shared/mcp-kit/src/listing.ts'

type ListingModule = typeof import('../../shared/mcp-kit/src/listing.ts')

/** The kit's listing as it is in a bundle that was built with what the tools list now. */
async function bundledListing(): Promise<ListingModule> {
  const live = await listingOf(async () => tools)
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../../shared/mcp-kit/src/listing.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    plugins: [listingReady(live)],
  })
  const code = Buffer.from(outputFiles[0]!.contents).toString('base64')
  return (await import(`data:text/javascript;base64,${code}`)) as ListingModule
}

describe('the listing in a bundle', () => {
  it('is what the tools list, without asking them', async () => {
    const bundled = await bundledListing()
    const live = vi.fn<() => Promise<typeof tools>>(async () => tools)
    expect(await bundled.listingOf(live)).toEqual(JSON.parse(JSON.stringify(await listingOf(async () => tools))))
    expect(live).not.toHaveBeenCalled()
  })
})
