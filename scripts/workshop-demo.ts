import { readFileSync } from 'node:fs'
import path from 'node:path'
import { adminPaths, type EdgeStatus, type TallyReport } from '@banyan/edge-proxy/admin-api'
import { readJournal, verifyJournal } from '@banyan/toolkit/plan'
import type { WorkshopDemo } from '../migration-plans/workshop/check.ts'
import { buildShoppers } from '../monolith/shoppers/shoppers.ts'
import { demoApiKeys } from '../monolith/src/seed/api-keys.ts'
import { banyan } from './banyan.ts'
import { freePorts } from './ports.ts'
import { type Stack, startStack } from './stack.ts'
import { markRunning, removeState } from './state.ts'

/** The demo as the workshop uses it: on free ports, with its own state, its customers copied, and shoppers in it. */
export interface WorkshopStack extends WorkshopDemo {
  readonly stack: Stack
  /** What a second terminal needs, so that `npx banyan` speaks to this demo. */
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** Starts the demo anew under `state`, with a trickle of shoppers. */
export async function startWorkshopDemo(state: string): Promise<WorkshopStack> {
  removeState(state)
  const stack = await startStack({ ports: await freePorts(), state })
  const unmark = markRunning(state, stack)
  const env = { ...stack.env, BANYAN_STATE: state, BANYAN_ROUTES: stack.routes }
  await banyan({ args: ['sync', 'backfill', 'users'], env, onMessage: () => {}, onLine: () => {} })
  const closing = new AbortController()
  const shopping = buildShoppers({
    url: stack.urls.edge,
    ratePerSecond: 40,
    durationMs: Number.POSITIVE_INFINITY,
    seed: 1,
    apiKeys: demoApiKeys().map(({ key }) => key),
    signal: closing.signal,
  })
  const token = readFileSync(path.join(state, 'admin-token'), 'utf8').trim()
  const ask = async <Answer>(where: string): Promise<Answer> => {
    const answer = await fetch(`${stack.urls.admin}${where}`, { headers: { authorization: `Bearer ${token}` } })
    return (await answer.json()) as Answer
  }
  return {
    stack,
    env,
    status: () => ask<EdgeStatus>(adminPaths.status),
    tally: () => ask<TallyReport>(adminPaths.tally),
    journal: async () => summary(path.join(state, 'journal.ndjson')),
    stop: async () => {
      closing.abort()
      await shopping
      await stack.stop()
      unmark()
    },
  }
}

async function summary(file: string) {
  const content = await readJournal(file)
  const count = (kind: string) => content.entries.filter((entry) => entry.kind === kind).length
  return { flips: count('flip'), undone: count('undo'), intact: verifyJournal(content).ok }
}
