/** A request that the edge answers itself, without any upstream. */
export interface Refusal {
  readonly status: number
  /** Stable, kebab-case; the `code` of the problem document. */
  readonly code: string
  readonly title: string
  readonly detail: string
  /** True when the request's framing or meaning is in doubt: nothing more is read from its connection. */
  readonly close: boolean
  /** When to try again (RFC 9110, section 10.2.3). */
  readonly retryAfterSeconds?: number
  /** Header lines of this answer alone, flat. */
  readonly headers?: readonly string[]
}

/** A request that has more than one reading, or none: 400, and the connection ends. */
export function ambiguous(code: string, detail: string): Refusal {
  return { status: 400, code, title: 'Bad Request', detail, close: true }
}

/** A method that no upstream ever gets: 405, and the connection ends. */
export function methodRefused(method: string): Refusal {
  const detail = `${method} is not forwarded`
  const headers = ['Allow', forwardedMethods]
  return { status: 405, code: 'method-refused', title: 'Method Not Allowed', detail, close: true, headers }
}

/** What stands in `Allow`. */
export const forwardedMethods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
