import type { RawExchange } from '../redact/redact.ts'

/** Formats of other tools: HTTP Archive 1.2, GoReplay's payload file, common and combined logs of nginx and Apache. */
export type ForeignFormat = 'har' | 'gor' | 'access-log'

/** A request of a foreign file, with its answer where the file has one. Not redacted: it lives in memory only. */
export interface ForeignExchange {
  /** ISO 8601, UTC. */
  readonly at: string
  /** Who sent it, as far as the file tells; undefined for one who cannot be told apart. */
  readonly caller: string | undefined
  readonly request: RawExchange['request']
  /** Undefined where only the request was kept. */
  readonly response: RawExchange['response'] | undefined
  readonly tookMs: number
  /** What only our own exports carry. */
  readonly ours?: {
    readonly id: string
    readonly route: string
    readonly capability?: string
    readonly servedBy: string
  }
}

/** Why a record that is well-formed is not imported. */
export type ForeignSkip =
  /** It went to another server than the one that is imported. */
  | 'other-origin'
  /** WebSocket, `data:`, `chrome-extension:` and the like. */
  | 'not-http'
  /** The browser gave up or was answered from its cache: nothing came from the server. */
  | 'no-answer'
  /** A line of a log with a method other than GET, whose body nobody kept. */
  | 'not-a-get'
  /** An answer whose request the file lacks, or one of an earlier replay. */
  | 'no-request'

/** One record of a foreign file; `offset` counts bytes, of the unpacked file where it is packed. */
export type ForeignRecord =
  | { readonly kind: 'exchange'; readonly offset: number; readonly exchange: ForeignExchange }
  | { readonly kind: 'skipped'; readonly offset: number; readonly why: ForeignSkip; readonly origin?: string }
  | { readonly kind: 'malformed'; readonly offset: number; readonly why: string }

/** A record larger than this is counted as malformed: one request must not fill the memory. */
export const maxRecordBytes = 64 * 1024 * 1024

/** A record that cannot be read, and why. */
export function malformed(offset: number, why: string): ForeignRecord {
  return { kind: 'malformed', offset, why }
}
