import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { copyDatabase } from '@banyan/toolkit/data-sync'
import { buildShoppers } from '../../monolith/shoppers/shoppers.ts'
import { demoApiKeys } from '../../monolith/src/seed/api-keys.ts'
import { banyan } from '../../scripts/banyan.ts'
import { freePorts } from '../../scripts/ports.ts'
import { startStack } from '../../scripts/stack.ts'

/** What the demo left after some shoppers: a recording with its vault, and its databases as they were before the first of them came. */
export interface ShoppersRecording {
  readonly file: string
  readonly vault: string
  readonly vaultKey: string
  readonly env: Readonly<Record<string, string>>
  /** URLs of the databases as they were. */
  readonly before: { readonly legacy: string; readonly service: string }
}

/** Starts the demo, records what `count` requests of shoppers bring through its edge, and stops it. */
export async function recordShoppers(state: string, count: number): Promise<ShoppersRecording> {
  const stack = await startStack({ ports: await freePorts(), state })
  const env = { ...stack.env, BANYAN_STATE: state, BANYAN_ROUTES: stack.routes }
  const [file, vault, vaultKey] = ['shoppers.ndjson', 'shoppers.vault', 'shoppers.key'].map((name) =>
    path.join(state, name),
  ) as [string, string, string]
  try {
    await quietly(env, ['sync', 'backfill', 'users'])
    const copy = (url: string, arm: string) => copyDatabase(url, { name: `banyan_twin_before_${arm}`, folder: state })
    const service = await copy(stack.env.USERS_DATABASE_URL ?? '', 'service')
    const legacy = await copy(stack.env.MONOLITH_DATABASE_URL ?? '', 'legacy')
    const args = ['record', '--out', file, '--count', String(count), '--for', '100s', '--no-scan']
    const recording = quietly(env, [...args, '--vault', vault, '--vault-key', vaultKey])
    await shop(stack.urls.edge, file, recording)
    acceptClocks(stack.routes)
    return { file, vault, vaultKey, env, before: { legacy: legacy.url, service: service.url } }
  } finally {
    await stack.stop()
  }
}

/** Shoppers come when the recording has begun, and go when it has enough. */
async function shop(url: string, file: string, recording: Promise<void>): Promise<void> {
  const enough = new AbortController()
  const recorded = recording.finally(() => enough.abort())
  recorded.catch(() => undefined)
  while (!enough.signal.aborted && !(existsSync(file) && statSync(file).size > 0)) await pause(20)
  const apiKeys = demoApiKeys().map(({ key }) => key)
  await buildShoppers({ url, ratePerSecond: 400, durationMs: 95_000, seed: 4, apiKeys, signal: enough.signal })
  await recorded
}

async function quietly(env: Readonly<Record<string, string>>, args: readonly string[]): Promise<void> {
  const messages: string[] = []
  const code = await banyan({ args, env, onLine: () => {}, onMessage: (line) => void messages.push(line) })
  if (code !== 0) throw new Error(`banyan ${args[0]} ended with ${code}:\n${messages.join('\n')}`)
}

/** Both arms write minutes, each by its own clock, and now and then one of them is in the next minute already. */
function acceptClocks(routes: string): void {
  const paths = ['$.updatedAt', '$.createdAt', '$.customers[*].createdAt']
  const rules = paths.map((each) => `      - { path: "${each}", instant: 1m, reason: "each arm has its own clock" }\n`)
  const text = readFileSync(routes, 'utf8')
  writeFileSync(
    routes,
    text.replace(/^ +- \{ path: \$\.lastSeenAt.*\n/m, (line) => line + rules.join('')),
  )
}
