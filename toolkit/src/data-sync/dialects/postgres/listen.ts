import type pg from 'pg'
import type { PostgresConnection } from './connection.ts'
import { quoted } from './names.ts'

/** A connection that listens on one channel, made when it is first waited for, and anew when it broke. */
export interface Listening {
  /** Whether it listens now; tries to, when it does not. `fresh`: it has only just begun, and may have missed something. */
  ensure(): Promise<'fresh' | 'listening' | 'deaf'>
  /** Resolves at a notification (also one that came since the last call), after `atMostMs`, or at abort. */
  next(atMostMs: number, signal: AbortSignal | undefined): Promise<void>
  close(): Promise<void>
}

const restMs = 5000

/** Builds it; nothing is opened yet. */
export function buildListening(connection: PostgresConnection, channel: string): Listening {
  let client: pg.Client | undefined
  let notified = false
  let wake: () => void = () => undefined
  let triedAt = Number.NEGATIVE_INFINITY
  let closed = false

  async function open(): Promise<void> {
    const fresh = await connection.dedicated()
    const lost = () => {
      if (client === fresh) client = undefined
    }
    fresh.on('end', lost)
    fresh.on('error', lost)
    fresh.on('notification', () => {
      notified = true
      wake()
    })
    client = fresh
    await fresh.query(`LISTEN ${quoted(channel)}`)
    if (closed) await end()
  }

  async function end(): Promise<void> {
    const open = client
    client = undefined
    await open?.end().catch(() => undefined) // It may have broken by itself.
  }

  return {
    ensure: async () => {
      if (client !== undefined) return 'listening'
      if (closed || performance.now() - triedAt < restMs) return 'deaf'
      triedAt = performance.now()
      try {
        await open()
        return 'fresh'
      } catch {
        await end() // Polling goes on; what is wrong with the server the next read tells.
        return 'deaf'
      }
    },
    next: (atMostMs, signal) =>
      new Promise((resolve) => {
        if (notified || closed || signal?.aborted === true) {
          notified = false
          resolve()
          return
        }
        const timer = setTimeout(done, atMostMs)
        signal?.addEventListener('abort', done, { once: true })
        wake = done
        function done(): void {
          clearTimeout(timer)
          signal?.removeEventListener('abort', done)
          wake = () => undefined
          notified = false
          resolve()
        }
      }),
    close: async () => {
      closed = true
      wake()
      await end()
    },
  }
}
