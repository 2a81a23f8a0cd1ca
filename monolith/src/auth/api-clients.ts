import type { FastifyInstance } from 'fastify'
import { select } from '../database/query.ts'
import type { Shop } from '../shop.ts'

const rememberMs = 5_000

/** Who an API key belongs to, or undefined when it opens nothing. */
export type FindClient = (key: string) => Promise<string | undefined>

/** Builds the look-up of API keys; the keys are read from the database at most every five seconds. */
export function buildClientLookup(shop: Shop): FindClient {
  let names: ReadonlyMap<string, string> = new Map()
  let readAt = Number.NEGATIVE_INFINITY
  return async (key) => {
    if (performance.now() - readAt > rememberMs) {
      names = await readClients(shop)
      readAt = performance.now()
    }
    return names.get(key)
  }
}

async function readClients(shop: Shop): Promise<ReadonlyMap<string, string>> {
  const rows = await select<{ api_key: string; cli_nm: string }>(
    shop.db,
    "SELECT api_key, cli_nm FROM api_cli WHERE act_flg = 'Y'",
  )
  return new Map(rows.map((row) => [row.api_key, row.cli_nm]))
}

/** Refuses every request of this part of the shop that does not bring a known X-Api-Key. */
export function requireApiKey(api: FastifyInstance, find: FindClient): void {
  api.addHook('onRequest', async (request, reply) => {
    const key = request.headers['x-api-key']
    if (typeof key === 'string' && (await find(key)) !== undefined) return
    return reply.code(401).send({ error: 'invalid api key' })
  })
}
