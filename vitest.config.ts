import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // More than the cores of a small machine: the longest tests wait for servers and timeouts, not for a core.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    globalSetup: 'tests/temporary-folder.ts',
    projects: [
      {
        extends: true,
        // Pure code needs no process of its own for each file.
        test: { name: 'core', include: ['shared/core/src/**/*.test.ts'], isolate: false, pool: 'threads' },
      },
      {
        extends: true,
        test: {
          name: 'rooms',
          include: [
            'servers/*/src/**/*.test.ts',
            'shared/!(core)/src/**/*.test.ts',
            'agents/src/**/*.test.ts',
            'tests/**/*.test.ts',
          ],
        },
      },
    ],
  },
})
