/** The media type of a problem document (RFC 9457, section 3). */
export const problemMediaType = 'application/problem+json'

/**
 * A problem document as RFC 9457, section 3.1 defines it. `type` is left out, which means `about:blank`;
 * `code` is our extension member: the stable name of the fault.
 */
export interface Problem {
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail?: string
  readonly instance?: string
}

/** The bytes of a problem document, ready to be sent with `problemMediaType`. */
export function problemBody(problem: Problem): Buffer {
  return Buffer.from(`${JSON.stringify(problem)}\n`)
}
