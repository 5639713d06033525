import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{servers,shared}/*/src/**/*.test.ts', 'agents/src/**/*.test.ts', 'tests/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
