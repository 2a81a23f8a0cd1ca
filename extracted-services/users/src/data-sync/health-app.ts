import type { Sync } from '@banyan/toolkit/data-sync'
import { registerHealth, registerProblems } from '@banyan/toolkit/service-kit'
import fastify, { type FastifyInstance } from 'fastify'

/** The worker's health: it is ready when its own lease is alive and nothing holds it up. `GET /status` says where it stands. */
export function buildHealthApp(sync: Sync): FastifyInstance {
  const app = fastify({ logger: false, forceCloseConnections: true })
  registerProblems(app)
  registerHealth(app, { checks: { worker: () => assertWorking(sync) } })
  app.get('/status', async () => ({ formatVersion: 1, ...(await sync.status()) }))
  return app
}

async function assertWorking(sync: Sync): Promise<void> {
  const { worker } = await sync.status()
  if (worker === undefined || !worker.alive) throw new Error('no worker holds the lease')
  if (worker.trouble !== undefined) throw new Error(worker.trouble)
}
