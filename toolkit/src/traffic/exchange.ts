import type { Json } from '../base/index.ts'

/** A header as it stood on the wire: name in its own case, value; repeated names stay separate and in order. */
export type HeaderPair = readonly [name: string, value: string]

/** A body as it is stored: text when it is valid UTF-8, base64 otherwise. `bytes` counts the whole, stored or not. */
export interface StoredBody {
  readonly encoding: 'utf8' | 'base64'
  readonly data: string
  readonly bytes: number
  /** True when `data` holds only the beginning. */
  readonly truncated: boolean
}

/** A request with its answer: one line of a recording. Redacted before it exists in this form. */
export interface Exchange {
  /** The edge's request id. */
  readonly id: string
  /** When the request arrived: ISO 8601, UTC. */
  readonly at: string
  readonly route: string
  readonly capability: string | undefined
  /** The arm that answered, or the upstream's name for a plain route. */
  readonly servedBy: string
  /** A keyed token that is equal for equal callers; undefined for one who cannot be told apart. */
  readonly caller: string | undefined
  readonly request: {
    readonly method: string
    /** Path and query, as sent. */
    readonly target: string
    readonly headers: readonly HeaderPair[]
    readonly body: StoredBody | undefined
  }
  readonly response: {
    readonly status: number
    readonly headers: readonly HeaderPair[]
    readonly body: StoredBody | undefined
  }
  /** From the request's arrival to the end of the answer. */
  readonly tookMs: number
}

/** The first line of a recording. */
export interface RecordingHeader {
  readonly banyanRecording: 1
  readonly startedAt: string
  readonly routes: readonly string[]
  /** Which key made the tokens; the key itself is never stored. */
  readonly redaction?: { readonly keyId: string } | undefined
  readonly meta?: Json | undefined
}
