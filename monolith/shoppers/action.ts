/** A request that a shopper sends. */
export interface Outgoing {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What came back. */
export interface Answer {
  readonly status: number
  readonly location: string | undefined
  readonly setCookies: readonly string[]
  readonly text: string
}

/** One thing that a shopper does: a request, and what they remember of its answer. */
export interface Action {
  /** What it is, for the summary: `read customer`. */
  readonly name: string
  /** The request, made at the last moment: it may need what came back before. */
  request(): Outgoing
  /** Looks at the answer. */
  remember?(answer: Answer): void
}

/** An HTML form as a browser sends it. */
export function form(path: string, fields: Readonly<Record<string, string>>): Outgoing {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { method: 'POST', path, headers, body: new URLSearchParams(fields).toString() }
}
