import type { PeerNews } from './messages.ts'

/** How a worker tells the other workers of its edge what all must know. An edge of one process has none. */
export interface Peers {
  /** Sent with everything else of this turn of the event loop; nobody waits for it. */
  tell(topic: string, value: unknown): void
  /** `take` gets what another worker told. */
  on(topic: string, take: (value: unknown) => void): void
  /** How many workers share what an edge may take. */
  readonly workers: number
}

/** Peers whose news come in by `hear`. */
export interface OpenPeers extends Peers {
  hear(news: readonly PeerNews[]): void
}

/** More news than this in one turn are not sent: the other workers are behind then. */
const maxNewsPerTurn = 10_000

/** Builds peers that send by `send`, once a turn. */
export function buildPeers(workers: number, send: (news: readonly PeerNews[]) => void): OpenPeers {
  const listeners = new Map<string, (value: unknown) => void>()
  let waiting: PeerNews[] = []
  const flush = () => {
    const news = waiting
    waiting = []
    send(news)
  }
  return {
    workers,
    tell: (topic, value) => {
      if (waiting.length >= maxNewsPerTurn) return
      if (waiting.length === 0) setImmediate(flush)
      waiting.push({ topic, value })
    },
    on: (topic, take) => void listeners.set(topic, take),
    hear: (news) => {
      for (const { topic, value } of news) listeners.get(topic)?.(value)
    },
  }
}
