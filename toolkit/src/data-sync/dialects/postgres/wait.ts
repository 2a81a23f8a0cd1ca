import type { PostgresConnection } from './connection.ts'
import type { Listening } from './listen.ts'
import { own } from './names.ts'

/** How a feed waits for changes: woken by its triggers, with polling as the net below. */
export interface Waiting {
  /** What the last read found. `beyond`: changes behind the horizon, which no notification will tell of again. */
  hasRead(found: { readonly atHead: boolean; readonly beyond: boolean }): Promise<void>
  wait(atMostMs: number, signal: AbortSignal | undefined): Promise<void>
  close(): Promise<void>
}

const shortestMs = 2

/** Asks the triggers for notifications only while it is idle: under load it polls anyway, and they cost the writers. */
export function buildWait(connection: PostgresConnection, listening: Listening, feed: string): Waiting {
  let asked = false
  let beyondMs = 0

  async function ask(on: boolean): Promise<void> {
    asked = on
    await connection
      .write((session) => session.run(`UPDATE ${own('banyan_feed')} SET listening = $2 WHERE feed = $1`, feed, on))
      .catch(() => undefined) // Polling goes on; the next read tells what is wrong.
  }

  return {
    hasRead: async ({ atHead, beyond }) => {
      beyondMs = beyond ? Math.max(shortestMs, beyondMs * 2) : 0
      if (!atHead && asked) await ask(false)
    },
    wait: async (atMostMs, signal) => {
      const ear = await listening.ensure()
      const isNew = ear === 'fresh' || (ear === 'listening' && !asked)
      if (isNew) await ask(true)
      // Between the last read and this moment something may have come unheard.
      if (isNew) return
      await listening.next(beyondMs > 0 ? Math.min(atMostMs, beyondMs) : atMostMs, signal)
    },
    close: async () => {
      if (asked) await ask(false)
      await listening.close()
    },
  }
}
