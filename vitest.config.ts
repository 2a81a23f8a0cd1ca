import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['banyan-source'], externalConditions: ['banyan-source'] } },
  resolve: { conditions: ['banyan-source'] },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: ['./test/property-seed.ts'],
    testTimeout: 40_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/plain-reporter.ts'],
    pool: 'forks',
    maxWorkers: 2,
  },
})
