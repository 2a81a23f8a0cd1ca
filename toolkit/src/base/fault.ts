/** What a `Fault` may carry beside its code and message. */
export interface FaultDetails {
  /** What to do about it: a command, the allowed values, the nearest right word. */
  readonly hint?: string
  /** The process exit code of a command that ends with it. Default 1. See `exitCodes`. */
  readonly exitCode?: number
  /** What made it happen; kept for `--verbose` and for logs. */
  readonly cause?: unknown
}

/** The exit codes of every `banyan` command; scripts may rely on them. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  differences: 2,
  gateFailed: 3,
  invalidConfig: 4,
  unreachable: 5,
  refused: 6,
  usage: 64,
  timeout: 124,
  interrupted: 130,
} as const

/**
 * An expected failure that a person meets: what happened, where, and what to do.
 *
 * `code` is stable (kebab-case, for example `route-unknown`); `message` is one sentence for people.
 * Failures that a caller decides upon are returned as values instead (`{ ok: false, ... }`).
 *
 * @example
 * throw new Fault('route-unknown', 'no route "invoice"', { hint: 'known: invoices.read. See: banyan routes list' })
 */
export class Fault extends Error {
  readonly code: string
  readonly hint: string | undefined
  readonly exitCode: number

  constructor(code: string, message: string, details: FaultDetails = {}) {
    super(message, { cause: details.cause })
    this.name = 'Fault'
    this.code = code
    this.hint = details.hint
    this.exitCode = details.exitCode ?? exitCodes.unexpected
  }
}

/** The message of anything that was thrown, without its stack; system errors keep their code. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return messageOf(thrown.errors[0])
  if (thrown instanceof Error) return thrown.message || thrown.name
  return String(thrown)
}

/** The system's error code (`ENOENT`, `EADDRINUSE`, `SQLITE_BUSY` ...) of what was thrown, if it has one. */
export function systemCodeOf(thrown: unknown): string | undefined {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return systemCodeOf(thrown.errors[0])
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') return thrown.code
  return undefined
}
