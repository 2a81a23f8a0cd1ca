import fastify, { type FastifyInstance } from 'fastify'
import type { Sync } from '../data-sync/index.ts'
import { registerHealth, registerProblems } from '../service-kit/index.ts'

/** The worker's health: it is ready when a worker, this or another, holds the lease and nothing holds that one up. `GET /status` says where it stands. */
export function buildHealthApp(sync: Pick<Sync, 'status'>): FastifyInstance {
  const app = fastify({ logger: false, forceCloseConnections: true })
  registerProblems(app, { 'sync-database-busy': 503, 'sync-database-down': 503, 'sync-schema-differs': 503 })
  registerHealth(app, { checks: { worker: () => assertWorking(sync) } })
  app.get('/status', async () => ({ formatVersion: 1, ...(await sync.status()) }))
  return app
}

async function assertWorking(sync: Pick<Sync, 'status'>): Promise<void> {
  const { worker } = await sync.status()
  if (worker === undefined || !worker.alive) throw new Error('no worker holds the lease')
  if (worker.trouble !== undefined) throw new Error(worker.trouble)
}
